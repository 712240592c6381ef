"""The silence around a sentence is not decoded, and nothing of the sentence is lost with it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from numpy.typing import NDArray
from onnx.helper import make_graph, make_model, make_node, make_opsetid, make_tensor_value_info

from briefing.model import Speech
from briefing.voices import kokoro
from briefing.voices.kokoro import _ANY, FRAME, KokoroVoice, _most_frames
from briefing.voices.kokoro import _load_model as load_voice
from briefing.voices.kokoro_ends import cut_ends
from briefing.voices.kokoro_graph import GraphError, read_model, write_model
from briefing.voices.kokoro_parts import DURATIONS, LIMITS

FLOAT = onnx.TensorProto.FLOAT
NAMES = ("/encoder/MatMul_1_output_0", "/encoder/Reshape_output_0", "/encoder/Reshape_1_output_0")


def small_model(names: tuple[str, ...] = NAMES) -> bytes:
    """Durations, text, pitch and energy as they come, each under the name that Kokoro's graph gives it and used behind it."""
    shapes: dict[str, list[str | int | None]] = {
        "d": [1, "tokens"],
        "text": [1, 2, "frames"],
        "pitch": [1, "values"],
        "energy": [1, "values"],
    }
    made = dict(zip(shapes, (DURATIONS, *names), strict=True))
    nodes = [make_node("Identity", [name], [value]) for name, value in made.items()]
    nodes += [make_node("Neg", [made[name]], [f"{name}/used"]) for name in ("text", "pitch", "energy")]
    takes = [make_tensor_value_info(name, FLOAT, shape) for name, shape in shapes.items()]
    gives = [make_tensor_value_info(f"{name}/used", FLOAT, None) for name in ("text", "pitch", "energy")]
    made_graph = make_graph(nodes, "small", takes, gives)
    return bytes(make_model(made_graph, opset_imports=[make_opsetid("", 20)], ir_version=9).SerializeToString())


def cut(model: bytes) -> bytes:
    proto, graph = read_model(model)
    return write_model(proto, cut_ends(proto, graph))


def run(model: bytes, durations: list[int], most: list[int]) -> list[NDArray[np.float32]]:
    frames = sum(durations)
    given = {
        "d": np.array([durations], np.float32),
        "text": np.arange(2 * frames, dtype=np.float32).reshape(1, 2, frames),
        "pitch": np.arange(2 * frames, dtype=np.float32).reshape(1, -1),
        "energy": np.arange(2 * frames, dtype=np.float32).reshape(1, -1) + 0.5,
        LIMITS: np.array(most, np.int64),
    }
    session = ort.InferenceSession(model, providers=["CPUExecutionProvider"])
    return [np.asarray(v) for v in session.run(["text/used", "pitch/used", "energy/used", DURATIONS], given)]


@pytest.mark.parametrize(
    ("most", "first", "end"),
    [([99, 99, 99, 99], 0, 20), ([2, 99, 99, 99], 3, 20), ([99, 99, 4, 99], 0, 17), ([0, 99, 0, 1], 5, 12), ([1, 99, 3, 99], 4, 16)],
    ids=["nothing", "front", "back", "all of the ends", "both"],
)  # fmt: skip
def test_the_frames_over_the_limits_are_cut_off_at_both_ends(most: list[int], first: int, end: int) -> None:
    text, pitch, energy, durations = run(cut(small_model()), [5, 6, 7, 2], most)
    frames = np.arange(first, end)
    assert np.array_equal(-text[0], [frames, frames + 20])
    assert np.array_equal(-pitch[0], np.arange(2 * first, 2 * end))
    assert np.array_equal(-energy[0], np.arange(2 * first, 2 * end) + 0.5)
    assert durations.tolist() == [[5, 6, 7, 2]]


def test_a_model_without_what_is_cut_is_refused() -> None:
    with pytest.raises(GraphError, match="makes no /encoder/Reshape_1_output_0"):
        cut(small_model((*NAMES[:2], "/encoder/Reshape_9_output_0")))
    with pytest.raises(GraphError, match="not a model"):
        cut(b"not a model")


def test_only_the_ends_are_limited() -> None:
    most = _most_frames("kʲoːβa haɾe desɨ.", 1.0)
    assert np.flatnonzero(most < _ANY).tolist() == [0, len("kʲoːβa haɾe desɨ")]
    assert (_most_frames("kʲoːβa haɾe desɨ.", 0.5)[0]) == 2 * most[0]
    assert _most_frames("haɾe", 1.0)[4] > _most_frames("haɾe.", 1.0)[4]


SENTENCES = {
    "question": "ヨヤクシタ/ホ'ンモ/ウケトレマ'スカ？",
    "nasal": "ソノ/ヘヤワ/ツカエマセ'ン。", "no sign": "カワラノ/フユ'ドリ", "short": "ハ'イ。",
}  # fmt: skip


def _heard(speech: Speech) -> tuple[int, int]:
    found = np.flatnonzero(np.abs(speech.samples.astype(np.int32)) > 0.008 * 32768)
    return int(found[0]), int(found[-1])


def _bands_db(speech: Speech) -> NDArray[np.float64]:
    """Give the level of five bands against the whole, of what is heard."""
    start, end = _heard(speech)
    power = np.abs(np.fft.rfft(speech.samples[start:end].astype(np.float64))) ** 2
    edges = [round(hz * 2 * len(power) / speech.rate_hz) for hz in (90, 500, 1000, 2000, 4000, 8000)]
    return np.array([10 * np.log10(power[a:b].sum() / power.sum()) for a, b in pairwise(edges)])


def _speak(kana: str, speaker: str = "jf_alpha") -> Speech:
    return KokoroVoice(load_voice(), speaker).speak(kana, 1.0)


@pytest.mark.slow
@pytest.mark.parametrize("kana", SENTENCES.values(), ids=SENTENCES)
def test_the_sentence_keeps_its_times_and_its_sound(kana: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cut = _speak(kana)
    monkeypatch.setattr(kokoro, "_FEWEST_TOKENS", 999)
    whole = _speak(kana)
    moved = whole.marks[1].at - cut.marks[1].at
    assert moved % FRAME == 0
    assert moved >= 4 * FRAME or kana == SENTENCES["short"]
    assert [m.at + moved for m in cut.marks[1:-2]] == [m.at for m in whole.marks[1:-2]]
    assert np.abs(np.array(_heard(cut)) + moved - _heard(whole)).max() <= FRAME
    assert np.abs(_bands_db(cut) - _bands_db(whole)).max() < 2


@pytest.mark.slow
def test_a_sentence_that_sounds_up_to_a_cut_is_made_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    kana = SENTENCES["question"]
    monkeypatch.setattr(kokoro, "_TAIL", 0)
    monkeypatch.setattr(kokoro, "_LEAD", 0)
    made_again = _speak(kana)
    monkeypatch.setattr(kokoro, "_FEWEST_TOKENS", 999)
    assert made_again.samples.tobytes() == _speak(kana).samples.tobytes()
