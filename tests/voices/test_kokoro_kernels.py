"""Activation, quantising and counting against numpy and onnxruntime."""

from __future__ import annotations

import numpy as np
import onnxruntime as ort
import pytest
from numpy.typing import NDArray
from onnx import TensorProto
from onnx.helper import make_graph, make_model, make_node, make_opsetid, make_tensor_value_info

from briefing.voices.kokoro_kernels import activate, count, quantise

Floats = NDArray[np.float32]


def normal(*shape: int) -> Floats:
    return np.random.default_rng(5).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize("spread", [1e-6, 1.0, 30.0])
def test_the_activation_is_the_snake_of_the_normed_values(spread: float) -> None:
    values = normal(70, 24) * np.float32(spread)
    scale, shift, pitch = (np.random.default_rng(n).uniform(0.2, 3, 24).astype(np.float32) for n in range(3))
    out, bounds = np.empty_like(values), np.zeros((2, 24), np.float32)
    activate(values, scale, shift, (pitch / np.pi).astype(np.float32), (1 / pitch).astype(np.float32), out, bounds)
    y = values.astype(np.float64) * scale + shift
    assert np.allclose(out, y + np.sin(pitch * y) ** 2 / pitch, rtol=1e-6, atol=2e-6 * max(spread, 1))
    assert np.array_equal(bounds, [np.minimum(out.min(0), 0), np.maximum(out.max(0), 0)])


def quantise_by_runtime(values: Floats) -> tuple[NDArray[np.uint8], float, int]:
    node = make_node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"])
    x = make_tensor_value_info("x", TensorProto.FLOAT, None)
    gives = [make_tensor_value_info(n, t, None) for n, t in (("q", 2), ("s", 1), ("z", 2))]
    model = make_model(make_graph([node], "q", [x], gives), opset_imports=[make_opsetid("", 20)], ir_version=9)
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    values_as_bytes, scale, zero = session.run(None, {"x": values})
    return values_as_bytes, float(scale), int(zero)


def test_bytes_are_those_of_the_models_quantiser_less_128() -> None:
    values = normal(50, 32)
    expected, scale, zero = quantise_by_runtime(values)
    out, rows = np.full((60, 32), 99, np.int8), np.zeros(60, np.int32)
    quantise(values, np.float32(1) / np.float32(scale), zero - 128, out, rows, 4)
    apart = out[4:54].astype(int) + 128 - expected
    assert np.abs(apart).max() <= 1  # a product instead of a quotient: now and then the other side of a half
    assert np.count_nonzero(apart) <= apart.size / 1000
    assert np.array_equal(rows[4:54], out[4:54].sum(1, dtype=np.int32))
    assert (out[:4] == 99).all()
    assert (out[54:] == 99).all()


def test_what_lies_beyond_the_bytes_becomes_the_outermost() -> None:
    out, rows = np.zeros((1, 4), np.int8), np.zeros(1, np.int32)
    quantise(np.array([[-9, -1, 1, 9]], np.float32), np.float32(127), 1, out, rows, 0)
    assert out.tolist() == [[-128, -126, 127, 127]]


def test_values_and_squares_are_added_up() -> None:
    values, moments = normal(30, 8), np.ones((2, 8))
    count(values, moments)
    assert np.allclose(moments - 1, [values.sum(0), (values.astype(np.float64) ** 2).sum(0)])
