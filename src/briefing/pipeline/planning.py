"""What a render would make, before anything is spoken or written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from briefing.config import Config
from briefing.model import Dropped, Notice, Omission
from briefing.pipeline.crew import clip_store
from briefing.pipeline.draft import draft, total_coverage
from briefing.pipeline.pace import speech_s
from briefing.pipeline.sending import Sending, sendings
from briefing.pipeline.writing import open_desk, outcome_of
from briefing.reading.kana import split_morae
from briefing.script import Coverage
from briefing.writers import NOTHING


@dataclass(frozen=True, slots=True)
class WritingPlan:
    """What a language model would be asked: where the text would be sent, and about how much of it. A second question is not foreseen."""

    endpoint: str
    model: str
    calls: int
    tokens_in: int
    tokens_out: int


@dataclass(frozen=True, slots=True)
class PlanReport:
    """What a render would make: the document of `plan --json`.

    `cost` is the language model's, in the currency of its prices, and the voices', in US dollars, as far as prices are known.
    """

    episodes: int
    characters: int
    morae: int
    audio_s: float
    clips: Mapping[str, int]
    synthesis_s: float
    bytes: int
    cost: float
    dropped: tuple[Dropped, ...]
    omitted: tuple[Omission, ...]
    coverage: Coverage
    warnings: tuple[Notice, ...]
    writing: WritingPlan | None = None
    sending: tuple[Sending, ...] = ()


_WORK: Mapping[str, float] = {
    "kokoro": 0.5,
    "openjtalk": 0.06,
    "gtts": 0.3,
    "tone": 0.01,
}  # seconds on one core for one of speech


def plan(config: Config, sources: Sequence[Path]) -> PlanReport:
    """Tell what a render would make, without writing anything."""
    desk = open_desk(config)
    silent = desk and desk.without_asking()
    drafts = [outcome_of(draft(config, path, silent)) for path in sources]
    store = clip_store(config)
    spoken = [u for each in drafts for us in each.utterances for u in us]
    unique = {u.key: u for u in spoken}
    new = [u for key, u in unique.items() if key not in store]
    sent = sendings(config, new)
    per_article = config.render.per_article
    episodes = len(drafts) if per_article else sum(len(d.script.chapters) for d in drafts)
    ends_s = episodes * (config.audio.lead_ms + config.audio.tail_ms) / 1000
    audio_s = sum(speech_s(u) + u.pause_ms / 1000 for u in spoken) + ends_s
    work_s = sum(speech_s(u) * _WORK.get(u.voice.engine, 1.0) for u in new)
    unasked = sum((each.unasked for each in drafts), NOTHING)
    return PlanReport(
        episodes,
        sum(len(u.text) for u in spoken),
        sum(len(split_morae(u.kana)) for u in spoken),
        round(audio_s, 1),
        {"total": len(unique), "new": len(new), "cached": len(unique) - len(new)},
        round(work_s, 1),
        round(audio_s * config.audio.bitrate_kbps * 125),
        round(unasked.cost(config.llm.price_in, config.llm.price_out) + sum(s.cost_usd or 0.0 for s in sent), 6),
        tuple(d for each in drafts for d in each.dropped),
        tuple(o for each in drafts for o in each.script.omitted),
        total_coverage(drafts),
        tuple(n for each in drafts for n in each.script.notices),
        WritingPlan(desk.place, config.llm.model, unasked.calls, unasked.tokens_in, unasked.tokens_out)
        if desk
        else None,
        sent,
    )
