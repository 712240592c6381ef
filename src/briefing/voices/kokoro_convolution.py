"""Kokoro's convolution of bytes, with the instructions that this processor has for it.

onnxruntime's own takes more time, since it lays each window out in memory first, and leaves scaling and adding to passes of their own.
Sums of products of bytes are exact in whichever order and with whichever instruction, so the sound does not depend on the processor.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from briefing.voices.kokoro_compiling import compiled, compiled_anew
from briefing.voices.kokoro_instructions import DEPTH, GROUP, PORTABLE, Instructions, best_instructions, emit_tile
from briefing.voices.kokoro_kernels import count

_BLOCK = 60  # frames whose sums stay in the cache: a multiple of what each processor takes at once


def tile_of(how: Instructions) -> Any:
    """Give the loop that sums up one group of output channels for some frames, all sums in registers."""

    @intrinsic
    def sum_tile(_, values, row, weights, taps, step, depth, sums, sums_row):  # type: ignore[no-untyped-def]
        def emit(context, builder, _, arguments):  # type: ignore[no-untyped-def]
            emit_tile(how, builder, *arguments)
            return context.get_dummy_value()

        return types.void(*[types.intp] * 8), emit

    return sum_tile


_INSTRUCTIONS = best_instructions()
_FRAMES = _INSTRUCTIONS.frames
_sum_tile = tile_of(_INSTRUCTIONS)


@compiled
def sum_products(
    values: NDArray[np.int8],
    weights: NDArray[np.int8],
    dilation: int,
    start: int,
    frames: int,
    sums: NDArray[np.int32],
) -> None:
    """Sum up each window's products with each output channel's weights, for the windows that begin at `frames` frames from `start`.

    `values`: (frames, inputs); `weights`: 0 to 127, (groups, taps, inputs / DEPTH, GROUP, DEPTH); `sums`: (frames, outputs).
    """
    groups, taps, depth = weights.shape[:3]
    row, sums_row = values.shape[1], sums.shape[1] * 4
    for group in range(groups):
        for frame in range(0, frames, _FRAMES):
            _sum_tile(
                values.ctypes.data + (start + frame) * row,
                row,
                weights[group].ctypes.data,
                taps,
                dilation * row,
                depth,
                sums.ctypes.data + frame * sums_row + group * GROUP * 4,
                sums_row,
            )


@compiled
def convolve(
    values: NDArray[np.int8],
    rows: NDArray[np.int32],
    zero: int,
    weights: NDArray[np.int8],
    weight_zero: int,
    dilation: int,
    offsets: NDArray[np.int32],
    scale: np.float32,
    out: NDArray[np.float32],
    adds: bool,
    moments: NDArray[np.float64],
) -> None:
    """Convolve, add `offsets` of each output channel, scale; write it to `out`, (frames, outputs), or add it to what is there.

    `rows`: each frame's sum over its channels; `zero`, `weight_zero`: what stands for 0 in values and weights. The zeros of the
    values are in the offsets, those of the weights are taken off here. `moments`: what `count` adds up, here of `out`.
    """
    taps, inputs = weights.shape[1], values.shape[1]
    frames, outputs = out.shape
    sums = np.empty((_BLOCK, outputs), np.int32)
    for start in range(0, frames, _BLOCK):
        many = min(_BLOCK, frames - start)
        sum_products(values, weights, dilation, start, many, sums)
        for frame in range(many):
            window = np.int32(-taps * inputs * zero)
            for tap in range(taps):
                window += rows[start + frame + tap * dilation]
            less = np.int32(weight_zero) * window
            at = start + frame
            if adds:
                for channel in range(outputs):
                    out[at, channel] += np.float32(np.int32(sums[frame, channel] - less + offsets[channel])) * scale
            else:
                for channel in range(outputs):
                    out[at, channel] = np.float32(np.int32(sums[frame, channel] - less + offsets[channel])) * scale
        count(out[start : start + many], moments)


def adds_exactly(function: Callable[..., None], frames: int) -> bool:
    """Tell whether a `sum_products` gives what numpy gives, with the largest products too."""
    random = np.random.default_rng(1)
    taps, inputs, dilation = 3, 2 * DEPTH, 2
    weights = random.choice(np.array([0, 1, 64, 127], np.int8), (2, taps, inputs // DEPTH, GROUP, DEPTH))
    values = random.choice(np.array([-128, -1, 0, 127], np.int8), (2 * frames + dilation * (taps - 1), inputs))
    sums = np.zeros((2 * frames, 2 * GROUP), np.int32)
    function(values, weights, dilation, 0, 2 * frames, sums)
    windows = np.stack([values[tap * dilation :][: 2 * frames] for tap in range(taps)], 1).astype(np.int32)
    expected = np.einsum("ftdi,gtdoi->fgo", windows.reshape(2 * frames, taps, -1, DEPTH), weights.astype(np.int32))
    return np.array_equal(sums, expected.reshape(2 * frames, -1))


if not adds_exactly(sum_products, _FRAMES):  # whatever the reason: rather slow than wrong
    logging.getLogger(__name__).warning("the voice does without %s, which adds otherwise here", _INSTRUCTIONS.name)
    _FRAMES, _sum_tile = PORTABLE.frames, tile_of(PORTABLE)
    sum_products, convolve = compiled_anew(sum_products), compiled_anew(convolve)
