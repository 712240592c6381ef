"""What goes into the library for mei, and when each piece of it is heard."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from briefing.audio.edit import set_pauses, trim_silence
from briefing.model import Mark, Speech
from briefing.voices.hts_durations import load_durations
from briefing.voices.morae import MORA
from briefing.voices.openjtalk import _PHRASE, ENGINE, OpenJTalkVoice, _feature, _labels_to_marks, _node

pytestmark = pytest.mark.slow

SENTENCES = {
    "statement": "キョ'ーワ/ハレ'マス。", "one mora": "エ'", "one word": "サクラ", "one word with an accent": "ハ'シ。", "question": "ホントーデ'スカ？",
    "call": "スゴ'イ！", "comma": "ア'メワ、ヤミマ'シタ。", "two commas": "ア'メワ、ヤミマ'シタガ、クラ'イ。", "list": "リンゴ、ミ'カン、ブドー、モモ。",
    "comma after one mora": "ア'、ソ'ーデスカ。", "question inside": "ド'ーシテ？ワカリマセ'ン。", "call inside": "サ'ー！イキマショ'ー。",
    "two sentences": "ハ'ルデス。ハナ'ガ/サキマ'ス。", "long vowels": "コーヒーオ、ノ'ムト、オーキ'ー。", "long vowel over a phrase": "ア'ーー/ソーソー。",
    "ッ": "ガッコーエ/イッテ、キッテオ/カッタ。", "ッ before a comma": "アッ、ソ'ーダ。", "ッ first": "ッテ、イッタ。", "ッ alone": "エ'ッ？",
    "ン": "シンブンオ/ゼンブ、ヨ'ンダ。", "ン first": "ンー、ドーショー。", "ン alone": "ン、ナ'ニ？", "devoiced": "ツクエノ/シタ'デ、キシャガ/スキデ'ス。",
    "devoiced before a comma": "ソーデ'ス、ソーシマ'ス、ヒト'ツ。", "devoiced in a row": "チシキ、フクシ、スス'キ。", "foreign": "ヴァイオリンノ、パ'ーティーデ/フェ'スタ。",
    "small letters": "ネェ'、ハァ、ファイト、クヮ、デュ'オ。", "numbers": "ニ'セン/ニジューゴ'ネン、ニガツ/ミッカ。", "phrases of one mora": "エ'/オ'/エ、キ/キ/キ。",
    "sign first": "、ソシテ、オワ'リ。", "signs in a row": "エ'、。ソ'ーカ！？", "no sign at the end": "ミギ'、ヒダリ",
    "long": "コノ/モデ'ルワ、ベンキョー/シタ'コトオ、ス'グニ/ワスレマ'ス。シカ'シ/アタラシ'ー/シゴトワ、マ'タ/ベツノ/キカ'イガ、ヤッテ/クレ'ル/コトデショ'ー。",
}  # fmt: skip
INNER = re.compile("(?<=[ァ-ー])[、。？！]+(?=[ァ-ヴ])")
SPEEDS = (0.8, 1.0, 1.3)
each_sentence = pytest.mark.parametrize("kana", SENTENCES.values(), ids=SENTENCES.keys())
each_speed = pytest.mark.parametrize("speed", SPEEDS)


@cache
def library() -> Any:
    return ENGINE.open("mei")._library


@cache
def spoken(kana: str, speed: float) -> Speech:
    return ENGINE.open("mei").speak(kana, speed)


def labels_of(kana: str) -> list[str]:
    labels: list[str] = library().make_label([_feature(match) for match in _PHRASE.finditer(kana)])
    return labels


def begins_of(labels: Sequence[str], speed: float) -> list[int]:
    return load_durations(Path(library().DEFAULT_HTS_VOICE.decode())).begins(labels, speed)


def inner_pauses(kana: str, speech: Speech) -> list[tuple[int, int]]:
    """Give where each run of signs inside the kana begins and ends, in samples."""
    at = {m.kana_end: m.at for m in speech.marks}
    return [(at[m.start()], at[m.end()]) for m in INNER.finditer(kana)]


def level_db(samples: np.ndarray) -> float:
    """Give the RMS in dB of full scale."""
    return float(10 * np.log10(np.mean((samples / 32768) ** 2) + 1e-12))


@each_speed
@each_sentence
def test_the_durations_add_up_to_the_sample(kana: str, speed: float) -> None:
    labels = labels_of(kana)
    assert begins_of(labels, speed)[-1] == len(spoken(kana, speed).samples)


@pytest.mark.parametrize("kana", [SENTENCES["devoiced"], SENTENCES["ッ"], SENTENCES["question inside"]])
def test_each_sound_begins_at_the_very_sample(kana: str) -> None:
    # At speed 1 no sound's length depends on the others: what comes before it can be spoken alone.
    labels = labels_of(kana)
    ends = [len(library().synthesize(labels[:count], 1.0)[0]) for count in range(1, len(labels) + 1)]
    assert begins_of(labels, 1.0) == [0, *ends]


@each_speed
@each_sentence
def test_each_mora_and_sign_is_marked(kana: str, speed: float) -> None:
    speech = spoken(kana, speed)
    pieces = re.finditer(f"{MORA.pattern}|[、。？！]", kana)
    assert [m.kana_end for m in speech.marks] == [*(piece.start() for piece in pieces), len(kana)]
    assert speech.marks[-1] == Mark(len(kana), len(speech.samples))
    for one, following in pairwise(speech.marks):
        in_one_pause = kana[one.kana_end] in "、。？！" and kana[following.kana_end :][:1] in ("、", "。", "？", "！")
        assert one.at < following.at or (in_one_pause and one.at == following.at)


@each_speed
@pytest.mark.parametrize("kana", [kana for kana in SENTENCES.values() if INNER.search(kana)])
def test_a_sign_inside_lies_in_silence(kana: str, speed: float) -> None:
    speech = spoken(kana, speed)
    half = speech.rate_hz * 15 // 1000
    for begin, end in inner_pauses(kana, speech):
        middle = (begin + end) // 2
        assert level_db(speech.samples[middle - half : middle + half]) < -50


@each_speed
@pytest.mark.parametrize("name", ["two commas", "list", "ッ before a comma", "devoiced before a comma", "long"])
def test_pauses_inside_can_be_set(name: str, speed: float) -> None:
    kana = SENTENCES[name]
    speech = set_pauses(trim_silence(spoken(kana, speed)), kana, 300)
    loud = np.flatnonzero(np.abs(speech.samples.astype(int)) > 0.02 * 32768)
    for begin, end in inner_pauses(kana, speech):
        following = np.searchsorted(loud, (begin + end) // 2)
        assert (loud[following] - loud[following - 1]) * 1000 / speech.rate_hz == pytest.approx(300, abs=30)


def library_with(**changes: object) -> SimpleNamespace:
    names = ("make_label", "synthesize", "DEFAULT_HTS_VOICE")
    return SimpleNamespace(**{name: getattr(library(), name) for name in names} | changes)


def test_only_the_ends_are_marked_when_the_audio_has_another_length() -> None:
    def synthesize(labels: list[str], speed: float) -> tuple[np.ndarray, int]:
        return library().synthesize(labels, speed)[0][240:], 48_000

    speech = OpenJTalkVoice(library_with(synthesize=synthesize)).speak("ア'、イ。", 1.0)
    assert speech.marks == (Mark(0, 0), Mark(5, len(speech.samples)))


def test_only_the_ends_are_marked_when_the_voice_file_is_of_another_kind(tmp_path: Path) -> None:
    other = tmp_path / "other.htsvoice"
    other.write_bytes(b"[GLOBAL]\nHTS_VOICE_VERSION:2.0\n")
    nameless = library_with()
    del nameless.DEFAULT_HTS_VOICE
    libraries = [library_with(DEFAULT_HTS_VOICE=bytes(file)) for file in (other, tmp_path / "none")]
    for each in (*libraries, nameless):
        speech = OpenJTalkVoice(each).speak("ア'、イ。", 1.0)
        assert speech.marks == (Mark(0, 0), Mark(5, len(speech.samples)))


@pytest.mark.parametrize("other", ["ア", "ア、イ、ウ", "ア/イ", "ア、イ/ウ"])
def test_labels_of_other_phrases_give_no_marks(other: str) -> None:
    labels = labels_of(other)
    assert _labels_to_marks("ア、イ。", labels, begins_of(labels, 1.0)) == ()


def test_a_phrase_whose_morae_the_library_counts_otherwise_is_marked_where_it_begins() -> None:
    labels = labels_of("ア、ーキ'ョ。")  # ー at the head of a breath is not said
    assert [m.kana_end for m in _labels_to_marks("ア、ーキ'ョ。", labels, begins_of(labels, 1.0))] == [0, 1, 2, 6, 7]


_LETTERS = [chr(code) for code in range(ord("ァ"), ord("ヴ") + 1)] + ["ー"]
_ENDS = frozenset(("a", "i", "u", "e", "o", "A", "I", "U", "E", "O", "N", "cl"))


def count_morae(kana: str) -> int:
    """Count the morae that the library makes of kana: each ends with a vowel, ン or ッ."""
    labels = library().make_label([_node(kana, "名詞", 0, len(kana))])
    return sum(re.split(r"[-+]", label)[1] in _ENDS for label in labels)


@pytest.mark.parametrize("first", _LETTERS)
def test_two_letters_are_as_many_morae_as_the_library_makes_of_them(first: str) -> None:
    kana = [f"ヌ{first}{second}ヌ" for second in _LETTERS]
    assert [k for k in kana if count_morae(k) != len(MORA.findall(k))] == []
