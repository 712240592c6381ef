"""One question to a scripted server: patience with passing trouble, plain words about lasting trouble, a key that stays secret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from tests.writers.server import Act, Answer, Asked, completion, fails, play, says

from briefing.errors import WriterError
from briefing.web import asked_pause_s, key_for
from briefing.writers.chat import Endpoint, NoAnswer, check_base_url

KEY = "sk-secret-0123456789"
MESSAGES = ({"role": "system", "content": "規則"}, {"role": "user", "content": "{}"})


@dataclass
class Pauses:
    """A clock that only moves when somebody sleeps."""

    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def clock(self) -> float:
        return sum(self.slept)


def endpoint(url: str, pauses: Pauses | None = None, **other: Any) -> Endpoint:
    pauses = pauses or Pauses()
    values: dict[str, Any] = {"key": KEY, "timeout_s": 20.0} | other
    return Endpoint(url, "model-1", sleep=pauses.sleep, clock=pauses.clock, jitter=lambda: 0.5, **values)


def test_the_key_travels_in_its_header_only() -> None:
    with play(says("はい。")) as stage:
        asking = endpoint(stage.url)
        assert asking.complete(MESSAGES) == "はい。"
    (asked,) = stage.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["Authorization"] == f"Bearer {KEY}"
    assert [name for name, value in asked.headers.items() if KEY in value] == ["Authorization"]
    assert KEY not in str(asked.body)
    assert KEY not in repr(asking)


def test_without_a_key_no_header_is_sent() -> None:
    with play(says("はい。")) as stage:
        endpoint(stage.url, key="").complete(MESSAGES)
    assert "Authorization" not in stage.asked[0].headers


PASSING: Mapping[str, tuple[tuple[Act, ...], list[float]]] = {
    "rate limit": ((fails(429, "slow down", Retry_After="7"), says("はい。")), [7.0]),
    "rate limit without a time": ((fails(429), says("はい。")), [1.0]),
    "500 twice": ((fails(500), fails(500), says("はい。")), [1.0, 2.0]),
    "closed midway": ((lambda _: Answer(completion("はい。"), cut=20), says("はい。")), [1.0]),
    "closed at once": ((lambda _: Answer(b"", cut=0, headers={"Content-Length": "50"}), says("はい。")), [1.0]),
}


@pytest.mark.parametrize(("acts", "slept"), PASSING.values(), ids=PASSING.keys())
def test_passing_trouble_is_waited_out(acts: tuple[Act, ...], slept: list[float]) -> None:
    pauses = Pauses()
    with play(*acts) as stage:
        assert endpoint(stage.url, pauses).complete(MESSAGES) == "はい。"
    assert pauses.slept == slept
    assert len(stage.asked) == len(acts)


def test_a_pause_longer_than_our_patience_is_not_waited_for() -> None:
    pauses = Pauses()
    with play(fails(429, Retry_After="3600")) as stage, pytest.raises(NoAnswer, match="429"):
        endpoint(stage.url, pauses).complete(MESSAGES)
    assert pauses.slept == []


def test_tries_have_an_end_and_then_nothing_more_is_asked() -> None:
    with play(fails(503, "busy")) as stage:
        asking = endpoint(stage.url)
        for _ in range(2):
            with pytest.raises(NoAnswer, match="503: busy"):
                asking.complete(MESSAGES)
        assert len(stage.asked) == 8
        with pytest.raises(NoAnswer, match="not asked"):
            asking.complete(MESSAGES)
    assert len(stage.asked) == 8


def test_a_server_that_does_not_answer_in_time_is_left() -> None:
    with (
        play(lambda _: Answer(completion("はい。"), wait_s=0.6)) as stage,
        pytest.raises(NoAnswer, match=r"0\.1 seconds"),
    ):
        endpoint(stage.url, timeout_s=0.1).complete(MESSAGES)
    assert len(stage.asked) == 1  # the pause before the next try would be longer than all the patience there is


LASTING = {
    "wrong key": (fails(401, f"Incorrect API key: {KEY}"), "BRIEFING_LLM_API_KEY"),
    "no right": (fails(403, KEY), "BRIEFING_LLM_API_KEY"),
    "unknown model": (fails(404, "no such model"), "llm.model"),
    "unknown model, told as 400": (fails(400, "no such model"), "llm.model"),
    "no credit": (fails(429, "insufficient_quota"), "credit"),
    "sent elsewhere": (fails(302, Location="https://example.org/"), "llm.base_url"),
}


@pytest.mark.parametrize(("act", "told"), LASTING.values(), ids=LASTING.keys())
def test_lasting_trouble_at_the_first_question_is_an_error_without_the_key(act: Act, told: str) -> None:
    pauses = Pauses()
    with play(act) as stage, pytest.raises(WriterError) as caught:
        endpoint(stage.url, pauses).complete(MESSAGES)
    assert caught.value.exit_code == 2
    assert told in caught.value.hint
    assert KEY not in str(caught.value)
    assert pauses.slept == []


def test_lasting_trouble_later_is_that_questions_own() -> None:
    with play(says("はい。"), fails(401)) as stage:
        asking = endpoint(stage.url)
        asking.complete(MESSAGES)
        with pytest.raises(NoAnswer, match="401"):
            asking.complete(MESSAGES)


def test_a_server_that_is_not_there_is_an_error() -> None:
    with pytest.raises(WriterError, match="no connection"):
        endpoint("http://127.0.0.1:9/v1").complete(MESSAGES)


def test_a_text_too_long_for_the_model_is_that_questions_own() -> None:
    act = fails(400, "context_length_exceeded")
    with play(act) as stage, pytest.raises(NoAnswer, match="400"):
        endpoint(stage.url).complete(MESSAGES)


REFUSED = {
    "refusal": (says(None, refusal="できません。"), "refuses"),
    "filter": (says("", "content_filter"), "refuses"),
    "cut off": (says('{"lines": [', "length"), "cut off"),
    "empty": (says(None), "empty"),
    "a page": (lambda _: Answer(b"<html>hello</html>"), "no chat completion"),
    "another shape": (lambda _: Answer(b'{"choices": []}'), "no chat completion"),
    "a list": (lambda _: Answer(b"[[[]]]"), "no chat completion"),
    "huge": (lambda _: Answer(b" " * 2_100_000), "larger than 2 MB"),
    "our key": (says(f"鍵は{KEY}です。"), "holds the key"),
}


@pytest.mark.parametrize(("act", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_no_answer_is_told(act: Act, told: str) -> None:
    with play(act) as stage, pytest.raises(NoAnswer, match=told) as caught:
        endpoint(stage.url).complete(MESSAGES)
    assert KEY not in str(caught.value)
    assert len(stage.asked) == 1


def test_words_of_the_server_are_cleaned_and_cut() -> None:
    with play(fails(404, "\x1b[31mred" + "!" * 999)) as stage, pytest.raises(WriterError) as caught:
        endpoint(stage.url).complete(MESSAGES)
    assert "\x1b" not in str(caught.value)
    assert len(str(caught.value)) < 500


def takes(*known: str) -> Act:
    def act(asked: Asked) -> Answer:
        unknown = set(asked.body) - {"model", "messages", *known}
        kind = asked.body.get("response_format", {}).get("type", "")
        if unknown or (kind and kind not in known):
            return Answer(b'{"error": "unknown field"}', 400)
        return Answer(completion("はい。"))

    return act


FORMS = {
    "everything": (("temperature", "response_format", "json_schema"), 1),
    "objects only": (("temperature", "response_format", "json_object"), 2),
    "no format": (("temperature",), 3),
    "no temperature": (("response_format", "json_schema"), 4),
    "nothing": ((), 5),
}


@pytest.mark.parametrize(("known", "tries"), FORMS.values(), ids=FORMS.keys())
def test_fields_that_a_server_refuses_are_left_out_from_then_on(known: tuple[str, ...], tries: int) -> None:
    with play(takes(*known)) as stage:
        asking = endpoint(stage.url)
        asking.complete(MESSAGES)
        assert len(stage.asked) == tries
        asking.complete(MESSAGES)
        assert len(stage.asked) == tries + 1


@pytest.mark.parametrize("url", ["", "api.example.org/v1", "file:///etc/passwd", "https://me:pw@example.org/v1", "https://example.org/v1?key=1", "http://[::1", "http://example.org:x/"])  # fmt: skip
def test_an_address_that_is_none_or_holds_a_secret_is_refused(url: str) -> None:
    with pytest.raises(WriterError):
        check_base_url(url)


def test_a_key_that_no_header_could_carry_is_refused_unseen() -> None:
    with pytest.raises(WriterError) as caught:
        Endpoint("http://127.0.0.1/v1", "m", key="sk-鍵\n")
    assert "sk-" not in str(caught.value)


def test_pauses_are_asked_for_in_seconds_or_by_date() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    assert 25 < asked_pause_s({"retry-after": later}) <= 30
    assert [asked_pause_s({"retry-after": text}) for text in ("2", "", "soon", "-3")] == [2.0, 0.0, 0.0, 0.0]


KEYS = {
    "ours, anywhere": ("https://example.org/v1", {"BRIEFING_LLM_API_KEY": "a", "OPENAI_API_KEY": "b"}, "a"),
    "OpenAI's, to OpenAI": ("https://api.openai.com/v1", {"OPENAI_API_KEY": "b"}, "b"),
    "OpenAI's, to this machine": ("http://127.0.0.1:8080/v1", {"OPENAI_API_KEY": "b"}, "b"),
    "OpenAI's, where the environment points": ("https://x.org/v1", {"OPENAI_API_KEY": "b", "BRIEFING_LLM_BASE_URL": "https://x.org/v1"}, "b"),
    "OpenAI's, not where a file points": ("https://x.org/v1", {"OPENAI_API_KEY": "b"}, ""),
    "OpenAI's, not to a name like it": ("https://api.openai.com.x.org/v1", {"OPENAI_API_KEY": "b"}, ""),
    "OpenAI's, not unencrypted": ("http://api.openai.com/v1", {"OPENAI_API_KEY": "b"}, ""),
}  # fmt: skip


@pytest.mark.parametrize(("url", "environ", "key"), KEYS.values(), ids=KEYS.keys())
def test_a_key_goes_only_where_it_belongs(url: str, environ: Mapping[str, str], key: str) -> None:
    assert key_for("LLM", url, environ) == key
