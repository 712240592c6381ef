"""Rules for the cover."""

from __future__ import annotations

from pathlib import Path

from briefing.errors import PublishError
from briefing.publish.checks.rules import MUST, NS, SHOULD, Fault, Faults, Rule, Show, ending_of
from briefing.publish.cover import PictureFacts, look_at_picture

_FORMATS = {"JPEG": (".jpg", ".jpeg"), "PNG": (".png",)}
_LEAST_SIDE, _MOST_SIDE, _MOST_BYTES = 1400, 3000, 1_000_000


def _url(show: Show) -> str:
    found = show.channel.find("itunes:image", NS)
    return "" if found is None else found.get("href", "")


def _facts(show: Show) -> PictureFacts | None:
    path = show.first.files.find(_url(show))
    return show.first.files.read(path, _look) if path else None


def _look(path: Path) -> PictureFacts | None:
    try:
        return look_at_picture(path)
    except PublishError:
        return None


def _there(show: Show) -> Faults:
    if _url(show) and show.first.files.find(_url(show)) is None:
        yield Fault(_url(show), "the cover is not there")


def _picture(show: Show) -> Faults:
    path, facts = show.first.files.find(_url(show)), _facts(show)
    if path and facts is None:
        yield Fault(_url(show), "the cover is no picture that can be read")


def _format(show: Show) -> Faults:
    facts = _facts(show)
    if facts and ending_of(_url(show)) not in _FORMATS.get(facts.format, ()):
        yield Fault(
            _url(show), f"the cover is {facts.format}; it must be JPEG or PNG with the ending that belongs to it"
        )


def _colours(show: Show) -> Faults:
    facts = _facts(show)
    if facts and facts.mode != "RGB":
        yield Fault(_url(show), f"the cover's colours are {facts.mode}, not RGB")


def _square(show: Show) -> Faults:
    facts = _facts(show)
    if facts and facts.width != facts.height:
        yield Fault(_url(show), f"the cover is {facts.width} × {facts.height}, not square")


def _side(show: Show) -> Faults:
    facts = _facts(show)
    if facts and not _LEAST_SIDE <= max(facts.width, facts.height) <= _MOST_SIDE:
        yield Fault(
            _url(show),
            f"the cover has {max(facts.width, facts.height)} pixels a side; {_LEAST_SIDE} to {_MOST_SIDE} are allowed",
        )


def _size(show: Show) -> Faults:
    path = show.first.files.find(_url(show))
    if path and path.stat().st_size > _MOST_BYTES:
        yield Fault(_url(show), f"the cover has {path.stat().st_size} bytes; apps load it again and again")


RULES: tuple[Rule[Show], ...] = (
    Rule("cover.there", MUST, "The cover is there.", "Apple Podcasts, Spotify", "render again; on a server, upload the whole folder", _there),
    Rule("cover.picture", MUST, "The cover is a picture that can be read.", "Apple Podcasts, Spotify", "save it again as JPEG", _picture),
    Rule("cover.format", MUST, "The cover is JPEG or PNG, as its ending says.", "Apple Podcasts, Spotify", "save it as JPEG and name it .jpg", _format),
    Rule("cover.colours", MUST, "The cover's colours are RGB.", "Apple Podcasts", "save it with RGB colours, without transparency", _colours),
    Rule("cover.square", MUST, "The cover is square.", "Apple Podcasts, Spotify", "cut it square", _square),
    Rule("cover.side", MUST, "The cover has 1400 to 3000 pixels a side.", "Apple Podcasts, Spotify", "scale it to 3000 pixels", _side),
    Rule("cover.size", SHOULD, "The cover has at most 1 MB.", "apps on the road", "save it as JPEG of lower quality", _size),
)  # fmt: skip
