"""What is changed in Kokoro's graph before it is divided."""

from __future__ import annotations

from onnx import ModelProto

from briefing.voices.kokoro_ends import cut_ends
from briefing.voices.kokoro_graph import Graph, read_model
from briefing.voices.kokoro_stft import convolve_transforms


def adapt(model: bytes) -> tuple[ModelProto, Graph]:
    """Let the model cut the silence at its ends and spare itself the slow transform. Raises GraphError when its form is not the known one."""
    proto, graph = read_model(model)
    graph = cut_ends(proto, graph)
    return proto, Graph(convolve_transforms(graph), graph.constants)
