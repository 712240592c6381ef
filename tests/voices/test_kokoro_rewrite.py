"""The rewritten graph gives the bytes of the one it was made from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from numpy.typing import NDArray
from onnx.helper import make_graph, make_model, make_node, make_opsetid, make_tensor_value_info
from onnx.numpy_helper import from_array

from briefing.voices.kokoro import _inputs, _most_frames, _read_model
from briefing.voices.kokoro import _load_model as load_voice
from briefing.voices.kokoro_graph import GraphError
from briefing.voices.kokoro_phonemes import kana_to_phonemes
from briefing.voices.kokoro_rewrite import MAX_WEIGHT, rewrite
from briefing.voices.kokoro_session import OUTPUTS, load
from briefing.voices.kokoro_session import rewrite as rewrite_and_optimise

FLOAT = onnx.TensorProto.FLOAT


def small_model(channels: int, taps: int = 3, dilation: int = 1, largest: int = MAX_WEIGHT) -> bytes:
    """One convolution as Kokoro has them: quantise, convolve, add the bias, make it float, scale."""
    random = np.random.default_rng(1)
    weights = random.integers(0, largest + 1, (4, channels, taps), np.uint8)
    weights[0], weights[1] = largest, 0
    pad = dilation * (taps - 1) // 2
    nodes = [
        make_node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"]),
        make_node("ConvInteger", ["q", "w", "z", "wz"], ["c"], pads=[pad, pad], dilations=[dilation], kernel_shape=[taps], strides=[1]),
        make_node("Add", ["c", "b"], ["cb"]),
        make_node("Cast", ["cb"], ["f"], to=FLOAT),
        make_node("Mul", ["f", "s"], ["y"]),
    ]  # fmt: skip
    constants = [
        from_array(weights, "w"),
        from_array(np.array(66, np.uint8), "wz"),
        from_array(random.integers(-9999, 9999, (1, 4, 1), np.int32), "b"),
    ]
    x = make_tensor_value_info("x", FLOAT, [1, channels, "frames"])
    y = make_tensor_value_info("y", FLOAT, None)
    graph = make_graph(nodes, "small", [x], [y], constants)
    return bytes(make_model(graph, opset_imports=[make_opsetid("", 20)], ir_version=9).SerializeToString())


def run(model: bytes, x: NDArray[np.float32]) -> NDArray[np.float32]:
    (y,) = ort.InferenceSession(model, providers=["CPUExecutionProvider"]).run(["y"], {"x": x})
    return np.asarray(y)


def loud(channels: int, frames: int) -> NDArray[np.float32]:
    """Input whose quantised values lie at both ends: the worst for a kernel that adds in 16 bits."""
    x = np.random.default_rng(2).choice(np.array([-1, 1], np.float32), (1, channels, frames))
    x[:, :, frames // 2 :] = 1
    return x


def kinds(model: bytes) -> list[str]:
    return [node.op_type for node in onnx.load_from_string(model).graph.node]


@pytest.mark.parametrize("frames", [1, 2, 511, 512, 513, 1024, 1500, 2049])
@pytest.mark.parametrize(("channels", "taps", "dilation"), [(128, 11, 5), (256, 3, 1), (64, 7, 1), (128, 1, 1)])
def test_a_convolution_gives_the_same_bytes(channels: int, taps: int, dilation: int, frames: int) -> None:
    stock = small_model(channels, taps, dilation)
    rewritten, x = rewrite(stock), loud(channels, frames)
    assert "Cast" not in kinds(rewritten)[kinds(rewritten).index("ConvInteger") :]
    assert run(rewritten, x).tobytes() == run(stock, x).tobytes()


def test_long_inputs_are_cut_and_others_are_not() -> None:
    assert "Transpose" in kinds(rewrite(small_model(128)))
    assert "Transpose" not in kinds(rewrite(small_model(128, taps=1)))
    assert "Transpose" not in kinds(rewrite(small_model(64)))


def test_weights_that_could_overflow_keep_their_kernel() -> None:
    with pytest.raises(GraphError, match="no integer convolution"):
        rewrite(small_model(64, largest=MAX_WEIGHT + 1))


def test_what_is_not_the_known_model_is_refused() -> None:
    with pytest.raises(GraphError):
        rewrite(b"not a model")
    proto = onnx.load_from_string(small_model(64))
    proto.graph.node[0].op_type = "Identity"
    with pytest.raises(GraphError, match="not quantised"):
        rewrite(proto.SerializeToString())
    proto = onnx.load_from_string(small_model(64))
    del proto.graph.node[1].input[2:]
    with pytest.raises(GraphError, match="unknown form"):
        rewrite(proto.SerializeToString())


SENTENCES = {
    "one mora": "ア'。", "short": "ハ'イ。", "question": "ヨヤクシタ/ホ'ンモ/ウケトレマ'スカ？", "foreign": "パーティーノ/ヴァイオリン'ワ/ファ'イルデス。",
    "long": "トショ'カンワ/ロクガツ'カラ/ヘージツノ/ヘーカン'オ/ニジ'カン/オソク/シマ'ス、ハタラク/ヒト'ノ/コ'エニ/コタエマ'シタ。",
}  # fmt: skip


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, object]:
    stock = _read_model()
    scratch: Path = tmp_path_factory.mktemp("scratch")
    return load(stock, "stock"), load(rewrite_and_optimise(stock, scratch), "rewritten")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kana", "speaker"),
    [*((kana, "jf_alpha") for kana in SENTENCES.values()), (next(iter(SENTENCES.values())), "jm_kumo")],
    ids=[*SENTENCES, "another speaker"],
)
def test_kokoro_sounds_the_same_byte_for_byte(pair: tuple[object, object], kana: str, speaker: str) -> None:
    model = load_voice()
    phonemes = kana_to_phonemes(kana)
    inputs = _inputs([model.vocabulary[c] for c in phonemes], model.styles[speaker], 1.0, _most_frames(phonemes, 1.0))
    stock, rewritten = ([np.asarray(v).tobytes() for v in session.run(OUTPUTS, inputs)] for session in pair)  # type: ignore[attr-defined]
    assert rewritten == stock
