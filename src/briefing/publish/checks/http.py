"""Rules for the server: how apps ask, and what they must hear."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import wraps
from itertools import pairwise

from briefing.errors import PublishError
from briefing.publish.checks.rules import MUST, NS, SHOULD, Answer, Ask, Fault, Faults, Rule, Show
from briefing.publish.checks.vocabulary import FEED_TYPES

_PROBED = 3  # newest episodes whose audio is asked for in every way: ranges are a server's habit, not a file's
_MOST_HOPS = 2
_STALE = '"not-the-tag-of-this-file"'


def _patient(probe: Callable[[str, Ask], Faults]) -> Callable[[str, Ask], Faults]:
    """Turn an answer that does not come into a fault, and leave out what is not there."""

    @wraps(probe)
    def asked(url: str, ask: Ask) -> Faults:
        try:
            if ask(url).status == 200:  # of what is not there, file.there tells
                yield from probe(url, ask)
        except PublishError as error:
            yield Fault(url, error.message)

    return asked


def _of_feed(probe: Callable[[str, Ask], Faults]) -> Callable[[Show], Faults]:
    """Make a probe of one address a rule for the feed's."""
    return lambda show: _patient(probe)(show.url, show.ask) if show.ask else iter(())


def _of_each(probe: Callable[[str, Ask], Faults], urls_of: Callable[[Show], Iterator[str]]) -> Callable[[Show], Faults]:
    """Make a probe of one address a rule for each that a show names."""

    def faults_of(show: Show) -> Faults:
        for url in dict.fromkeys(urls_of(show)):
            if show.ask:
                yield from _patient(probe)(url, show.ask)

    return faults_of


def _audio(show: Show) -> Iterator[str]:
    yield from (item.audio_url for item in show.heard)


def _probed_audio(show: Show) -> Iterator[str]:
    yield from (item.audio_url for item in show.heard[:_PROBED])


def _cover(show: Show) -> Iterator[str]:
    yield from (node.get("href", "") for node in show.channel.findall("itunes:image", NS))


def _entries(show: Show) -> Iterator[str]:
    yield from (show.entry, *_audio(show), *_cover(show))


def _side_files(show: Show) -> Iterator[str]:
    for item in show.heard:
        yield from (each.url for each in item.named if each.tag != "enclosure")


def _kind(answer: Answer) -> str:
    return answer.headers.get("content-type", "").split(";")[0].strip().lower()


def _feed_type(url: str, ask: Ask) -> Faults:
    if _kind(ask(url)) not in FEED_TYPES:
        yield Fault(url, f"the feed comes as {_kind(ask(url)) or 'nothing stated'}")


def _head(url: str, ask: Ask) -> Faults:
    answer = ask(url, "HEAD")
    if answer.status != 200:
        yield Fault(url, f"HEAD is answered with {answer.status}")


def _validators(url: str, ask: Ask) -> Faults:
    missing = [name for name in ("ETag", "Last-Modified") if name.lower() not in ask(url).headers]
    if missing:
        yield Fault(url, f"the answer has no {' and no '.join(missing)}, so apps fetch everything each time")


def _etag_304(url: str, ask: Ask) -> Faults:
    if tag := ask(url).headers.get("etag"):
        yield from _not_modified(url, ask(url, if_none_match=tag), "If-None-Match")


def _since_304(url: str, ask: Ask) -> Faults:
    if date := ask(url).headers.get("last-modified"):
        yield from _not_modified(url, ask(url, if_modified_since=date), "If-Modified-Since")


def _not_modified(url: str, answer: Answer, header: str) -> Faults:
    if answer.status != 304 or answer.content:
        yield Fault(
            url, f"{header} with what was just received is answered with {answer.status}, not with 304 and nothing"
        )


def _same_bytes(url: str, ask: Ask) -> Faults:
    first = ask(url)
    second = ask(url, again=True)
    if (first.content, first.headers.get("etag")) != (second.content, second.headers.get("etag")):
        yield Fault(url, "two fetches, one after the other, gave different bytes or ETags")


