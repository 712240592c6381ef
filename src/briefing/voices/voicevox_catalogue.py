"""Who speaks at a server of the VOICEVOX family. What it told is remembered, so that finished clips are known while it is off."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from briefing.errors import Fault, SpeechError
from briefing.voices.service import Service
from briefing.web import place_of

_LISTING_S = 4.0  # a server that is there tells its list at once


@dataclass(frozen=True, slots=True)
class Style:
    """A character's way of speaking. `name` is what users write."""

    name: str
    character: str
    id: int
    uuid: str
    version: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What a server is and whom it has: `frame_rate` 0 where it is not told. `is_live`: it has just answered."""

    brand: str
    engine: str
    version: str
    rate_hz: int
    frame_rate: float
    styles: tuple[Style, ...]
    is_live: bool = True

    def style(self, name: str) -> Style:
        """Give a style. Raises SpeechError when there is none of that name."""
        for each in self.styles:
            if each.name == name:
                return each
        told = f"{self.brand} has no {name!r} any more"
        raise SpeechError(told, "voicevox", "`briefing voices --engine voicevox` lists whom it has", Fault.REFUSED)

    def credit(self, style: Style) -> str:
        """Give the credit that a voice demands: brand and character, but for Nemo, whose voices have no names (its terms of use)."""
        return self.brand if self.brand.endswith(" Nemo") else f"{self.brand}:{style.character}"

    def identity(self, style: Style) -> str:
        """Name everything that changes the sound."""
        return f"{self.engine}:{self.version}:{style.uuid}:{style.id}:{style.version}"


def service_at(url: str, timeout_s: float) -> Service:
    """Give the server at an address. Raises SpeechError when that is no plain one."""
    remedy = f"start the engine that answers at {url} (VOICEVOX: open the app), or set BRIEFING_VOICEVOX_URL; what is done is kept"
    return Service("the VOICEVOX server", url, remedy, timeout_s=timeout_s)


def ask_catalogue(url: str, folder: Path) -> Catalogue:
    """Ask a server whom it has, and remember it. Raises SpeechError when it does not answer, or not as the family does."""
    service = service_at(url, _LISTING_S)
    manifest = service.ask_json("GET", "/engine_manifest")
    told = {"version": service.ask_json("GET", "/version"), "speakers": service.ask_json("GET", "/speakers")}
    with understood(service):
        kept = ("name", "brand_name", "default_sampling_rate", "frame_rate")
        told["manifest"] = {key: manifest[key] for key in kept if key in manifest}
        catalogue = _parse(told)
    with contextlib.suppress(OSError):  # where it cannot be kept, nothing but a comfort is lost
        _write(_memory(url, folder), json.dumps(told, ensure_ascii=False))
    return catalogue


@lru_cache(maxsize=8)
def known_catalogue(url: str, folder: Path) -> Catalogue:
    """Give whom a server has, as it tells now or told when it last answered. Raises SpeechError when it never did."""
    try:
        return ask_catalogue(url, folder)
    except SpeechError as error:
        try:
            told = json.loads(_memory(url, folder).read_text(encoding="utf-8"))
            return replace(_parse(told), is_live=False)
        except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError):
            raise error from None


def _parse(told: Mapping[str, Any]) -> Catalogue:
    manifest = told["manifest"]
    styles = list(_styles(told["speakers"]))
    if not styles:
        raise ValueError("nobody speaks")
    return Catalogue(
        str(manifest["brand_name"]),
        str(manifest["name"]),
        str(told["version"]),
        int(manifest["default_sampling_rate"]),
        float(manifest.get("frame_rate", 0.0)),
        tuple(styles),
    )


def _styles(speakers: Any) -> Iterator[Style]:
    """Yield the styles that talk: first everybody's first, so that a cast in this order has different characters."""
    talking = [(s, [t for t in s["styles"] if t.get("type", "talk") == "talk"]) for s in speakers]
    firsts = [(speaker, styles[0]) for speaker, styles in talking if styles]
    rest = [(speaker, style) for speaker, styles in talking for style in styles[1:]]
    seen: set[str] = set()
    for speaker, style in [*firsts, *rest]:
        name = f"{speaker['name']}/{style['name']}"
        name = f"{name}#{style['id']}" if name in seen else name  # models from several makers may bear one name
        seen.add(name)
        uuid, version = str(speaker["speaker_uuid"]), str(speaker.get("version", ""))
        yield Style(name, str(speaker["name"]), int(style["id"]), uuid, version)


@contextlib.contextmanager
def understood(service: Service) -> Iterator[None]:
    """Raise SpeechError for an answer that is not made as the family's are."""
    try:
        yield
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        told = f"{service.name} answered in a way that is not understood ({type(error).__name__}: {error})"
        hint = "set BRIEFING_VOICEVOX_URL to a server of the VOICEVOX family"
        raise SpeechError(told, service.base_url, hint, Fault.PROTOCOL) from error


def _memory(url: str, folder: Path) -> Path:
    return folder / "voicevox" / f"{quote(place_of(url), safe='')}.json"


def _write(path: Path, text: str) -> None:
    """Write beside the place, then rename: a reader meets the whole or nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(f".{os.getpid()}")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
