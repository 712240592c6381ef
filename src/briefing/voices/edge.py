"""The read-aloud voices of Microsoft Edge through edge-tts: a private service over the network. Untested live."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from briefing.errors import Fault, SpeechError
from briefing.model import EngineInfo, Form, Mark, Speech, VoiceInfo, VoiceName
from briefing.voices.decode import decode_audio
from briefing.voices.remote import UNTRIED
from briefing.voices.service import fault_of_status

if TYPE_CHECKING:
    from edge_tts import Communicate

_LONGEST_S = 50.0  # the library's own bound between two messages does not hold for a WebSocket
_TICKS_A_SECOND = 10_000_000  # the service counts in 100 ns
_INSTALL = "pip install 'briefing-podcast[edge]'"
_REMEDY = "check the network and run the command again (what is done is kept), or use --voice kokoro, which needs none"
_SPEAKERS = ("ja-JP-NanamiNeural", "ja-JP-KeitaNeural")
_CUT_OFF = "the connection ended before the service said that it had finished"


class EdgeEngine:
    """Offers the two Japanese voices."""

    info = EngineInfo(
        "edge",
        form=Form.TEXT,
        host="speech.platform.bing.com",
        warning=f"a service made for Microsoft Edge alone, which may refuse others any day; {UNTRIED}",
        max_bytes=800,  # the service takes 4,096; an escaped & is five times as long, and edge-tts cannot cut Japanese
        concurrency=1,
        interval_s=0.5,
        deadline_s=60.0,
        cast=(_SPEAKERS[0], _SPEAKERS[1], _SPEAKERS[0], _SPEAKERS[1]),
        timing="word",
        rate_hz=24_000,
        is_deterministic=False,
    )

    def describe(self) -> tuple[VoiceInfo, ...]:
        """List the two voices."""
        remedy = "" if find_spec("edge_tts") else _INSTALL
        terms = f"Microsoft's terms; {UNTRIED}"
        return tuple(VoiceInfo(VoiceName("edge", s), "ja", False, not remedy, terms, "", remedy) for s in _SPEAKERS)

    def identity(self, speaker: str) -> str:
        """Name the voice; the service does not tell its version."""
        return f"edge:1:{speaker}"

    def check(self, speaker: str) -> None:
        """Raise SpeechError when edge-tts is missing. The service is not asked: it has no list without asking for more."""
        self.open(speaker)

    def open(self, speaker: str) -> EdgeVoice:
        """Give the voice. Raises SpeechError when edge-tts is missing, or for another voice."""
        if speaker not in _SPEAKERS:
            told = f"edge has no voice {speaker!r} that reads Japanese"
            raise SpeechError(told, "edge", f"choose one of {', '.join(_SPEAKERS)}", Fault.BAD_INPUT)
        if not find_spec("edge_tts"):
            raise SpeechError("edge-tts is not installed", "edge", _INSTALL, Fault.NOT_INSTALLED)
        return EdgeVoice(speaker)


class EdgeVoice:
    """Says text as it is, and tells when each word begins."""

    def __init__(self, speaker: str) -> None:
        self._speaker = speaker

    def uncovered(self, text: str) -> str:
        """Nothing is known to be dropped."""
        return ""

    def speak(self, text: str, speed: float) -> Speech:
        """Ask for one piece. Raises SpeechError, also where edge-tts takes a part for the whole."""
        from edge_tts import Communicate

        rate = f"{round(speed * 100) - 100:+d}%"
        content, words = _receive(Communicate(text, self._speaker, rate=rate, boundary="WordBoundary"))
        samples, rate_hz = decode_audio(content)
        return Speech(samples, rate_hz, _marks(words, text, len(samples), rate_hz))


def _receive(asking: Communicate) -> tuple[bytes, list[tuple[str, int]]]:
    """Give the MP3 and the words with the ticks at which they begin. The library's failures become ours."""
    import aiohttp
    from edge_tts.exceptions import EdgeTTSException, NoAudioReceived

    try:
        content, words = asyncio.run(asyncio.wait_for(_collect(asking), _LONGEST_S))
    except aiohttp.WSServerHandshakeError as error:
        fault = fault_of_status(error.status)  # there is no key: it is us who are not wanted
        told = f"the service answered with status {error.status}"
        raise SpeechError(told, "", _REMEDY, Fault.REFUSED if fault is Fault.AUTH else fault) from error
    except TimeoutError as error:
        raise SpeechError("the service did not answer in time", "", _REMEDY, Fault.TIMEOUT) from error
    except (aiohttp.ClientError, OSError) as error:
        told = f"no connection to the service ({type(error).__name__})"
        raise SpeechError(told, "", _REMEDY, Fault.UNAVAILABLE) from error
    except NoAudioReceived as error:
        raise SpeechError("the service sent no audio", "", _REMEDY, Fault.BAD_AUDIO) from error
    except (EdgeTTSException, ValueError, KeyError) as error:
        told = f"the service answered in a way that edge-tts does not know ({type(error).__name__})"
        raise SpeechError(told, "", _REMEDY, Fault.PROTOCOL) from error
    if asking.state["chunk_audio_bytes"]:  # edge-tts clears the count when it reads turn.end, and only then
        raise SpeechError(_CUT_OFF, "", _REMEDY, Fault.BAD_AUDIO)
    return content, words


async def _collect(asking: Communicate) -> tuple[bytes, list[tuple[str, int]]]:
    content, words = bytearray(), []
    async for chunk in asking.stream():
        if chunk["type"] == "audio":
            content += chunk["data"]
        else:
            words.append((chunk["text"], int(chunk["offset"])))
    return bytes(content), words


def _marks(words: Sequence[tuple[str, int]], text: str, count: int, rate_hz: int) -> tuple[Mark, ...]:
    """Give when each word begins, as far as it is found in the text behind the one before."""
    marks, at, sample = [Mark(0, 0)], 0, 0
    for word, ticks in words:
        found = text.find(word, at)
        if found >= 0:
            sample = max(sample, min(count, ticks * rate_hz // _TICKS_A_SECOND))
            marks.append(Mark(found, sample))
            at = found + len(word)
    return (*marks, Mark(len(text), count))


ENGINE = EdgeEngine()
