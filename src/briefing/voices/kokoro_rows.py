"""Works a few channels at a time from a convolution's sums to what the next one takes, so that what passes between stays in the cache.

Each channel is scaled, normalised and bent by itself, over all its frames: which channels go together changes no value.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace

from onnx import NodeProto, TensorProto

from briefing.voices.kokoro_ends import mean_parts
from briefing.voices.kokoro_graph import Graph, NotThere, other_input
from briefing.voices.kokoro_loops import ROWS, Stretch, loop


def work_in_rows(graph: Graph) -> list[NodeProto]:
    """Put each activation that is found, and what lies around it, into a loop over groups of channels."""
    inside: set[int] = set()
    loops: dict[int, list[NodeProto]] = {}
    for find in (_around_activation, _sums_alone):
        for node in graph.nodes:
            with contextlib.suppress(NotThere):
                stretch = find(graph, node)
                nodes = {id(each) for each in (*stretch.nodes, stretch.quantiser) if each is not None}
                if nodes.isdisjoint(inside):
                    inside |= nodes
                    loops[id(stretch.nodes[-1])] = loop(graph, stretch)
    out = []
    for node in graph.nodes:
        out += loops.get(id(node), [] if id(node) in inside else [node])
    return out


def _around_activation(graph: Graph, sine: NodeProto) -> Stretch:
    """Give an activation with as much around it as is there. Raises NotThere."""
    stretch = _activation(graph, sine)
    for extend in (_from_sums, _to_quantiser):
        with contextlib.suppress(NotThere):
            stretch = extend(graph, stretch)
    return stretch


def _activation(graph: Graph, sine: NodeProto) -> Stretch:
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
    if channels not in ROWS or _needed_outside(graph, nodes) != [bent.output[0]]:
        raise NotThere("rows")
    return Stretch(nodes, dict.fromkeys([source, *parameters], TensorProto.FLOAT), [bent.output[0]], channels)


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


def _from_sums(graph: Graph, stretch: Stretch) -> Stretch:
    """Begin where the pieces of a convolution come together; what it is added to may come in beside it. Raises NotThere."""
    source, *parameters = stretch.inputs
    last = graph.makers.get(source)
    if last is None or last.op_type not in ("Add", "DequantizeLinear"):
        raise NotThere(source)
    added = [last] if last.op_type == "Add" else []
    scaled = graph.maker(last.input, "DequantizeLinear") if added else last
    before = _sums(graph, scaled, added)
    nodes = [*before.nodes, *stretch.nodes]
    needed = _needed_outside(graph, nodes)
    if not set(needed) <= {source, *stretch.outputs}:
        raise NotThere("rows")
    inputs = {**before.inputs, **dict.fromkeys(parameters, TensorProto.FLOAT)}
    return replace(stretch, nodes=nodes, inputs=inputs, outputs=needed, pieces=before.pieces)


def _sums_alone(graph: Graph, scaled: NodeProto) -> Stretch:
    """Give what joins and scales a convolution's sums and adds them to what was, where no activation follows. Raises NotThere."""
    if scaled.op_type != "DequantizeLinear":
        raise NotThere("DequantizeLinear")
    stretch = _sums(graph, scaled, graph.followers(scaled, ("Add",)))
    if _needed_outside(graph, stretch.nodes) != stretch.outputs:
        raise NotThere("rows")
    return stretch


def _sums(graph: Graph, scaled: NodeProto, added: list[NodeProto]) -> Stretch:
    """Give the nodes from the pieces of a convolution to its scaled sums, and behind them to the sum with another value. Raises NotThere."""
    biased = graph.maker(scaled.input, "Add")
    cut = graph.maker(biased.input, "Slice")
    shaped = graph.maker(cut.input, "Reshape")
    turned = graph.maker(shaped.input, "Transpose")
    convolution = graph.maker(turned.input, "ConvInteger")
    channels = graph.constants[convolution.input[1]].dims[0]
    if channels not in ROWS:
        raise NotThere("rows")
    nodes = [turned, shaped, cut, biased, scaled, *added]
    inputs = dict.fromkeys((other_input(each, scaled) for each in added), TensorProto.FLOAT)
    inputs[other_input(biased, cut)] = TensorProto.INT32
    return Stretch(nodes, inputs, [nodes[-1].output[0]], channels, convolution.output[0])


def _to_quantiser(graph: Graph, stretch: Stretch) -> Stretch:
    """Find the smallest and the largest value on the way, where that is all that a quantiser is there for. Raises NotThere."""
    users = graph.users.get(stretch.nodes[-1].output[0], [])
    found = [node for node in users if node.op_type == "DynamicQuantizeLinear"]
    if len(found) != 1 or found[0].output[0] in graph.users:
        raise NotThere("DynamicQuantizeLinear")
    return replace(stretch, quantiser=found[0])


def _needed_outside(graph: Graph, nodes: list[NodeProto]) -> list[str]:
    """Give the values that others take, or nobody: what the last node makes is among them."""
    inside = {id(node) for node in nodes}
    made = [node.output[0] for node in nodes]
    return [name for name in made if not {id(user) for user in graph.users.get(name, [])} <= inside or name == made[-1]]
