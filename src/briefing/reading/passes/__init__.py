"""The passes that make text readable before the front end sees it: an ordered tuple of named pure functions over spans.

Each thing has a module that knows its grammar. A pass may look at what an earlier one wrote and rewrite it again;
what ruby or a lexicon fixed stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from briefing.reading.passes.codes import read_codes, read_ratios
from briefing.reading.passes.dates import read_dates, read_times
from briefing.reading.passes.formulas import read_formulas
from briefing.reading.passes.heteronyms import read_heteronyms
from briefing.reading.passes.marks import silence_marks
from briefing.reading.passes.money import read_money
from briefing.reading.passes.names import read_acronyms, read_names
from briefing.reading.passes.numerals import read_numerals
from briefing.reading.passes.ranges import read_fractions, read_ranges
from briefing.reading.passes.ruby import read_ruby
from briefing.reading.passes.signs import fold_width, read_signs
from briefing.reading.passes.units import read_units
from briefing.reading.passes.web import read_addresses, read_tags
from briefing.reading.spans import Spans


class Pass(NamedTuple):
    """A named step: spans in, spans out."""

    name: str
    apply: Callable[[Spans], Spans]


# Before the lexicon: what decides on the characters themselves.
BEFORE_LEXICON: tuple[Pass, ...] = (
    Pass("ruby", read_ruby),
    Pass("sign", read_signs),
    Pass("width", fold_width),
    Pass("address", read_addresses),
)
# After it: the larger thing first, so that its parts are not taken for something else.
AFTER_LEXICON: tuple[Pass, ...] = (
    Pass("tag", read_tags),
    Pass("date", read_dates),
    Pass("time", read_times),
    Pass("code", read_codes),
    Pass("money", read_money),
    Pass("unit", read_units),
    Pass("name", read_names),
    Pass("fraction", read_fractions),
    Pass("ratio", read_ratios),
    Pass("range", read_ranges),
    Pass("formula", read_formulas),
    Pass("acronym", read_acronyms),
    Pass("numeral", read_numerals),
    Pass("mark", silence_marks),
    Pass("heteronym", read_heteronyms),
)
PASSES = (*BEFORE_LEXICON, *AFTER_LEXICON)
__all__ = ["AFTER_LEXICON", "BEFORE_LEXICON", "PASSES", "Pass"]
