"""Says Kokoro's short-time Fourier transform as a convolution: onnxruntime's own takes 2.5 % of the voice's time, this next to none."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from onnx import NodeProto, TensorProto
from onnx.helper import make_graph, make_model, make_node, make_operatorsetid, make_tensor_value_info
from onnx.numpy_helper import to_array

from briefing.voices.kokoro_graph import PREFIX, Graph

_OPSET = 17  # the first with STFT
_INPUTS = 4  # signal, step, window, length


def convolve_transforms(graph: Graph) -> list[NodeProto]:
    """Give the nodes with each STFT of constant size as a convolution with its windowed waves; others stay.

    Values differ by the rounding of sums alone. Source: ONNX operators, STFT.
    """
    nodes = []
    for node in graph.nodes:
        is_known = node.op_type == "STFT" and len(node.input) == _INPUTS and set(node.input[1:]) <= set(graph.constants)
        nodes += _convolution(graph, node) if is_known else [node]
    return nodes


def _convolution(graph: Graph, node: NodeProto) -> list[NodeProto]:
    signal, *parameters = node.input
    waves = _waves(graph, node)
    step = int(to_array(graph.constants[parameters[0]]))
    row, sums, apart = (f"{PREFIX}{node.output[0]}/{part}" for part in ("row", "sums", "apart"))
    kernel = graph.array(f"{node.output[0]}/waves", waves.reshape(-1, 1, waves.shape[-1]))
    return [
        make_node("Reshape", [signal, graph.integers(1, 1, -1)], [row]),
        make_node("Conv", [row, kernel], [sums], strides=[step]),
        make_node("Reshape", [sums, graph.integers(1, *waves.shape[:2], -1)], [apart]),
        make_node("Transpose", [apart], list(node.output), perm=[0, 3, 1, 2]),
    ]


def _waves(graph: Graph, node: NodeProto) -> NDArray[np.float32]:
    """Give each bin's windowed cosine and negative sine, (bins, 2, length): what the transform makes of single impulses.

    They are not computed anew, since Kokoro asks for the phase also where there is none: in the lowest and the highest bin the sign
    of what rounding leaves of the imaginary part decides about half a turn, and with other signs the voice sounds different.
    """
    import onnxruntime as ort

    signal, *parameters = node.input
    length = int(to_array(graph.constants[parameters[2]]))
    takes = make_tensor_value_info(signal, TensorProto.FLOAT, [length, length])
    gives = make_tensor_value_info(node.output[0], TensorProto.FLOAT, None)
    alone = make_graph([node], "transform", [takes], [gives], [graph.constants[name] for name in parameters])
    model = make_model(alone, opset_imports=[make_operatorsetid("", _OPSET)], ir_version=8)
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    (answers,) = session.run(None, {signal: np.eye(length, dtype=np.float32)})
    waves: NDArray[np.float32] = np.ascontiguousarray(answers[:, 0].transpose(1, 2, 0))
    return waves
