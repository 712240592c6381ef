"""From a source to a script: structure, narration rules, the script file."""

from briefing.script.coverage import Coverage, measure_coverage, with_coverage, with_digest_coverage
from briefing.script.digest import shorten
from briefing.script.merge import merge_scripts
from briefing.script.narrate import Delivery, cast_speakers, narrate
from briefing.script.script_file import NAMES, format_script, parse_script, script_path, source_digest
from briefing.script.structure import find_structure

__all__ = [
    "NAMES",
    "Coverage",
    "Delivery",
    "cast_speakers",
    "find_structure",
    "format_script",
    "measure_coverage",
    "merge_scripts",
    "narrate",
    "parse_script",
    "script_path",
    "shorten",
    "source_digest",
    "with_coverage",
    "with_digest_coverage",
]
