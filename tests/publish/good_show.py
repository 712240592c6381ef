"""A small show in which nothing is wrong, made of the program's own parts."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from briefing.audio.encode import encode_mp3, encode_opus
from briefing.audio.master import LAME_GAIN_DB
from briefing.audio.measure import energy_envelope, integrated_lufs
from briefing.audio.tags import Tags, write_tags
from briefing.audio.timeline import RATE_HZ
from briefing.config import ShowConfig
from briefing.model import Cue, Episode, PublishedFile, Samples
from briefing.publish.chapters import to_chapters_json
from briefing.publish.cover import draw_cover
from briefing.publish.feed import Show, format_feed
from briefing.publish.folder import MIMES, Folder, digest8
from briefing.publish.transcripts import to_json, to_srt, to_vtt

BASE = "https://radio.town.jp/shows/"
GUIDS = ("3fd68d47-3f08-520c-aae0-1377f63a5607", "c3da2c15-c3db-5877-aed0-167a566e0dc2")
TITLES = ("朝の橋を渡る", "夜の閲覧室")


def make_good_show(root: Path) -> None:
    """Write the show: an episode of four seconds with a second file and, newer, one of a minute."""
    folder, cover = Folder(root), draw_cover("町の知らせ", "広報課", 1400)
    config = ShowConfig(
        title="町の知らせ", author="広報課", email="radio@town.jp", description="町の話を声でお届けします。"
    )
    show = Show(config, GUIDS[0], BASE, f"cover.{digest8(cover)}.jpg")
    folder.write(show.cover, cover)
    episodes = [_make_episode(folder, number, seconds, cover) for number, seconds in enumerate((4, 61))]
    for page in format_feed(show, episodes):
        folder.write(page.path, page.content)


def _make_episode(folder: Folder, number: int, seconds: int, cover: bytes) -> Episode:
    title, half = TITLES[number], seconds / 2
    chapters = ((0.0, half, "序"), (half, float(seconds), "本題の話"))
    cues = [_cue(0.5, half, "橋は朝に開きます。"), _cue(half + 0.1, seconds - 0.5, "夜は閉じます。")]
    files = {
        "vtt": _write(folder, number, "transcript", ".vtt", to_vtt(cues, RATE_HZ).encode()),
        "srt": _write(folder, number, "transcript", ".srt", to_srt(cues, RATE_HZ).encode()),
        "json": _write(folder, number, "transcript", ".json", to_json(cues, RATE_HZ).encode()),
        "chapters": _write(folder, number, "chapters", ".json", to_chapters_json(chapters, title).encode()),
        "page": _write(folder, number, "index", ".html", b"<!doctype html><title>page</title>"),
    }
    scratch, pcm = folder.root / "scratch", [_tone(seconds)]
    encode_mp3(pcm, scratch, 96)
    marks = [(round(start * 1000), round(end * 1000), name) for start, end, name in chapters]
    write_tags(scratch, Tags(title, "広報課", "町の知らせ", number + 1, "2025-06-15", "", marks, cover[:2000]))
    files["audio"] = _write(folder, number, "audio", ".mp3", scratch.read_bytes())
    if not number:
        encode_opus(pcm, scratch, 32)
        files["opus"] = _write(folder, number, "audio", ".opus", scratch.read_bytes())
    scratch.unlink()
    return Episode(
        guid=f"{number}{GUIDS[1][1:]}", id=str(number), title=title, article="a", article_title="記事", section=number + 1,
        published=datetime(2025, 6, 15, tzinfo=UTC) + timedelta(minutes=number), duration_s=float(seconds), chapters=chapters,
        summary="町の話です。", credits=(), files=files,
    )  # fmt: skip


def _write(folder: Folder, number: int, stem: str, ending: str, content: bytes) -> PublishedFile:
    path = f"e/{number}/{stem}.{digest8(content)}{ending}"
    folder.write(path, content)
    return PublishedFile(path, len(content), MIMES[ending], integrity_of(content))


def _cue(start_s: float, end_s: float, text: str) -> Cue:
    return Cue(round(start_s * RATE_HZ), round(end_s * RATE_HZ), text, "語り")


def _tone(seconds: int) -> Samples:
    """Give a tone of −16 LUFS with half a second of silence in front and behind."""
    second = np.sin(np.arange(RATE_HZ) * 2 * np.pi * 440 / RATE_HZ)
    lufs = integrated_lufs(energy_envelope((second * 10_000).astype(np.int16), RATE_HZ))
    wave = np.tile(second * 10_000 * 10 ** ((-16 + LAME_GAIN_DB - lufs) / 20), seconds)
    wave[: RATE_HZ // 2] = wave[-RATE_HZ // 2 :] = 0
    return wave.astype(np.int16)


def integrity_of(content: bytes) -> str:
    """Give the digest as W3C Subresource Integrity writes it."""
    return f"sha384-{base64.b64encode(hashlib.sha384(content).digest()).decode()}"
