"""Normalisation and activation in groups of channels give the bytes that they give at once."""

from __future__ import annotations

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from numpy.typing import NDArray
from onnx import NodeProto, ValueInfoProto
from onnx.helper import make_graph, make_model, make_node, make_opsetid, make_tensor_value_info
from onnx.numpy_helper import from_array

from briefing.voices.kokoro_graph import Graph
from briefing.voices.kokoro_loops import quantiser_parameters
from briefing.voices.kokoro_rewrite import rewrite
from briefing.voices.kokoro_rows import work_in_rows

FLOAT = onnx.TensorProto.FLOAT

NORMALISE = [
    make_node("ReduceMean", ["x", "axes"], ["mean"]),
    make_node("Sub", ["x", "mean"], ["centred"]),
    make_node("Mul", ["centred", "centred"], ["squared"]),
    make_node("ReduceMean", ["squared", "axes"], ["variance"]),
    make_node("Add", ["variance", "epsilon"], ["raised"]),
    make_node("Sqrt", ["raised"], ["deviation"]),
    make_node("Div", ["centred", "deviation"], ["normal"]),
]


def bend(to: str) -> list[NodeProto]:
    """Stretch, move and bend what is normal."""
    return [
        make_node("Mul", ["gamma", "normal"], [f"{to}/stretched"]),
        make_node("Add", [f"{to}/stretched", "beta"], [f"{to}/moved"]),
        make_node("Mul", ["alpha", f"{to}/moved"], [f"{to}/scaled"]),
        make_node("Sin", [f"{to}/scaled"], [f"{to}/sine"]),
        make_node("Pow", [f"{to}/sine", "two"], [f"{to}/square"]),
        make_node("Mul", ["weight", f"{to}/square"], [f"{to}/weighted"]),
        make_node("Add", [f"{to}/moved", f"{to}/weighted"], [to]),
    ]


def build(nodes: list[NodeProto], outputs: list[str], channels: int) -> tuple[bytes, bytes, list[str]]:
    """Give a model, the same in rows, and the kinds of nodes in that."""
    random = np.random.default_rng(3)
    names = ("gamma", "beta", "alpha", "weight")
    constants = [from_array(random.normal(1, 0.5, (1, channels, 1)).astype(np.float32), name) for name in names]
    constants += [
        from_array(random.integers(0, 128, (channels, channels, 3), np.uint8), "w"),
        from_array(np.array(66, np.uint8), "wz"),
        from_array(random.integers(-9999, 9999, (1, channels, 1), np.int32), "bias"),
    ]
    constants += [from_array(np.array([2]), "axes"), from_array(np.array(1e-5, np.float32), "epsilon"), from_array(np.array(2, np.float32), "two")]  # fmt: skip
    graph = Graph([NodeProto.FromString(n.SerializeToString()) for n in nodes], {each.name: each for each in constants})
    stock = _model(graph.nodes, outputs, channels, graph)
    rows = work_in_rows(graph)
    return stock, _model(rows, outputs, channels, graph), [node.op_type for node in rows]


def _model(nodes: list[NodeProto], outputs: list[str], channels: int, graph: Graph) -> bytes:
    x = make_tensor_value_info("x", FLOAT, [1, channels, "frames"])
    gives = [ValueInfoProto(name=name) for name in outputs]  # of whatever type
    made = make_graph(nodes, "small", [x], gives, list(graph.constants.values()))
    return bytes(make_model(made, opset_imports=[make_opsetid("", 20)], ir_version=9).SerializeToString())


def run(model: bytes, x: NDArray[np.float32]) -> list[bytes]:
    session = ort.InferenceSession(model, providers=["CPUExecutionProvider"])
    return [np.asarray(value).tobytes() for value in session.run(None, {"x": x})]


@pytest.mark.parametrize("frames", [1, 2, 3, 5, 121, 4801])
@pytest.mark.parametrize("channels", [128, 256])
def test_rows_give_the_same_bytes(channels: int, frames: int) -> None:
    stock, rows, kinds = build([*NORMALISE, *bend("y")], ["y"], channels)
    x = np.random.default_rng(4).normal(0, 3, (1, channels, frames)).astype(np.float32)
    assert kinds.count("Scan") == 1
    assert "Sin" not in kinds
    assert run(rows, x) == run(stock, x)


def test_a_normalisation_that_two_activations_share_stays_outside() -> None:
    stock, rows, kinds = build([*NORMALISE, *bend("y"), *bend("z")], ["y", "z"], 128)
    x = np.random.default_rng(5).normal(0, 3, (1, 128, 33)).astype(np.float32)
    assert kinds.count("Scan") == 2
    assert "Div" in kinds
    assert run(rows, x) == run(stock, x)


