"""Signed activations give the bytes of unsigned ones."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from numpy.typing import NDArray
from onnx.helper import make_graph, make_model, make_node, make_opsetid, make_tensor_value_info
from onnx.numpy_helper import from_array

from briefing.voices.kokoro_graph import Graph, GraphError, read_model, write_model
from briefing.voices.kokoro_signed import MAX_WEIGHT, sign_activations

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


def signed(model: bytes) -> bytes:
    proto, graph = read_model(model)
    return write_model(proto, Graph(sign_activations(graph), graph.constants))


def run(model: bytes, x: NDArray[np.float32]) -> NDArray[np.float32]:
    (y,) = ort.InferenceSession(model, providers=["CPUExecutionProvider"]).run(["y"], {"x": x})
    return np.asarray(y)


def loud(channels: int, frames: int) -> NDArray[np.float32]:
    """Input whose quantised values lie at both ends: the worst for a kernel that adds in 16 bits."""
    x = np.random.default_rng(2).choice(np.array([-1, 1], np.float32), (1, channels, frames))
    x[:, :, frames // 2 :] = 1
    return x


@pytest.mark.parametrize("frames", [1, 2, 511, 1500])
@pytest.mark.parametrize(("channels", "taps", "dilation"), [(128, 11, 5), (256, 3, 1), (64, 7, 1), (128, 1, 1)])
def test_a_convolution_gives_the_same_bytes(channels: int, taps: int, dilation: int, frames: int) -> None:
    stock, x = small_model(channels, taps, dilation), loud(channels, frames)
    assert run(signed(stock), x).tobytes() == run(stock, x).tobytes()


def test_weights_that_could_overflow_keep_their_kernel() -> None:
    kinds = [node.op_type for node in onnx.load_from_string(signed(small_model(64, largest=MAX_WEIGHT + 1))).graph.node]
    assert "QuantizeLinear" not in kinds
    assert kinds.count("ConvInteger") == 1


def test_what_is_not_the_known_form_is_refused() -> None:
    with pytest.raises(GraphError, match="not a model"):
        signed(b"not a model")
    proto = onnx.load_from_string(small_model(64))
    proto.graph.node[0].op_type = "Identity"
    with pytest.raises(GraphError, match="not quantised"):
        signed(proto.SerializeToString())
    proto = onnx.load_from_string(small_model(64))
    proto.graph.node[1].input[1] = "x"
    with pytest.raises(GraphError, match="not constant bytes"):
        signed(proto.SerializeToString())
