"""Works through normalisation and activation a few channels at a time, so that what passes between their nodes stays in the cache.

Each channel is normalised and bent by itself, over all its frames: which channels go together changes no value.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from onnx import NodeProto, TensorProto
from onnx.helper import make_graph, make_node, make_tensor_value_info

from briefing.voices.kokoro_ends import mean_parts
from briefing.voices.kokoro_graph import PREFIX, Graph, NotThere, other_input

# Channels at a time, by all channels. Multiples of four: a sine that is left over from a vector of four is rounded otherwise.
ROWS = {128: 8, 256: 32}


def work_in_rows(graph: Graph) -> list[NodeProto]:
    """Put each activation that is found into a loop over groups of channels."""
    inside: set[int] = set()
    loops: dict[int, list[NodeProto]] = {}
    for node in graph.nodes:
        with contextlib.suppress(NotThere):
            stretch = _activation(graph, node)
            inside |= {id(each) for each in stretch.nodes}
            loops[id(stretch.nodes[-1])] = _loop(graph, stretch)
    out = []
    for node in graph.nodes:
        out += loops.get(id(node), [] if id(node) in inside else [node])
    return out


@dataclass(frozen=True)
class _Stretch:
    """Nodes in order, from a value of shape (1, channels, frames) and parameters of (1, channels, 1) to the last one's value."""

    nodes: list[NodeProto]
    inputs: list[str]
    channels: int


def _activation(graph: Graph, sine: NodeProto) -> _Stretch:
    """Give a snake activation, x + sin²(αx) / α, with the normalisation before it where nobody else needs that. Raises NotThere."""
    if sine.op_type != "Sin":
        raise NotThere("Sin")
    scaled = graph.maker(sine.input, "Mul")
    moved = graph.maker(scaled.input, "Add")
    stretched = graph.maker(moved.input, "Mul")
    normal = graph.maker(stretched.input, "Div")
    square, weighted, bent = graph.followers(sine, ("Pow", "Mul", "Add"))
    alpha = other_input(scaled, moved)
    parameters = [other_input(stretched, normal), other_input(moved, stretched), alpha, other_input(weighted, square)]
    nodes = [stretched, moved, scaled, sine, square, weighted, bent]
    source = normal.output[0]
    if len(graph.users[source]) == 1:
        before = _normalisation(graph, normal)
        nodes, source = [*before, *nodes], before[0].input[0]
    channels = graph.constants[alpha].dims[1] if alpha in graph.constants else 0
    if channels not in ROWS or not _is_closed(graph, nodes):
        raise NotThere("rows")
    return _Stretch(nodes, [source, *parameters], channels)


def _normalisation(graph: Graph, normal: NodeProto) -> list[NodeProto]:
    """Give the nodes that take off the mean and divide by the deviation. Raises NotThere."""
    centred = graph.maker(normal.input, "Sub")
    deviation = graph.maker(normal.input, "Sqrt")
    raised = graph.maker(deviation.input, "Add")
    variance = _mean(graph, raised)
    squared = graph.maker(variance[0].input, "Mul")
    return [*_mean(graph, centred), centred, squared, *variance, raised, deviation, normal]


def _mean(graph: Graph, user: NodeProto) -> list[NodeProto]:
    """Give the nodes of the mean that a node takes, first the one of what is there. Raises NotThere."""
    with contextlib.suppress(NotThere):
        return [graph.maker(user.input, "ReduceMean")]
    for name in user.input:
        parts = mean_parts(graph, name)
        if parts:
            return parts
    raise NotThere("ReduceMean")


def _is_closed(graph: Graph, nodes: list[NodeProto]) -> bool:
    """Tell whether nobody outside needs what passes between the nodes."""
    inside = {id(node) for node in nodes}
    return all(id(user) in inside for node in nodes[:-1] for user in graph.users.get(node.output[0], []))


def _loop(graph: Graph, stretch: _Stretch) -> list[NodeProto]:
    result = stretch.nodes[-1].output[0]
    prefix = f"{PREFIX}/{result}"
    names = {name: f"{prefix}/{number}" for number, name in enumerate(stretch.inputs)}
    groups = graph.integers(stretch.channels // ROWS[stretch.channels], ROWS[stretch.channels], -1)
    cut = [make_node("Reshape", [name, groups], [f"{inner}/groups"]) for name, inner in names.items()]
    takes = [make_tensor_value_info(inner, TensorProto.FLOAT, None) for inner in names.values()]
    body = [_inner(graph, node, names, prefix) for node in stretch.nodes]
    gives = [make_tensor_value_info(body[-1].output[0], TensorProto.FLOAT, None)]
    loop = make_node(
        "Scan",
        [node.output[0] for node in cut],
        [f"{prefix}/groups"],
        body=make_graph(body, f"{prefix}/body", takes, gives),
        num_scan_inputs=len(cut),
    )
    return [*cut, loop, make_node("Reshape", [loop.output[0], graph.integers(1, stretch.channels, -1)], [result])]


def _inner(graph: Graph, node: NodeProto, names: dict[str, str], prefix: str) -> NodeProto:
    """Give a copy of a node under names of the loop's own, with one axis less in front."""
    copy = NodeProto()
    copy.CopyFrom(node)
    names[node.output[0]] = f"{prefix}/{node.output[0]}"
    inputs, outputs = ([names.get(name, name) for name in each] for each in (node.input, node.output))
    if node.op_type == "ReduceMean":
        inputs[1] = graph.integers(-1)
    copy.ClearField("input")
    copy.ClearField("output")
    copy.input.extend(inputs)
    copy.output.extend(outputs)
    copy.name = names[node.output[0]]
    return copy