def test_what_somebody_else_needs_stays_as_it_is() -> None:
    stock, rows, kinds = build([*NORMALISE, *bend("y"), make_node("Neg", ["y/moved"], ["z"])], ["y", "z"], 128)
    x = np.random.default_rng(6).normal(0, 3, (1, 128, 9)).astype(np.float32)
    assert "Scan" not in kinds
    assert run(rows, x) == run(stock, x)


def test_other_numbers_of_channels_stay_as_they_are() -> None:
    assert "Scan" not in build([*NORMALISE, *bend("y")], ["y"], 64)[2]


SUMS = [
    make_node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"]),
    make_node("ConvInteger", ["q", "w", "z", "wz"], ["c"], pads=[2, 2], dilations=[2], kernel_shape=[3], strides=[1]),
    make_node("Add", ["c", "bias"], ["cb"]),
    make_node("Cast", ["cb"], ["f"], to=FLOAT),
    make_node("Mul", ["f", "s"], ["y"]),
]
QUANTISE = [
    make_node("DynamicQuantizeLinear", ["bent"], ["bq", "bs", "bz"]),
    make_node("ConvInteger", ["bq", "w", "bz", "wz"], ["next"], pads=[1, 1], kernel_shape=[3], strides=[1]),
]


def renamed(nodes: list[NodeProto], old: str, new: str) -> list[NodeProto]:
    copies = [NodeProto.FromString(node.SerializeToString()) for node in nodes]
    for node in copies:
        node.input[:] = [new if name == old else name for name in node.input]
    return copies


@pytest.mark.parametrize("frames", [1, 5, 121, 1024, 1025, 2500])
@pytest.mark.parametrize("channels", [128, 256])
@pytest.mark.parametrize("residual", [False, True], ids=["sums", "sums that are added to what was"])
def test_from_sums_to_quantiser_in_one_loop(channels: int, frames: int, residual: bool) -> None:
    source = "sum" if residual else "y"
    added = [
        make_node("Add", ["y", "x"], ["sum"]),
        make_node("Neg", ["sum"], ["other"]),
    ]  # the next residual needs it too
    beside = added if residual else [make_node("Neg", ["x"], ["other"])]
    nodes = [*SUMS, *beside, *renamed([*NORMALISE, *bend("bent")], "x", source), *QUANTISE]
    stock, _, _ = build(nodes, ["next", "bs", "bz", "other"], channels)
    rows = rewrite(stock)
    made = [node.op_type for node in onnx.load_from_string(rows).graph.node]
    assert made.count("Scan") == 1
    assert made.count("DynamicQuantizeLinear") == 1  # the other one only needs the smallest and the largest value
    assert made.count("DequantizeLinear") == 0
    x = np.random.default_rng(7).normal(0, 3, (1, channels, frames)).astype(np.float32)
    assert run(rows, x) == run(stock, x)


@pytest.mark.parametrize("frames", [1, 1025])
def test_sums_that_are_added_without_an_activation_are_joined_in_a_loop(frames: int) -> None:
    nodes = [*SUMS, make_node("Add", ["x", "y"], ["sum"]), make_node("Neg", ["sum"], ["other"])]
    stock, _, _ = build(nodes, ["other"], 128)
    rows = rewrite(stock)
    made = [node.op_type for node in onnx.load_from_string(rows).graph.node]
    assert made.count("Scan") == 1
    assert made.count("DequantizeLinear") == 0
    x = np.random.default_rng(8).normal(0, 3, (1, 128, frames)).astype(np.float32)
    assert run(rows, x) == run(stock, x)


def test_scale_and_zero_point_are_those_of_onnxruntime() -> None:
    graph = Graph([], {})
    quantiser = make_node("DynamicQuantizeLinear", ["x"], ["q", "scale", "zero"])
    for low, high in [(0, 0), (-1, 2), (0.5, 3), (-4, -1), (-1e-3, 255), (-7.25, 7.25)]:
        values = np.array([low, high], np.float32).reshape(1, 1, 2)
        nodes = [make_node("Identity", ["x"], ["low"]), make_node("Identity", ["x"], ["high"])]
        nodes += quantiser_parameters(graph, quantiser, ["low", "high"])
        stock = _model([quantiser], ["scale", "zero"], 1, graph)
        assert run(_model(nodes, ["scale", "zero"], 1, graph), values) == run(stock, values)
