"""The transform as a convolution gives what onnxruntime's own gives, but for the rounding of sums."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto
from onnx.helper import make_graph, make_model, make_node, make_opsetid, make_tensor_value_info
from onnx.numpy_helper import from_array

from briefing.voices.kokoro_graph import Graph
from briefing.voices.kokoro_stft import convolve_transforms

FLOAT = TensorProto.FLOAT
LENGTH, STEP = 20, 5  # Kokoro's


def transform(*inputs: str) -> NodeProto:
    return make_node("STFT", ["x", *inputs], ["y"], onesided=1)


def constants() -> dict[str, onnx.TensorProto]:
    window = np.hanning(LENGTH + 1)[:LENGTH].astype(np.float32)
    values = {"step": np.array(STEP), "window": window, "length": np.array(LENGTH)}
    return {name: from_array(value, name) for name, value in values.items()}


def run(nodes: list[NodeProto], graph: Graph, x: NDArray[np.float32]) -> NDArray[np.float32]:
    takes = make_tensor_value_info("x", FLOAT, [1, "samples"])
    made = make_graph(nodes, "small", [takes], [make_tensor_value_info("y", FLOAT, None)], [*graph.constants.values()])
    model = make_model(made, opset_imports=[make_opsetid("", 20)], ir_version=9)
    (y,) = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"]).run(None, {"x": x})
    return np.asarray(y)


@pytest.mark.parametrize("samples", [20, 24, 25, 1000, 4803])
def test_the_convolution_gives_the_transforms_values(samples: int) -> None:
    graph = Graph([transform("step", "window", "length")], constants())
    nodes = convolve_transforms(graph)
    x = np.random.default_rng(1).normal(0, 1, (1, samples)).astype(np.float32)
    stock, ours = run(graph.nodes, graph, x), run(nodes, graph, x)
    assert "STFT" not in [node.op_type for node in nodes]
    assert ours.shape == stock.shape
    assert np.allclose(ours, stock, rtol=0, atol=2e-5)


def test_what_rounding_leaves_has_its_sign() -> None:
    """The lowest bin is real; the sign beside a negative value decides about half a turn of phase."""
    graph = Graph([transform("step", "window", "length")], constants())
    x = np.full((1, 2000), -0.3, np.float32) + np.random.default_rng(2).normal(0, 0.02, (1, 2000)).astype(np.float32)
    stock, ours = (run(nodes, graph, x)[0, :, 0] for nodes in (graph.nodes, convolve_transforms(graph)))
    assert (stock[:, 0] < 0).all()
    assert (np.sign(ours[:, 1]) == np.sign(stock[:, 1])).mean() > 0.95


@pytest.mark.parametrize("inputs", [("step",), ("step", "window", "elsewhere")])
def test_a_transform_of_another_form_stays(inputs: tuple[str, ...]) -> None:
    nodes = [transform(*inputs)]
    assert convolve_transforms(Graph(nodes, constants())) == nodes