def _redirects(url: str, ask: Ask) -> Faults:
    hops = ask(url).hops
    if len(hops) > _MOST_HOPS:
        yield Fault(url, f"{len(hops)} redirects lead to {ask(url).url}")


def find_downgrade(url: str, ask: Ask) -> Faults:
    """Yield a fault when a redirect on the way to an address gives up encryption."""
    way = (*ask(url).hops, ask(url).url)
    if any(a.startswith("https:") and b.startswith("http:") for a, b in pairwise(way)):
        yield Fault(url, f"a redirect leads from https to {way[-1]}")


def _length(url: str, ask: Ask) -> Faults:
    told, there = ask(url, "HEAD").headers.get("content-length"), ask(url).headers.get("content-length")
    if ask(url, "HEAD").status == 200 and (told is None or told != there):
        yield Fault(url, f"HEAD says {told or 'no length'}, GET {there or 'no length'}")


def _ranges(url: str, ask: Ask) -> Faults:
    whole = ask(url)
    told = whole.headers.get("content-length", "")
    size = int(told) if re.fullmatch("[0-9]{1,15}", told) else len(whole.content)
    if whole.headers.get("accept-ranges") != "bytes":
        yield Fault(url, "the answer lacks Accept-Ranges: bytes")
    middle = min(size // 2, len(whole.content) - 2)
    for asked, first, last in (
        ("0-9", 0, 9),
        (f"{middle}-{middle + 1}", middle, middle + 1),
        (f"{size - 5}-", size - 5, size - 1),
        ("-5", size - 5, size - 1),
    ):
        answer = ask(url, range=f"bytes={asked}")
        known = whole.content[first : last + 1]
        is_right = (
            answer.status == 206
            and answer.headers.get("content-range") == f"bytes {first}-{last}/{size}"
            and len(answer.content) == last - first + 1
        )
        if not is_right or (len(known) == last - first + 1 and answer.content != known):
            yield Fault(
                url,
                f"Range: bytes={asked} is answered with {answer.status} {answer.headers.get('content-range', '')} and {len(answer.content)} bytes, so nobody can skip",
            )
            return


def _past_end(url: str, ask: Ask) -> Faults:
    answer = ask(url, range="bytes=99999999999-")
    if answer.status != 416:
        yield Fault(url, f"a range behind the end is answered with {answer.status}, not 416")


def _if_range(url: str, ask: Ask) -> Faults:
    answer = ask(url, range="bytes=0-9", if_range=_STALE)
    if answer.status != 200:
        yield Fault(
            url, f"a resumed download of an older file is answered with {answer.status}, not with 200 and the new file"
        )


def _told_types(tag: str) -> Callable[[Show], Faults]:
    """Make a rule that the server sends files as what the feed says they are."""

    def faults_of(show: Show) -> Faults:
        for each in (each for item in show.heard for each in item.named if each.tag == tag):
            yield from _of_each(_sent_as(each.mime), _only(each.url))(show)

    return faults_of


def _sent_as(told: str) -> Callable[[str, Ask], Faults]:
    def probe(url: str, ask: Ask) -> Faults:
        if _kind(ask(url)) != told:
            yield Fault(url, f"the feed says {told}, the server {_kind(ask(url)) or 'nothing'}")

    return probe


def _only(url: str) -> Callable[[Show], Iterator[str]]:
    return lambda _: iter([url])


def _cors(url: str, ask: Ask) -> Faults:
    if ask(url).headers.get("access-control-allow-origin") != "*":
        yield Fault(url, "the answer lacks Access-Control-Allow-Origin: *, so players in a browser cannot read it")


def _tag(url: str, ask: Ask) -> Faults:
    if "etag" not in ask(url).headers:
        yield Fault(url, "the answer has no ETag, so a broken download begins anew")
    yield from _etag_304(url, ask)


FATAL_TLS: Rule[Fault] = Rule(
    "http.tls", MUST, "The server's certificate is one that apps accept.", "every app",
    "renew it, and let it name this host", lambda told: iter([told]),
)  # fmt: skip

RULES: tuple[Rule[Show], ...] = (
    Rule("http.feed-type", MUST, "The feed comes as application/rss+xml, application/xml or text/xml.", "browsers, strict apps", "set the type of .xml on the server", _of_feed(_feed_type)),
    Rule("http.feed-head", MUST, "HEAD on the feed is answered with 200.", "Apple Podcasts", "let the server answer HEAD as it answers GET, without content", _of_feed(_head)),
    Rule("http.feed-validators", SHOULD, "The feed comes with ETag and Last-Modified.", "gPodder, poca, your traffic", "switch them on in the server", _of_feed(_validators)),
    Rule("http.feed-etag", SHOULD, "If-None-Match on the feed is answered with 304.", "gPodder, poca, your traffic", "let the server compare ETags", _of_feed(_etag_304)),
    Rule("http.feed-since", SHOULD, "If-Modified-Since on the feed is answered with 304.", "older apps, your traffic", "let the server compare dates", _of_feed(_since_304)),
    Rule("http.feed-same", SHOULD, "Two fetches of the feed give the same bytes and ETag.", "gPodder, AntennaPod", "serve the file as it is; nothing in it may hold the time of day", _of_feed(_same_bytes)),
    Rule("http.redirects", SHOULD, "At most two redirects lead to feed, audio and cover.", "Audiobookshelf, old apps", "write the last address into the feed", _of_each(_redirects, _entries)),
    Rule("http.downgrade", MUST, "No redirect leads from https to http.", "Apple Podcasts, browsers", "let it lead to https", _of_each(find_downgrade, _entries)),
    Rule("http.audio-head", MUST, "HEAD on the audio is answered with 200.", "Apple Podcasts", "let the server answer HEAD as it answers GET, without content", _of_each(_head, _audio)),
    Rule("http.audio-length", MUST, "HEAD on the audio tells the length that GET tells.", "Apple Podcasts", "let the server send Content-Length, without compressing audio", _of_each(_length, _audio)),
    Rule("http.audio-ranges", MUST, "Ranges of the audio come as 206 with exactly those bytes.", "Apple Podcasts, curl -C, every app that skips", "use a server that knows ranges; Python's http.server does not", _of_each(_ranges, _probed_audio)),
    Rule("http.audio-past-end", SHOULD, "A range behind the audio's end is answered with 416.", "apps that resume a download", "use a server that knows ranges", _of_each(_past_end, _probed_audio)),
    Rule("http.audio-if-range", SHOULD, "A range with a stale If-Range is answered with 200 and the whole file.", "apps that resume a download", "let the server compare If-Range", _of_each(_if_range, _probed_audio)),
    Rule("http.audio-tag", SHOULD, "The audio comes with an ETag that gives 304.", "apps that resume a download", "switch ETags on in the server", _of_each(_tag, _probed_audio)),
    Rule("http.audio-type", SHOULD, "The audio comes with the type that the feed states.", "greg, podcast-downloader", "set the type of .mp3 to audio/mpeg on the server", _told_types("enclosure")),
    Rule("http.transcript-type", SHOULD, "Transcripts come with the type that the feed states.", "Apple Podcasts, browsers", "set the types of .vtt and .srt on the server", _told_types("podcast:transcript")),
    Rule("http.chapters-type", SHOULD, "Chapters come as application/json+chapters.", "podcast namespace", "set the type of chapters.*.json on the server", _told_types("podcast:chapters")),
    Rule("http.cors", SHOULD, "Transcripts and chapters may be read by players in a browser.", "players in a browser", "send Access-Control-Allow-Origin: *", _of_each(_cors, _side_files)),
    Rule("http.cover-head", MUST, "HEAD on the cover is answered with 200.", "Apple Podcasts", "let the server answer HEAD as it answers GET, without content", _of_each(_head, _cover)),
)  # fmt: skip
