"""From a source to a script: structure, narration rules, the script file."""

from briefing.script.merge import merge_scripts
from briefing.script.narrate import find_dropped, narrate
from briefing.script.script_file import NAMES, format_script, parse_script, script_path, source_digest
from briefing.script.structure import find_structure

__all__ = [
    "NAMES",
    "find_dropped",
    "find_structure",
    "format_script",
    "merge_scripts",
    "narrate",
    "parse_script",
    "script_path",
    "source_digest",
]
