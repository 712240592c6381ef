"""The loops of Kokoro's residual blocks besides the convolution, compiled for this processor at first use.

Frames lie one behind the other, (frames, channels), so that each loop runs along the channels: no sum over frames is reordered
however wide the processor's registers are, and the same input gives the same bytes on each.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from briefing.voices.kokoro_compiling import compiled


@compiled
def count(values: NDArray[np.float32], moments: NDArray[np.float64]) -> None:
    """Add up each channel's values and their squares: `values` (frames, channels), `moments` (2, channels)."""
    for frame in range(values.shape[0]):
        for channel in range(values.shape[1]):
            value = np.float64(values[frame, channel])
            moments[0, channel] += value
            moments[1, channel] += value * value


_WHOLE = np.float32(1.5 * 2**23)  # added and taken off again, it rounds to the nearest whole number
# sin(pi f) / f in powers of f², least squares at Chebyshev's points of -0.5 to 0.5: within 2e-7
_SINE = tuple(np.float32(each) for each in (3.14159264, -5.16771008, 2.55007752, -0.59829129, 0.07765766))
_SINE_0, _SINE_1, _SINE_2, _SINE_3, _SINE_4 = _SINE


@compiled
def activate(
    values: NDArray[np.float32],
    scale: NDArray[np.float32],
    shift: NDArray[np.float32],
    turns: NDArray[np.float32],
    weight: NDArray[np.float32],
    out: NDArray[np.float32],
    bounds: NDArray[np.float32],
) -> None:
    """Give y + weight · sin²(pi · turns · y) of y = values · scale + shift: the snake activation of what was normed.

    `values`, `out`: (frames, channels); `bounds`: (2, channels), each channel's smallest and largest, as far as it goes beyond what
    is there. Source: Ziyin and others, Neural Networks Fail to Learn Periodic Functions and How to Fix It, 2020.
    """
    for frame in range(values.shape[0]):
        for channel in range(values.shape[1]):
            y = values[frame, channel] * scale[channel] + shift[channel]
            turn = y * turns[channel]
            part = turn - ((turn + _WHOLE) - _WHOLE)
            square = part * part
            sine = part * (_SINE_0 + square * (_SINE_1 + square * (_SINE_2 + square * (_SINE_3 + square * _SINE_4))))
            out[frame, channel] = y + sine * sine * weight[channel]
        for channel in range(values.shape[1]):
            bounds[0, channel] = np.minimum(bounds[0, channel], out[frame, channel])
            bounds[1, channel] = np.maximum(bounds[1, channel], out[frame, channel])


@compiled
def quantise(
    values: NDArray[np.float32],
    steps: np.float32,
    zero: int,
    out: NDArray[np.int8],
    rows: NDArray[np.int32],
    margin: int,
) -> None:
    """Round values, `steps` of them to 1, to bytes in which `zero` stands for 0, behind `margin` frames; give each frame's sum."""
    shift = np.float32(zero)
    for frame in range(values.shape[0]):
        at, total = frame + margin, np.int32(0)
        for channel in range(values.shape[1]):
            byte = np.int32(((values[frame, channel] * steps + _WHOLE) - _WHOLE) + shift)
            byte = min(max(byte, np.int32(-128)), np.int32(127))
            out[at, channel] = byte
            total += byte
        rows[at] = total
