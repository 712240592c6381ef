"""Writers besides the rules: a language model, whose every line must pass a check before it is believed."""

from briefing.writers.chat import Endpoint, check_base_url
from briefing.writers.llm import Memory, ModelWriter, Remark, Written, write_passage
from briefing.writers.prompt import NOTHING, Estimate, Passage

__all__ = [
    "NOTHING",
    "Endpoint",
    "Estimate",
    "Memory",
    "ModelWriter",
    "Passage",
    "Remark",
    "Written",
    "check_base_url",
    "write_passage",
]
