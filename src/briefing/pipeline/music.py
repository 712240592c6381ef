"""The show's music in an episode: ident, stings, outro, and what lies under the speech."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from briefing.audio.master import MUSIC
from briefing.audio.music import SOUNDS, music_clip
from briefing.audio.timeline import Piece
from briefing.config import Config, show_folder
from briefing.model import Clip, VoiceName
from briefing.store import ClipStore

_PAUSE_MS = 500  # behind music


def music_keys(config: Config) -> Mapping[str, str]:
    """Give the key of the clip for each place that may have music, empty where it has none. Raises AudioError."""
    return {place: clip.key if (clip := _music(config, place)) else "" for place in SOUNDS}


def keep_music(config: Config, store: ClipStore) -> None:
    """See to it that the store holds the show's music. Raises AudioError for a file that cannot be used."""
    for place in SOUNDS:
        clip = _music(config, place)
        if clip and store.get(clip.key) is None:
            store.put(clip)


def _music(config: Config, place: str) -> Clip | None:
    name = getattr(config.music, place)
    return _read(place, name, show_folder(config)) if name else None


_read = lru_cache(maxsize=8)(music_clip)


def with_music(keys: Mapping[str, str], pieces: Sequence[Piece], clip_of: Callable[[str], Clip]) -> Iterator[Piece]:
    """Yield the pieces of an episode with ident, stings and outro where the show has them."""

    def music(place: str, chapter: str, pause_ms: int = _PAUSE_MS) -> Iterator[Piece]:
        if keys[place]:
            clip = clip_of(keys[place])
            voice = VoiceName(MUSIC, place)
            yield Piece(clip.key, len(clip.samples), clip.rate_hz, "", voice, "", pause_ms, chapter)

    chapter = pieces[0].chapter
    yield from music("ident", chapter)
    for piece in pieces:
        if piece.chapter != chapter:
            yield from music("sting", chapter)  # so that a chapter begins with its first word
        chapter = piece.chapter
        yield piece
    yield from music("outro", chapter, 0)
