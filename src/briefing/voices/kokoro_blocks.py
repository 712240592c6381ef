"""The residual blocks of Kokoro's generator: norm by the speaker's style, snake activation, convolution of bytes; twice, three times over.

The arithmetic is that of the model's graph, which quantises to 8 bits in front of each convolution. Source: Li and others, StyleTTS 2
(2023), with the iSTFTNet decoder; Hexgrad, Kokoro-82M.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from briefing.voices.kokoro_convolution import convolve
from briefing.voices.kokoro_instructions import SPARE
from briefing.voices.kokoro_kernels import activate, count, quantise

Floats = NDArray[np.float32]
_EPSILON = 1e-5  # of a norm's variance
BACK = 3  # duration units from the end: where the silence that stays is like that which goes
_LEVELS, _LOWEST = 255, -128


@dataclass(frozen=True)
class Ends:
    """How many duration units stay when a sentence's ends are cut, and the shares of the whole that stay and go."""

    units: int
    stays: float
    goes: float


@dataclass(frozen=True)
class Layer:
    """One activation and the convolution behind it."""

    pitch: Floats  # (channels), the snake's alpha
    weight: Floats  # (channels), its 1 / alpha
    kernel: NDArray[np.int8]  # 0 to 127, (groups, taps, inputs / DEPTH, GROUP, DEPTH)
    kernel_zero: int  # what stands for 0 in it
    kernel_scale: np.float32
    bias: Floats  # (outputs)
    dilation: int

    @cached_property
    def turns(self) -> Floats:
        """Give the half turns of the snake's sine for a value of 1."""
        turns: Floats = (self.pitch / np.pi).astype(np.float32)
        return turns

    @cached_property
    def sums(self) -> NDArray[np.int32]:
        """Give each output channel's sum of weights."""
        sums: NDArray[np.int32] = self.kernel.sum((1, 2, 4), dtype=np.int32).ravel()
        return sums

    @property
    def margin(self) -> int:
        """Give the frames that the kernel reaches to either side."""
        taps: int = self.kernel.shape[1]
        return self.dilation * (taps - 1) // 2


def residual(values: Floats, layers: Sequence[Layer], styles: Sequence[Floats], ends: Ends) -> Floats:
    """Pass values, (frames, channels), through a block. `styles`: (2 · channels) for each layer, how far to scale and to shift."""
    out = values.copy()
    inner = np.empty_like(out)
    moments = _moments(out)
    for number, (layer, style) in enumerate(zip(layers, styles, strict=True)):
        source, target = (inner, out) if number % 2 else (out, inner)
        scale, shift = _norm(source, moments, style, ends)
        moments = _convolve(source, scale, shift, layer, target, adds=target is out)
    return out


def _moments(values: Floats) -> NDArray[np.float64]:
    moments = np.zeros((2, values.shape[1]))
    count(values, moments)
    return moments


def _norm(values: Floats, moments: NDArray[np.float64], style: Floats, ends: Ends) -> tuple[Floats, Floats]:
    """Give the scale and shift that norm each channel over time, and style it; one frame of silence is counted for all that was cut off."""
    frames = len(values)
    frame = values[frames - BACK * (frames // ends.units)].astype(np.float64)
    mean, square = moments / frames * ends.stays + np.stack([frame, frame * frame]) * ends.goes
    factor, summand = np.split(style, 2)
    scale = (1.0 + factor) / np.sqrt(np.maximum(square - mean * mean, 0) + _EPSILON)
    return scale.astype(np.float32), (summand - mean * scale).astype(np.float32)


def _convolve(
    values: Floats, scale: Floats, shift: Floats, layer: Layer, out: Floats, *, adds: bool
) -> NDArray[np.float64]:
    """Scale, shift, activate, quantise and convolve values; write the result to `out` or add it. Gives the moments of `out`."""
    (frames, channels), margin = values.shape, layer.margin
    active = np.empty_like(values)
    bounds = np.zeros((2, channels), np.float32)
    activate(values, scale, shift, layer.turns, layer.weight, active, bounds)
    low, high = bounds[0].min(), bounds[1].max()
    step = (high - low) / np.float32(_LEVELS) or np.float32(1)
    zero = int(np.rint(-low / step)) + _LOWEST
    quantised = np.full((frames + 2 * margin + SPARE, channels), zero, np.int8)
    rows = np.full(len(quantised), zero * channels, np.int32)
    quantise(active, np.float32(1) / step, zero, quantised, rows, margin)
    unit = step * layer.kernel_scale
    offsets = np.floor(layer.bias / unit).astype(np.int32) - np.int32(zero) * layer.sums
    moments = np.zeros((2, out.shape[1]))
    convolve(
        quantised,
        rows,
        zero,
        layer.kernel,
        layer.kernel_zero,
        layer.dilation,
        offsets,
        unit,
        out,
        adds,
        moments,
    )
    return moments
