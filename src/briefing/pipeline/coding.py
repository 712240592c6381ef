"""From a timeline to an episode's files of audio: coded and heard stretch by stretch, so that a changed sentence costs one stretch."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from briefing.audio.encode import encode_frames, encode_mp3, encode_opus, encoder_identity, join_frames
from briefing.audio.listen import PEAKS_FROM_DBTP, Measured, measure_mp3
from briefing.audio.master import Gains, decide_gains, lowered, master_pcm
from briefing.audio.timeline import cut_at_silence
from briefing.config import Config
from briefing.model import Clip, Timeline
from briefing.store import ClipStore
from briefing.work import in_threads

ClipOf = Callable[[str], Clip]
_ROUNDS = 3
_SPARE_DB = 0.1


def write_mp3(
    config: Config, timeline: Timeline, clip_of: ClipOf, store: ClipStore, path: Path
) -> tuple[Gains, list[Measured]]:
    """Write the episode's MP3, at its loudness and under its peak once decoded; gives the gains, and what was heard of it part by part.

    Raises AudioError.
    """
    gains = decide_gains(timeline, clip_of, config.audio, config.music.under_lu)
    stretches = cut_at_silence(timeline)
    if len(stretches) == 1:
        return _write_whole(config, timeline, clip_of, gains, path)
    measured: list[Measured] = []

    def frames_of_each() -> Iterator[bytes]:
        for coded in in_threads(_Coder(config, clip_of, gains, store).code, stretches, config.render.jobs):
            measured.append(coded.measured)
            yield coded.frames

    join_frames(frames_of_each(), path)
    return gains, measured


def write_opus(config: Config, timeline: Timeline, clip_of: ClipOf, gains: Gains, path: Path) -> None:
    """Write the same as Ogg Opus. Raises AudioError."""
    encode_opus(master_pcm(timeline, clip_of, gains), path, config.audio.opus_kbps)


def _write_whole(
    config: Config, timeline: Timeline, clip_of: ClipOf, gains: Gains, path: Path
) -> tuple[Gains, list[Measured]]:
    """Write in one go what has no silence to cut in, a few seconds at a time."""
    for _ in range(_ROUNDS):
        encode_mp3(master_pcm(timeline, clip_of, gains), path, config.audio.bitrate_kbps)
        measured = _measure(config, path)
        over_db = measured.peak_dbtp - config.audio.peak_dbtp
        if over_db <= 0:
            break
        gains = lowered(gains, over_db + _SPARE_DB)
    return gains, [measured]


def _measure(config: Config, mp3: Path | bytes) -> Measured:
    return measure_mp3(mp3, min(config.audio.peak_dbtp, PEAKS_FROM_DBTP))


@dataclass(frozen=True, slots=True)
class _Coded:
    """A stretch as MP3 frames, and what was heard of them."""

    frames: bytes
    measured: Measured


@dataclass(frozen=True)
class _Coder:
    """Codes stretches of one episode; what the store has is neither coded nor heard again."""

    config: Config
    clip_of: ClipOf
    gains: Gains
    store: ClipStore

    def code(self, stretch: Timeline) -> _Coded:
        key = self._key(stretch)
        kept = self.store.get_coded(key)
        if kept is not None:
            return _unpacked(kept)
        coded = self._coded(stretch)
        self.store.put_coded(key, _packed(coded))
        return coded

    def _coded(self, stretch: Timeline) -> _Coded:
        """Code until the decoded stretch keeps the true peak: nearly always once, else with a lower ceiling."""
        audio, gains = self.config.audio, self.gains
        for _ in range(_ROUNDS):
            frames = encode_frames(master_pcm(stretch, self.clip_of, gains), audio.bitrate_kbps)
            measured = _measure(self.config, frames)
            over_db = measured.peak_dbtp - audio.peak_dbtp
            if over_db <= 0:
                break
            gains = lowered(gains, over_db + _SPARE_DB)
        return _Coded(frames, measured)

    def _key(self, stretch: Timeline) -> str:
        """Give the identity of a coded stretch: what sounds when, how loud, and who codes it how."""
        clips = ((p, self.clip_of(p.key)) for p in stretch.placements)
        placed = [[c.digest, c.rate_hz, p.start, p.length, self.gains.by_voice[p.voice]] for p, c in clips]
        audio = self.config.audio
        how = [_FORMAT, encoder_identity(), audio.bitrate_kbps, audio.peak_dbtp, self.gains.ceiling]
        return hashlib.sha256(json.dumps([how, stretch.length, placed]).encode()).hexdigest()[:40]


_FORMAT = 2  # counts up with every change of what is kept of a stretch
_HEAD = struct.Struct("<dIII")  # true peak, samples, rate, granules


def _packed(coded: _Coded) -> bytes:
    """Give a coded stretch as the store keeps it: what was heard, then the frames."""
    measured = coded.measured
    head = _HEAD.pack(measured.peak, measured.samples, measured.rate_hz, len(measured.energy))
    return head + measured.energy.astype("<f4").tobytes() + measured.is_loud.tobytes() + coded.frames


def _unpacked(kept: bytes) -> _Coded:
    peak, samples, rate_hz, count = _HEAD.unpack_from(kept)
    energy = np.frombuffer(kept, "<f4", count, _HEAD.size).copy()  # else all that was kept would stay with them
    is_loud = np.frombuffer(kept, np.bool_, count, _HEAD.size + energy.nbytes).copy()
    measured = Measured(samples, rate_hz, is_loud, energy, peak)
    return _Coded(kept[_HEAD.size + energy.nbytes + is_loud.nbytes :], measured)
