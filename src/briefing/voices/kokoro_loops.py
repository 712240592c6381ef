"""Writes a stretch of a graph as a loop over groups of channels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from onnx import NodeProto, TensorProto, ValueInfoProto
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
    last = stretch.nodes[-1].output[0]
    writer = _Writer(graph, f"{PREFIX}/{last}", stretch.channels)
    for name, kind in stretch.inputs.items():
        writer.take(name, kind)
    if stretch.pieces:
        writer.take_pieces(stretch.pieces)
    for node in stretch.nodes:
        writer.do(node)
    for name in stretch.outputs:
        writer.give(name)
    if stretch.quantiser:
        writer.give_extremes(last, stretch.quantiser)
    return writer.nodes()


@dataclass
class _Writer:
    """Writes one loop: what it takes, does and gives a group of channels, and what stands before and behind it."""

    graph: Graph
    prefix: str
    channels: int
    names: dict[str, str] = field(default_factory=dict)  # inside, by those outside
    before: list[NodeProto] = field(default_factory=list)
    scanned: list[str] = field(default_factory=list)
    takes: list[ValueInfoProto] = field(default_factory=list)
    body: list[NodeProto] = field(default_factory=list)
    gives: list[ValueInfoProto] = field(default_factory=list)
    results: list[str] = field(default_factory=list)
    behind: list[NodeProto] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many channels at a time."""
        return ROWS[self.channels]

    def take(self, name: str, kind: int) -> None:
        """Take a value a group of channels at a time: (1, channels, any) becomes (rows, any)."""
        inner = self.names[name] = f"{self.prefix}/{len(self.names)}"
        groups = self.graph.integers(self.channels // self.rows, self.rows, -1)
        self.before.append(make_node("Reshape", [name, groups], [f"{inner}/groups"]))
        self._scan(f"{inner}/groups", make_tensor_value_info(inner, kind, None))

    def take_pieces(self, name: str) -> None:
        """Take pieces of a group of channels: (pieces, channels, frames) becomes (pieces, rows, frames)."""
        bounds = [f"{self.prefix}/{which}" for which in ("first", "end")]
        for at, bound in zip((0, self.rows), bounds, strict=True):
            channels = self.graph.column(range(at, at + self.channels, self.rows))
            self._scan(channels, make_tensor_value_info(bound, TensorProto.INT64, [1]))
        self.names[name] = f"{self.prefix}/pieces"
        self.body.append(make_node("Slice", [name, *bounds, self.graph.integers(1)], [self.names[name]]))

    def do(self, node: NodeProto) -> None:
        """Do what a node does, with one axis less in front."""
        output = self.names[node.output[0]] = f"{self.prefix}/{node.output[0]}"
        inputs = [self.names.get(name, name) for name in node.input]
        if node.op_type == "Pow" and _is_square(self.graph, node):  # the same bytes in less than half the time
            self.body.append(make_node("Mul", [inputs[0], inputs[0]], [output]))
            return
        if node.op_type == "ReduceMean":
            inputs[1] = self.graph.integers(-1)
        if node.op_type == "Reshape":
            inputs[1] = self.graph.integers(self.rows, -1)
        copy = NodeProto()
        copy.CopyFrom(node)
        copy.name = output
        copy.input[:], copy.output[:] = inputs, [output]
        self.body.append(copy)

    def give(self, name: str) -> None:
        """Give a value of all channels again."""
        groups = self._collect(self.names[name], None)
        self.behind.append(make_node("Reshape", [groups, self.graph.integers(1, self.channels, -1)], [name]))

    def give_extremes(self, name: str, quantiser: NodeProto) -> None:
        """Give what a quantiser of this value finds out about it."""
        groups = []
        for kind in ("ReduceMin", "ReduceMax"):
            extreme = f"{self.prefix}/{kind}"
            self.body.append(make_node(kind, [self.names[name]], [extreme], keepdims=0))
            groups.append(self._collect(extreme, []))
        self.behind += quantiser_parameters(self.graph, quantiser, groups)

    def nodes(self) -> list[NodeProto]:
        """Give the loop and what it needs around it."""
        body = make_graph(self.body, f"{self.prefix}/body", self.takes, self.gives)
        scan = make_node("Scan", self.scanned, self.results, body=body, num_scan_inputs=len(self.scanned))
        return [*self.before, scan, *self.behind]

    def _scan(self, outside: str, inside: ValueInfoProto) -> None:
        self.scanned.append(outside)
        self.takes.append(inside)

    def _collect(self, inside: str, shape: list[int] | None) -> str:
        self.gives.append(make_tensor_value_info(inside, TensorProto.FLOAT, shape))
        self.results.append(f"{inside}/groups")
        return self.results[-1]


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
