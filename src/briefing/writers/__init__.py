"""Writers besides the rules: a language model, whose every line must pass a check before it is believed."""

from briefing.writers.chat import Endpoint, check_base_url, key_for, place_of
from briefing.writers.checks import Check, find_changes
from briefing.writers.llm import Memory, ModelWriter, Remark, Written, write_passage
from briefing.writers.prompt import NOTHING, Estimate, Passage

__all__ = [
    "NOTHING",
    "Check",
    "Endpoint",
    "Estimate",
    "Memory",
    "ModelWriter",
    "Passage",
    "Remark",
    "Written",
    "check_base_url",
    "find_changes",
    "key_for",
    "place_of",
    "write_passage",
]
