"""The one place that knows the order of the stages.

`render` is the whole way; `draft`, `speaking`, `episodes` and `publishing` are its legs, `planning` and `review` look without making.
"""

from briefing.pipeline.draft import find_sources, script_text
from briefing.pipeline.hearing import hear
from briefing.pipeline.planning import plan
from briefing.pipeline.publishing import put
from briefing.pipeline.render import render, utc_today
from briefing.pipeline.review import check, examine, export_voicevox, import_voicevox, read_lines, readings_of
from briefing.pipeline.sending import told_of
from briefing.pipeline.speaking import say
from briefing.pipeline.writing import open_desk, outcome_of

__all__ = [
    "check",
    "examine",
    "export_voicevox",
    "find_sources",
    "hear",
    "import_voicevox",
    "open_desk",
    "outcome_of",
    "plan",
    "put",
    "read_lines",
    "readings_of",
    "render",
    "say",
    "script_text",
    "told_of",
    "utc_today",
]
