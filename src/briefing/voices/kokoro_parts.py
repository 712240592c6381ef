"""Kokoro's model in parts: three graphs, and the residual blocks of its generator between them, which take nine tenths of the time."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from briefing.voices.kokoro_blocks import Floats, Layer

DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, LookupError, ValueError, RuntimeError)
_GENERATOR = "/decoder/decoder/generator"
STAGES = 2  # of the generator, each at a higher rate
_BLOCKS_PER_STAGE = 3  # with kernels of different lengths
LAYERS = tuple(f"{half}.{number}" for number in range(3) for half in (1, 2))
LIMITS = "most_frames"  # of each token, see kokoro_ends
DURATIONS = "/encoder/Clip_output_0"


@dataclass(frozen=True)
class Names:
    """What a graph takes and gives, by the names that the values have in the model."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def source_block(stage: int) -> str:
    """Give the block that the harmonics and the noise pass before they are added to a stage."""
    return f"{_GENERATOR}/noise_res.{stage}"


def stage_blocks(stage: int) -> tuple[str, ...]:
    """Give the blocks of which a stage gives the mean."""
    first = _BLOCKS_PER_STAGE * stage
    return tuple(f"{_GENERATOR}/resblocks.{first + number}" for number in range(_BLOCKS_PER_STAGE))


def style_names(block: str) -> tuple[str, ...]:
    """Give the styles of a block's layers."""
    return tuple(f"{block}/adain{layer}/fc/Gemm_output_0" for layer in LAYERS)


BLOCKS = tuple(block for stage in range(STAGES) for block in (source_block(stage), *stage_blocks(stage)))
SOURCES = tuple(f"{_GENERATOR}/noise_convs.{stage}/Conv_output_0" for stage in range(STAGES))
UPSAMPLED = (f"{_GENERATOR}/ups.0/ConvTranspose_output_0", f"{_GENERATOR}/reflection_pad/Pad_output_0")
MEANS = (f"{_GENERATOR}/Div_2_output_0", f"{_GENERATOR}/Div_4_output_0")
CUT = tuple(f"briefing/ends/{name}" for name in ("length", "stays", "goes"))  # what kokoro_ends tells: units, shares
_STYLES = tuple(name for block in BLOCKS for name in style_names(block))
GRAPHS = {  # from the text to the first stage, from there to the second, from there to the sound
    "front": Names(("tokens", "style", "speed", LIMITS), (DURATIONS, *CUT, UPSAMPLED[0], *SOURCES, *_STYLES)),
    "middle": Names((MEANS[0],), (UPSAMPLED[1],)),
    "back": Names((MEANS[1],), ("audio",)),
}


@dataclass(frozen=True)
class Parts:
    """The three graphs, as onnxruntime takes them, and each block's layers."""

    graphs: Mapping[str, bytes]
    blocks: Mapping[str, tuple[Layer, ...]]

    def pack(self) -> bytes:
        """Give the parts as bytes."""
        held: dict[str, Any] = {name: np.frombuffer(graph, np.uint8) for name, graph in self.graphs.items()}
        for block, layers in self.blocks.items():
            for number, layer in enumerate(layers):
                held |= {f"{block}/{number}/{each.name}": getattr(layer, each.name) for each in fields(layer)}
        packed = io.BytesIO()
        np.savez(packed, allow_pickle=False, **held)
        return packed.getvalue()


def unpack(packed: Path) -> Parts:
    """Read a file of what `pack` gave. Raises OSError when there is none, one of `DAMAGE` when it is not what was written."""
    # A zip archive, each part of it with a checksum.
    with packed.open("rb") as file, np.load(file, allow_pickle=False) as held:
        return Parts(
            {name: held[name].tobytes() for name in GRAPHS},
            {
                block: tuple(_unpack_layer(held, f"{block}/{number}") for number in range(len(LAYERS)))
                for block in BLOCKS
            },
        )


def _unpack_layer(held: Mapping[str, NDArray[Any]], name: str) -> Layer:
    def floats(field: str) -> Floats:
        return held[f"{name}/{field}"].astype(np.float32, copy=False)

    return Layer(
        pitch=floats("pitch"),
        weight=floats("weight"),
        kernel=held[f"{name}/kernel"].astype(np.int8, copy=False),
        kernel_zero=int(held[f"{name}/kernel_zero"]),
        kernel_scale=np.float32(held[f"{name}/kernel_scale"]),
        bias=floats("bias"),
        dilation=int(held[f"{name}/dilation"]),
    )
