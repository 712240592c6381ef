"""Writes a stretch of a graph as a loop over groups of channels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from onnx import NodeProto, TensorProto
from onnx.helper import make_graph, make_node, make_tensor_value_info
from onnx.numpy_helper import to_array

from briefing.voices.kokoro_graph import PREFIX, Graph

# Channels at a time, by all channels. Multiples of four: a sine that is left over from a vector of four is rounded otherwise.
ROWS = {128: 8, 256: 32}


@dataclass(frozen=True)
class Stretch:
    """Nodes in order that treat each channel by itself.

    They take values of shape (1, channels, any) with their element types, and perhaps `pieces`, the sums of a convolution by pieces
    of time, (pieces, channels, frames); they give values of shape (1, channels, frames). `quantiser` needs only the smallest and
    the largest value of the last one.
    """

    nodes: list[NodeProto]
    inputs: Mapping[str, int]
    outputs: list[str]
    channels: int
    pieces: str = ""
    quantiser: NodeProto | None = None


def loop(graph: Graph, stretch: Stretch) -> list[NodeProto]:
    """Give the nodes that stand for a stretch."""
    prefix = f"{PREFIX}/{stretch.nodes[-1].output[0]}"
    rows = ROWS[stretch.channels]
    names = {name: f"{prefix}/{number}" for number, name in enumerate(stretch.inputs)}
    groups = graph.integers(stretch.channels // rows, rows, -1)
    cut = [make_node("Reshape", [name, groups], [f"{inner}/groups"]) for name, inner in names.items()]
    takes = [make_tensor_value_info(names[name], kind, None) for name, kind in stretch.inputs.items()]
    scanned = [node.output[0] for node in cut]
    body = []
    if stretch.pieces:
        bounds = [f"{prefix}/{which}" for which in ("first", "end")]
        takes += [make_tensor_value_info(name, TensorProto.INT64, [1]) for name in bounds]
        scanned += [graph.column(range(at, at + stretch.channels, rows)) for at in (0, rows)]
        names[stretch.pieces] = f"{prefix}/pieces"
        body.append(make_node("Slice", [stretch.pieces, *bounds, graph.integers(1)], [names[stretch.pieces]]))
    for node in stretch.nodes:
        names[node.output[0]] = f"{prefix}/{node.output[0]}"
        body.append(_inner(graph, node, names, rows))
    whole = {f"{names[name]}/groups": name for name in stretch.outputs}
    gives = [make_tensor_value_info(names[name], TensorProto.FLOAT, None) for name in stretch.outputs]
    extremes = [f"{prefix}/{kind}" for kind in ("ReduceMin", "ReduceMax")] if stretch.quantiser else []
    for name, kind in zip(extremes, ("ReduceMin", "ReduceMax"), strict=False):
        body.append(make_node(kind, [names[stretch.nodes[-1].output[0]]], [name], keepdims=0))
        gives.append(make_tensor_value_info(name, TensorProto.FLOAT, []))
    result = [*whole, *(f"{name}/groups" for name in extremes)]
    inner = make_graph(body, f"{prefix}/body", takes, gives)
    scan = make_node("Scan", scanned, result, body=inner, num_scan_inputs=len(scanned))
    flat = graph.integers(1, stretch.channels, -1)
    joined = [make_node("Reshape", [name, flat], [output]) for name, output in whole.items()]
    return [
        *cut,
        scan,
        *joined,
        *(quantiser_parameters(graph, stretch.quantiser, result[-2:]) if stretch.quantiser else []),
    ]


def _inner(graph: Graph, node: NodeProto, names: dict[str, str], rows: int) -> NodeProto:
    """Give a copy of a node under names of the loop's own, with one axis less in front."""
    inputs, outputs = ([names.get(name, name) for name in each] for each in (node.input, node.output))
    if node.op_type == "Pow" and _is_square(graph, node):  # the same bytes in less than half the time
        return make_node("Mul", [inputs[0], inputs[0]], outputs, outputs[0])
    copy = NodeProto()
    copy.CopyFrom(node)
    if node.op_type == "ReduceMean":
        inputs[1] = graph.integers(-1)
    if node.op_type == "Reshape":
        inputs[1] = graph.integers(rows, -1)
    copy.ClearField("input")
    copy.ClearField("output")
    copy.input.extend(inputs)
    copy.output.extend(outputs)
    copy.name = outputs[0]
    return copy


def _is_square(graph: Graph, power: NodeProto) -> bool:
    """Tell whether a power is the second."""
    exponent = graph.constants.get(power.input[1])
    return exponent is not None and bool(np.all(to_array(exponent) == 2))


def quantiser_parameters(graph: Graph, quantiser: NodeProto, extremes: list[str]) -> list[NodeProto]:
    """Give scale and zero point as DynamicQuantizeLinear finds them, from each group's smallest and largest value.

    Source: ONNX operators, DynamicQuantizeLinear. Where all is 0, the scale is 1 in onnxruntime.
    """
    _, scale, zero_point = quantiser.output
    zero, one, most = (graph.scalar(np.float32(n)) for n in (0, 1, 255))
    low, high, least, largest, span, empty, step, share, place, near, whole = (
        f"{PREFIX}/{scale}/{n}" for n in range(11)
    )
    return [
        make_node("ReduceMin", [extremes[0]], [least], keepdims=0),
        make_node("ReduceMax", [extremes[1]], [largest], keepdims=0),
        make_node("Min", [least, zero], [low]),
        make_node("Max", [largest, zero], [high]),
        make_node("Sub", [high, low], [span]),
        make_node("Equal", [span, zero], [empty]),
        make_node("Div", [span, most], [step]),
        make_node("Where", [empty, one, step], [scale]),
        make_node("Div", [low, scale], [share]),
        make_node("Sub", [zero, share], [place]),
        make_node("Clip", [place, zero, most], [near]),
        make_node("Round", [near], [whole]),
        make_node("Cast", [whole], [zero_point], to=TensorProto.UINT8),
    ]
