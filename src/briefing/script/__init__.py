"""From a source to a script: structure, narration rules, the script file."""

from briefing.script.changes import find_faults
from briefing.script.coverage import Coverage, measure_coverage, with_coverage, with_digest_coverage
from briefing.script.digest import shorten
from briefing.script.fidelity import hold_fidelity, with_edits_told
from briefing.script.merge import merge_scripts
from briefing.script.narrate import Delivery, cast_speakers, narrate, with_length_told
from briefing.script.script_file import NAMES, ScriptFile, format_script, parse_script, script_path, source_digest
from briefing.script.structure import find_structure

__all__ = [
    "NAMES",
    "Coverage",
    "Delivery",
    "ScriptFile",
    "cast_speakers",
    "find_faults",
    "find_structure",
    "format_script",
    "hold_fidelity",
    "measure_coverage",
    "merge_scripts",
    "narrate",
    "parse_script",
    "script_path",
    "shorten",
    "source_digest",
    "with_coverage",
    "with_digest_coverage",
    "with_edits_told",
    "with_length_told",
]
