"""What a render would make, before anything is spoken or written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from briefing.config import Config
from briefing.model import Dropped, Notice, Omission
from briefing.pipeline.draft import draft, total_coverage
from briefing.pipeline.pace import speech_s
from briefing.reading.kana import split_morae
from briefing.script import Coverage
from briefing.store import ClipStore


@dataclass(frozen=True, slots=True)
class PlanReport:
    """What a render would make: the document of `plan --json`."""

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


_WORK: Mapping[str, float] = {
    "kokoro": 0.6,
    "openjtalk": 0.06,
    "gtts": 0.3,
    "tone": 0.01,
}  # seconds on one core for one of speech


def plan(config: Config, sources: Sequence[Path]) -> PlanReport:
    """Tell what a render would make, without writing anything."""
    drafts = [draft(config, path) for path in sources]
    store = ClipStore(config.cache_dir / "clips")
    spoken = [u for each in drafts for us in each.utterances for u in us]
    unique = {u.key: u for u in spoken}
    new = [u for key, u in unique.items() if key not in store]
    per_article = config.render.per_article
    episodes = len(drafts) if per_article else sum(len(d.script.chapters) for d in drafts)
    ends_s = episodes * (config.audio.lead_ms + config.audio.tail_ms) / 1000
    audio_s = sum(speech_s(u) + u.pause_ms / 1000 for u in spoken) + ends_s
    work_s = sum(speech_s(u) * _WORK.get(u.voice.engine, 1.0) for u in new)
    return PlanReport(
        episodes,
        sum(len(u.text) for u in spoken),
        sum(len(split_morae(u.kana)) for u in spoken),
        round(audio_s, 1),
        {"total": len(unique), "new": len(new), "cached": len(unique) - len(new)},
        round(work_s, 1),
        round(audio_s * config.audio.bitrate_kbps * 125),
        0,
        tuple(d for each in drafts for d in each.dropped),
        tuple(o for each in drafts for o in each.script.omitted),
        total_coverage(drafts),
        tuple(n for each in drafts for n in each.script.notices),
    )
