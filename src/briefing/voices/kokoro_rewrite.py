"""Rewrites Kokoro's graph into one that runs faster and gives the same audio, byte for byte.

All its sums are of integers, so their order and their offset are free. What onnxruntime makes of each form was measured (docs/decisions.md).
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from onnx import NodeProto, TensorProto
from onnx.helper import make_node
from onnx.numpy_helper import to_array

from briefing.voices.kokoro_graph import PREFIX, Graph, GraphError, NotThere, attribute, read_model, write_model
from briefing.voices.kokoro_rows import work_in_rows

# The largest weight with which no kernel overflows: AVX2 without VNNI adds two products u8·s8 in 16 bits, and 2·127·128 < 2¹⁵.
MAX_WEIGHT = 127
PIECE_FRAMES = {128: 1024, 256: 512}  # by input channels: what keeps the unrolled input of a convolution in the cache


def rewrite(model: bytes) -> bytes:
    """Give a model with the same outputs, byte for byte. Raises GraphError when its form is not the known one."""
    proto, graph = read_model(model)
    try:
        for step in (_sign_activations, _dequantise_at_once, _cut_convolutions, work_in_rows):
            graph = Graph(step(graph), graph.constants)
    except (LookupError, TypeError, ValueError) as error:
        raise GraphError(f"an unknown form: {error}") from error
    return write_model(proto, graph)


def _sign_activations(graph: Graph) -> list[NodeProto]:
    """Hand signed activations to the integer convolutions: value and zero point both less 128, so that each difference stays.

    onnxruntime has a kernel for u8 weights with s8 activations that is 1.3 (AVX2) to 2.4 times (VNNI) as fast as the one for u8 with u8.
    """
    out: list[NodeProto] = []
    signed: dict[str, tuple[str, str]] = {}
    for node in graph.nodes:
        if node.op_type == "ConvInteger":
            source = graph.makers.get(node.input[0])
            if source is None or source.op_type != "DynamicQuantizeLinear":
                raise GraphError(f"{node.name}: its input is not quantised on the way")
            if _fits(graph, node):
                if source.output[0] not in signed:
                    added = _signed_quantiser(graph, source)
                    out += added
                    signed[source.output[0]] = (added[-1].output[0], added[-2].output[0])
                node.input[0], node.input[2] = signed[source.output[0]]
        out.append(node)
    if not signed:
        raise GraphError("no integer convolution was found")
    return out


def _fits(graph: Graph, node: NodeProto) -> bool:
    """Tell whether no weight is so large that a kernel could overflow."""
    weights = graph.constants.get(node.input[1])
    if weights is None or weights.data_type != TensorProto.UINT8:
        raise GraphError(f"{node.name}: its weights are not constant bytes without sign")
    return bool(to_array(weights).max() <= MAX_WEIGHT)


def _signed_quantiser(graph: Graph, source: NodeProto) -> list[NodeProto]:
    """Quantise once more, with the same scale, to signed bytes; the last two nodes give the zero point and the values."""
    value, scale, zero = source.output
    wide, moved, signed_zero, signed = (f"{PREFIX}/{value}/{part}" for part in ("wide", "moved", "zero", "signed"))
    return [
        make_node("Cast", [zero], [wide], to=TensorProto.INT32),
        make_node("Sub", [wide, graph.scalar(np.int32(128))], [moved]),
        make_node("Cast", [moved], [signed_zero], to=TensorProto.INT8),
        make_node("QuantizeLinear", [source.input[0], scale, signed_zero], [signed]),
    ]


def _dequantise_at_once(graph: Graph) -> list[NodeProto]:
    """Join the cast of a convolution's sums to float and their scaling: one pass over memory instead of two."""
    joined: dict[int, NodeProto | None] = {}
    for convolution in graph.nodes:
        if convolution.op_type != "ConvInteger":
            continue
        with contextlib.suppress(NotThere):
            biased, cast, scaled = graph.followers(convolution, ("Add", "Cast", "Mul"))
            (scale,) = (name for name in scaled.input if name != cast.output[0])
            joined[id(cast)] = None
            joined[id(scaled)] = make_node("DequantizeLinear", [biased.output[0], scale], list(scaled.output))
    replaced = (joined.get(id(node), node) for node in graph.nodes)
    return [node for node in replaced if node is not None]


def _cut_convolutions(graph: Graph) -> list[NodeProto]:
    """Cut the input of the long convolutions into pieces that overlap by what the kernel spans, one batch of them."""
    out = []
    for node in graph.nodes:
        frames = _piece_frames(graph, node)
        out += _in_pieces(graph, node, frames) if frames else [node]
    return out


def _piece_frames(graph: Graph, node: NodeProto) -> int:
    """Give how long the pieces are to be; 0 where cutting does not pay or the form does not allow it."""
    if node.op_type != "ConvInteger":
        return 0
    _, channels, taps = graph.constants[node.input[1]].dims
    plain = attribute(node, "strides", [1]) == [1] and attribute(node, "group", 1) == 1
    same = sum(attribute(node, "pads", [0, 0])) == _span(graph, node)
    return PIECE_FRAMES.get(channels, 0) if plain and same and taps > 1 else 0


def _in_pieces(graph: Graph, node: NodeProto, frames: int) -> list[NodeProto]:
    """Give the convolution over pieces: pad to whole pieces, cut, put each piece's neighbour beside it, convolve, join."""
    out: list[NodeProto] = []

    def make(kind: str, inputs: Sequence[str], output: str = "", **attributes: Any) -> str:
        output = output or f"{PREFIX}/{node.output[0]}/{len(out)}"
        out.append(make_node(kind, inputs, [output], **attributes))
        return output

    source, weights, zero, weights_zero = node.input
    outputs, channels, taps = graph.constants[weights].dims
    span, before = _span(graph, node), attribute(node, "pads", [0, 0])[0]
    one, first, time = (graph.integers(n) for n in (1, 0, 2))
    length = make("Shape", [source], start=2, end=3)
    pieces = make("Add", [make("Div", [make("Sub", [length, one]), graph.integers(frames)]), one])
    even = make("Add", [make("Div", [make("Sub", [length, one]), pieces]), one])  # so that little is padded
    size = make("Max", [even, graph.integers(span)])
    whole = make("Mul", [make("Add", [pieces, one]), size])  # one piece more, of zeros: the last one's neighbour
    after = make("Sub", [make("Sub", [whole, length]), graph.integers(before)])
    margins = make("Concat", [graph.integers(before), after], axis=0)
    padded = make("Pad", [source, margins, zero, time])
    rows = make("Reshape", [padded, make("Concat", [graph.integers(channels, -1), size], axis=0)])
    batch = make("Transpose", [rows], perm=[1, 0, 2])
    bodies = make("Slice", [batch, first, pieces, first])
    neighbours = make("Slice", [batch, graph.integers(1, 0), graph.integers(2**62, span), graph.integers(0, 2)])
    inputs = make("Concat", [bodies, neighbours], axis=2)
    dilations = attribute(node, "dilations", [1])
    sums = make("ConvInteger", [inputs, weights, zero, weights_zero], kernel_shape=[taps], dilations=dilations)
    joined = make("Reshape", [make("Transpose", [sums], perm=[1, 0, 2]), graph.integers(1, outputs, -1)])
    make("Slice", [joined, first, length, graph.integers(-1)], node.output[0])
    return out


def _span(graph: Graph, node: NodeProto) -> int:
    """Give by how many frames the output would be shorter than the input without padding."""
    taps = graph.constants[node.input[1]].dims[2]
    return int(attribute(node, "dilations", [1])[0] * (taps - 1))
