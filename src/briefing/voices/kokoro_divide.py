"""Takes the residual blocks of the generator out of Kokoro's graph: what they hold becomes `Layer`s, what is left three graphs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto
from onnx.helper import make_tensor_value_info
from onnx.numpy_helper import to_array

from briefing.voices.kokoro_blocks import Layer
from briefing.voices.kokoro_graph import Graph, GraphError, NotThere, attribute
from briefing.voices.kokoro_instructions import DEPTH, GROUP
from briefing.voices.kokoro_parts import BLOCKS, GRAPHS, LAYERS, Names, Parts
from briefing.voices.kokoro_signed import MAX_WEIGHT, sign_activations


def divide(proto: ModelProto, graph: Graph) -> Parts:
    """Divide an adapted model, of which `proto` says what it takes. Raises GraphError when its form is not the known one."""
    try:
        blocks = {block: tuple(_layer(graph, f"{block}/convs{layer}") for layer in LAYERS) for block in BLOCKS}
        graphs = {name: _part(proto, graph, names) for name, names in GRAPHS.items()}
    except (LookupError, ValueError) as error:
        raise GraphError(f"the generator's blocks are not as expected: {error}") from error
    return Parts(graphs, blocks)


def _layer(graph: Graph, name: str) -> Layer:
    """Read a convolution and the activation in front of it. Raises LookupError, ValueError."""
    scaled = graph.maker([f"{name}/Conv_output_0"], "Mul")
    (cast,) = (graph.makers[each] for each in scaled.input if graph.makers[each].op_type == "Cast")
    sums = graph.maker(cast.input, "Add")
    convolution = graph.maker(sums.input, "ConvInteger")
    (step,) = (each for each in scaled.input if each not in cast.output)
    (bias,) = (node for node in graph.users[step] if node.op_type == "Div")
    pitch, weight = _snake(graph, graph.maker(convolution.input[:1], "DynamicQuantizeLinear"))
    kernel = _constant(graph, convolution.input[1])
    dilation = int(attribute(convolution, "dilations", [1])[0])
    reach = dilation * (kernel.shape[2] - 1) // 2
    if attribute(convolution, "pads", None) != [reach, reach] or attribute(convolution, "strides", [1]) != [1]:
        raise ValueError(f"{name}: the convolution changes the length")
    return Layer(
        pitch=pitch,
        weight=weight,
        kernel=_pack(kernel, name),
        kernel_zero=int(_constant(graph, convolution.input[3])),
        kernel_scale=np.float32(_known(graph, graph.makers[step])),
        bias=_known(graph, bias).astype(np.float32).ravel(),
        dilation=dilation,
    )


def _snake(graph: Graph, quantiser: NodeProto) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Give the alpha and the factor of the activation whose result is quantised: y + factor · sin²(alpha · y)."""
    total = graph.maker(quantiser.input, "Add")
    weighted = graph.maker(total.input, "Mul")
    sine = graph.maker(graph.maker(weighted.input, "Pow").input, "Sin")
    turned = graph.maker(sine.input, "Mul")
    pitch, weight = (_known(graph, node).astype(np.float32).ravel() for node in (turned, weighted))
    return pitch, weight


def _pack(kernel: NDArray[np.generic], name: str) -> NDArray[np.int8]:
    """Lay out a kernel, (outputs, inputs, taps), as `kokoro_convolution` reads it."""
    outputs, inputs, taps = kernel.shape
    if kernel.dtype != np.uint8 or kernel.max() > MAX_WEIGHT or outputs % GROUP or inputs % DEPTH or not taps % 2:
        raise ValueError(f"{name}: a kernel of {kernel.dtype} {kernel.shape} up to {kernel.max()}")
    apart = kernel.astype(np.int8).reshape(outputs // GROUP, GROUP, inputs // DEPTH, DEPTH, taps)
    return np.ascontiguousarray(apart.transpose(0, 4, 2, 1, 3))


def _known(graph: Graph, node: NodeProto) -> NDArray[np.generic]:
    """Give the one constant that a node takes."""
    (name,) = (each for each in node.input if each in graph.constants)
    return _constant(graph, name)


def _constant(graph: Graph, name: str) -> NDArray[np.generic]:
    return to_array(graph.constants[name])


def _part(proto: ModelProto, graph: Graph, names: Names) -> bytes:
    """Give the graph between these values."""
    nodes = sign_activations(Graph(_between(graph, names), graph.constants))
    taken = {name for node in nodes for name in node.input}
    part = ModelProto(ir_version=proto.ir_version, opset_import=proto.opset_import)
    part.graph.name = proto.graph.name
    part.graph.node.extend(nodes)
    part.graph.initializer.extend(each for name, each in graph.constants.items() if name in taken)
    known = {each.name: each for each in proto.graph.input}
    part.graph.input.extend(known.get(name) or _floats(name) for name in names.inputs)
    for name in names.outputs:
        part.graph.output.add().name = name
    content: bytes = part.SerializeToString(deterministic=True)
    return content


def _between(graph: Graph, names: Names) -> list[NodeProto]:
    """Give the nodes that lead from some values to others, in order. Raises NotThere."""
    wanted, needed = set(names.outputs), set[str]()
    for node in reversed(graph.nodes):
        if wanted & set(node.output):
            needed.add(node.output[0])
            wanted.update(name for name in node.input if name and name not in names.inputs)
    nodes = [node for node in graph.nodes if node.output[0] in needed]
    made = {name for node in nodes for name in node.output}
    if missing := wanted - made - set(graph.constants):
        raise NotThere(f"what makes {min(missing)}")
    return nodes


def _floats(name: str) -> ValueInfoProto:
    return make_tensor_value_info(name, TensorProto.FLOAT, [1, None, None])
