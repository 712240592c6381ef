"""From a timeline to an episode's files of audio: coded stretch by stretch, so that a changed sentence costs one stretch."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from briefing.audio.encode import (
    decoded_peak_dbtp,
    encode_frames,
    encode_mp3,
    encode_opus,
    encoder_identity,
    join_frames,
)
from briefing.audio.master import Gains, decide_gains, lowered, master_pcm
from briefing.audio.timeline import cut_at_silence
from briefing.config import Config
from briefing.model import Clip, Timeline
from briefing.store import ClipStore
from briefing.work import in_threads

ClipOf = Callable[[str], Clip]
_ROUNDS = 3
_SPARE_DB = 0.1


def write_mp3(config: Config, timeline: Timeline, clip_of: ClipOf, store: ClipStore, path: Path) -> Gains:
    """Write the episode's MP3, at its loudness and under its peak once decoded; gives the gains. Raises AudioError."""
    gains = decide_gains(timeline, clip_of, config.audio, config.music.under_lu)
    stretches = cut_at_silence(timeline)
    if len(stretches) == 1:
        return _write_whole(config, timeline, clip_of, gains, path)
    coder = _Coder(config, clip_of, gains, store)
    join_frames(in_threads(coder.frames, stretches, config.render.jobs), path)
    return gains


def write_opus(config: Config, timeline: Timeline, clip_of: ClipOf, gains: Gains, path: Path) -> None:
    """Write the same as Ogg Opus. Raises AudioError."""
    encode_opus(master_pcm(timeline, clip_of, gains), path, config.audio.opus_kbps)


def _write_whole(config: Config, timeline: Timeline, clip_of: ClipOf, gains: Gains, path: Path) -> Gains:
    """Write in one go what has no silence to cut in, a few seconds at a time."""
    for _ in range(_ROUNDS):
        encode_mp3(master_pcm(timeline, clip_of, gains), path, config.audio.bitrate_kbps)
        over_db = decoded_peak_dbtp(path, config.audio.peak_dbtp) - config.audio.peak_dbtp
        if over_db <= 0:
            break
        gains = lowered(gains, over_db + _SPARE_DB)
    return gains


@dataclass(frozen=True)
class _Coder:
    """Codes stretches of one episode; what the store has is not coded again."""

    config: Config
    clip_of: ClipOf
    gains: Gains
    store: ClipStore

    def frames(self, stretch: Timeline) -> bytes:
        key = self._key(stretch)
        frames = self.store.get_coded(key)
        if frames is None:
            frames = self._coded(stretch)
            self.store.put_coded(key, frames)
        return frames

    def _coded(self, stretch: Timeline) -> bytes:
        """Code until the decoded stretch keeps the true peak: nearly always once, else with a lower ceiling."""
        audio, gains = self.config.audio, self.gains
        for _ in range(_ROUNDS):
            frames = encode_frames(master_pcm(stretch, self.clip_of, gains), audio.bitrate_kbps)
            over_db = decoded_peak_dbtp(frames, audio.peak_dbtp) - audio.peak_dbtp
            if over_db <= 0:
                break
            gains = lowered(gains, over_db + _SPARE_DB)
        return frames

    def _key(self, stretch: Timeline) -> str:
        """Give the identity of a coded stretch: what sounds when, how loud, and who codes it how."""
        placed = [
            [
                hashlib.sha256(self.clip_of(p.key).samples.data).hexdigest(),
                p.start,
                p.length,
                self.gains.by_voice[p.voice],
            ]
            for p in stretch.placements
        ]
        audio = self.config.audio
        how = [encoder_identity(), audio.bitrate_kbps, audio.peak_dbtp, self.gains.ceiling]
        return hashlib.sha256(json.dumps([how, stretch.length, placed]).encode()).hexdigest()[:40]
