"""Keeps most of the silence around a sentence from being decoded: a sixth of what Kokoro makes, and trimmed away afterwards.

Text, pitch and energy are made for the whole sentence as before; only the decoder, which takes nearly all of the time, gets
them without the outer frames. It norms each channel by its mean and variance over time, in which silence weighs: without it
sentences came out softer, and their first and last sounds most. So one frame of the silence that stays is counted for all that
were cut off.
"""

from __future__ import annotations

from onnx import ModelProto, NodeProto, TensorProto
from onnx.helper import make_node, make_tensor_value_info

from briefing.voices.kokoro_blocks import BACK
from briefing.voices.kokoro_graph import PREFIX, Graph, GraphError
from briefing.voices.kokoro_parts import CUT, DURATIONS, LIMITS

_DECODER = "/decoder/"
_ENDS = f"{PREFIX}/ends/"
_LENGTH, _STAYS, _GOES = CUT
# What the decoder takes, with its values a duration unit and its axis of time: text, pitch, energy.
_TAKEN = {
    "/encoder/MatMul_1_output_0": (1, 2),
    "/encoder/Reshape_output_0": (2, 1),
    "/encoder/Reshape_1_output_0": (2, 1),
}


def cut_ends(proto: ModelProto, graph: Graph) -> Graph:
    """Let a model also take the most duration units to keep of each token, int64 (tokens), and give the durations; gives its new graph.

    What the first token has more than that is cut off in front, what the others have together at the end: only tokens at the
    ends are to be limited. The durations are the ones before cutting. Raises GraphError when the model's form is not the known one.
    """
    absent = [name for name in (*_TAKEN, DURATIONS) if name not in graph.makers]
    if absent:
        raise GraphError(f"the model makes no {absent[0]}")
    proto.graph.input.append(make_tensor_value_info(LIMITS, TensorProto.INT64, ["tokens"]))
    proto.graph.output.add().name = DURATIONS
    return Graph(_with_cuts(graph), graph.constants)


def _with_cuts(graph: Graph) -> list[NodeProto]:
    nodes = []
    for node in graph.nodes:
        for number, name in enumerate(node.input):
            node.input[number] = _cut_name(name) if name in _TAKEN else name
        is_mean = node.op_type == "ReduceMean" and node.output[0].startswith(_DECODER)
        nodes += _mean(graph, node) if is_mean else [node]
        if DURATIONS in node.output:
            nodes += _bounds(graph)
        nodes += [_cut(graph, name) for name in node.output if name in _TAKEN]
    return nodes


def _bounds(graph: Graph) -> list[NodeProto]:
    """Find the first frame that stays and the one behind the last, for one and two values a unit, and the shares of what stays and goes."""
    whole, kept = _ENDS + "whole", _ENDS + "kept"
    zero, one, two = (graph.integers(n) for n in (0, 1, 2))
    return [
        make_node("Cast", [DURATIONS], [_ENDS + "cast"], to=TensorProto.INT64),
        make_node("Reshape", [_ENDS + "cast", graph.integers(-1)], [whole]),
        make_node("Min", [whole, LIMITS], [kept]),
        make_node("Sub", [whole, kept], [_ENDS + "excess"]),
        make_node("Slice", [_ENDS + "excess", zero, one], [_bound("first", 1)]),
        make_node("ReduceSum", [kept, zero], [_LENGTH], keepdims=1),
        make_node("Add", [_bound("first", 1), _LENGTH], [_bound("end", 1)]),
        *(make_node("Mul", [_bound(which, 1), two], [_bound(which, 2)]) for which in ("first", "end")),
        make_node("ReduceSum", [_ENDS + "excess", zero], [_ENDS + "gone"], keepdims=1),
        make_node("Cast", [_LENGTH], [_ENDS + "length/float"], to=TensorProto.FLOAT),
        make_node("Cast", [_ENDS + "gone"], [_ENDS + "gone/float"], to=TensorProto.FLOAT),
        make_node("Add", [_ENDS + "length/float", _ENDS + "gone/float"], [_ENDS + "all"]),
        make_node("Div", [_ENDS + "length/float", _ENDS + "all"], [_STAYS]),
        make_node("Div", [_ENDS + "gone/float", _ENDS + "all"], [_GOES]),
    ]


def _mean(graph: Graph, node: NodeProto) -> list[NodeProto]:
    """Give a mean over time that counts one frame for all that were cut off. With nothing cut off it is the same, byte for byte."""
    source, mean = node.input[0], node.output[0]
    plain, size, values, back, place, frame, stay, gone = _parts(mean)
    node.output[0] = plain
    return [
        node,
        make_node("Shape", [source], [size], start=-1),
        make_node("Div", [size, _LENGTH], [values]),
        make_node("Mul", [values, graph.integers(BACK)], [back]),
        make_node("Sub", [size, back], [place]),
        make_node("Gather", [source, place], [frame], axis=-1),
        make_node("Mul", [plain, _STAYS], [stay]),
        make_node("Mul", [frame, _GOES], [gone]),
        make_node("Add", [stay, gone], [mean]),
    ]


def _parts(mean: str) -> list[str]:
    return [f"{PREFIX}{mean}/mean/{number}" for number in range(8)]


def _cut(graph: Graph, name: str) -> NodeProto:
    values, axis = _TAKEN[name]
    return make_node(
        "Slice", [name, _bound("first", values), _bound("end", values), graph.integers(axis)], [_cut_name(name)]
    )


def _bound(which: str, values: int) -> str:
    return f"{_ENDS}{which}/{values}"


def _cut_name(name: str) -> str:
    return f"{PREFIX}{name}/cut"
