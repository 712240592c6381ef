"""What would leave this machine: to whom, how much of it, and what that costs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from briefing import voices
from briefing.config import Config, show_folder
from briefing.model import EngineInfo, Utterance
from briefing.voices.prices import price_of, read_prices, units_of


@dataclass(frozen=True, slots=True)
class Sending:
    """What one service would be sent. `cost_usd` is None when nobody knows the price, `priced` the month of the oldest price used."""

    engine: str
    host: str
    sentences: int
    characters: int
    cost_usd: float | None
    priced: str
    warning: str


def sendings(config: Config, utterances: Iterable[Utterance]) -> tuple[Sending, ...]:
    """Give what each service would be sent of these sentences; nothing for voices of this machine."""
    groups: dict[str, list[Utterance]] = {}
    for each in utterances:
        if not voices.engine_info(each.voice).is_offline:
            groups.setdefault(each.voice.engine, []).append(each)
    return tuple(_sending(config, voices.engine_of(name).info, group) for name, group in groups.items())


def _sending(config: Config, info: EngineInfo, group: list[Utterance]) -> Sending:
    file = show_folder(config) / "prices.csv"
    own = read_prices(file) if file.is_file() else ()
    texts = [(each.voice, voices.text_for(info, each)) for each in group]
    prices = [(price_of(voice, info.model, own), text) for voice, text in texts]
    known = [price for price, _ in prices if price]
    cost = sum(price.usd_per_million * units_of(text, info.unit) / 1e6 for price, text in prices if price)
    is_known = len(known) == len(prices)
    return Sending(
        info.name,
        info.host,
        len(group),
        sum(len(text) for _, text in texts),
        round(cost, 6) if is_known else None,
        min((price.as_of for price in known), default=""),
        info.warning,
    )


def told_of(sending: Sending) -> str:
    """Say in words what is sent, to whom, and what it costs.

    >>> told_of(Sending("gtts", "translate.google.com", 3, 120, 0.0, "2026-11", ""))
    '3 sentences (120 characters) go to translate.google.com (gtts): free (prices of 2026-11)'
    """
    cost = (
        "price unknown: see prices.csv"
        if sending.cost_usd is None
        else "free"
        if not sending.cost_usd
        else f"about ${sending.cost_usd:.4f}"
    )
    priced = f" (prices of {sending.priced})" if sending.priced and sending.cost_usd is not None else ""
    told = f"{sending.sentences} sentences ({sending.characters} characters) go to {sending.host} ({sending.engine}): {cost}{priced}"
    return f"{told}; {sending.warning}" if sending.warning else told
