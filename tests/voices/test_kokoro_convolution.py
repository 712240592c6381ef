"""The convolution is exact with each processor's instructions, and each compiles to the instruction that it is for."""

from __future__ import annotations

import types
from dataclasses import replace
from typing import Any

import llvmlite.binding as llvm
import numba
import numpy as np
import pytest
from llvmlite import ir
from numba.core.registry import cpu_target

from briefing.voices import kokoro_convolution
from briefing.voices.kokoro_convolution import _BLOCK, adds_exactly, convolve, sum_products, tile_of
from briefing.voices.kokoro_instructions import (
    DEPTH,
    GROUP,
    INSTRUCTIONS,
    PORTABLE,
    SPARE,
    Instructions,
    best_instructions,
    emit_tile,
)


def pack(kernel: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    outputs, inputs, taps = kernel.shape
    apart = kernel.reshape(outputs // GROUP, GROUP, inputs // DEPTH, DEPTH, taps)
    return np.ascontiguousarray(apart.transpose(0, 4, 2, 1, 3)).astype(np.int8)


@pytest.mark.parametrize("adds", [False, True])
@pytest.mark.parametrize(
    ("channels", "taps", "dilation", "frames"),
    [(16, 1, 1, 1), (16, 3, 1, 2), (32, 3, 5, 59), (32, 7, 3, 60), (16, 11, 5, 61), (48, 5, 1, 200)],
)
def test_it_is_a_convolution_scaled_and_added_up(
    channels: int, taps: int, dilation: int, frames: int, adds: bool
) -> None:
    random = np.random.default_rng(taps)
    margin, zero, weight_zero = dilation * (taps - 1) // 2, -7, 66
    values = np.full((frames + 2 * margin + SPARE, channels), zero, np.int8)
    values[margin : margin + frames] = random.integers(-128, 128, (frames, channels))
    kernel = random.integers(0, 128, (channels, channels, taps))
    bias = random.integers(-999, 999, channels).astype(np.int32)
    before = random.normal(size=(frames, channels)).astype(np.float32)
    out, moments = before.copy(), np.zeros((2, channels))
    offsets = (bias - zero * kernel.sum((1, 2))).astype(np.int32)
    rows = values.sum(1, dtype=np.int32)
    scale = np.float32(0.01)
    convolve(values, rows, zero, pack(kernel), weight_zero, dilation, offsets, scale, out, adds, moments)

    wide = values.astype(np.int64) - zero
    sums = sum(
        wide[tap * dilation :][:frames] @ (kernel[:, :, tap].T.astype(np.int64) - weight_zero) for tap in range(taps)
    )
    expected = (sums + bias).astype(np.float32) * scale
    assert np.array_equal(out, before + expected if adds else expected)
    assert np.allclose(moments, [out.sum(0, np.float64), (out.astype(np.float64) ** 2).sum(0)], rtol=1e-12)


def with_instructions(how: Instructions) -> Any:
    """Compile the same loop for other instructions."""
    held = {**vars(kokoro_convolution), "_sum_tile": tile_of(how), "_FRAMES": how.frames}
    return numba.njit(types.FunctionType(sum_products.py_func.__code__, held))  # type: ignore[attr-defined]


def test_the_check_tells_exact_sums_from_others() -> None:
    assert adds_exactly(sum_products, kokoro_convolution._FRAMES)
    assert adds_exactly(with_instructions(PORTABLE), PORTABLE.frames)
    swapped = replace(PORTABLE, add_products=lambda builder, sums, weights, values: sums)
    assert not adds_exactly(with_instructions(swapped), swapped.frames)


@pytest.mark.parametrize("how", INSTRUCTIONS, ids=lambda how: how.name or "any")
def test_the_sums_of_a_block_are_whole_tiles_that_end_within_the_spare_frames(how: Instructions) -> None:
    assert _BLOCK % how.frames == 0
    assert how.frames <= SPARE
    assert GROUP % how.lanes == 0


TARGETS = {
    "avx512vnni": ("x86_64-unknown-linux-gnu", "znver4", "vpdpbusd", "%zmm"),
    "avxvnni": ("x86_64-unknown-linux-gnu", "alderlake", "vpdpbusd", "%ymm"),
    "avx2": ("x86_64-unknown-linux-gnu", "haswell", "vpmaddubsw", "%ymm"),
    "ssse3": ("x86_64-unknown-linux-gnu", "nehalem", "pmaddubsw", "%xmm"),
    "dotprod": ("aarch64-unknown-linux-gnu", "neoverse-n1", "sdot", "v"),
}


@pytest.mark.parametrize("how", INSTRUCTIONS[:-1], ids=lambda how: how.name)
def test_a_tile_keeps_its_sums_in_registers(how: Instructions) -> None:
    triple, processor, instruction, register = TARGETS[how.name]
    loop = _inner_loop(_assembly(how, triple, processor), instruction)
    products = [line for line in loop if instruction in line]
    assert len(products) == how.frames * GROUP // how.lanes
    assert all(register in line for line in products)
    assert not [line for line in loop if "rsp" in line or "[sp" in line]  # nothing waits in memory


def _assembly(how: Instructions, triple: str, processor: str) -> str:
    module = ir.Module("tile")
    module.triple = triple
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [ir.IntType(64)] * 8), "tile")
    builder = ir.IRBuilder(function.append_basic_block())
    emit_tile(how, builder, *function.args)
    builder.ret_void()
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    machine = llvm.Target.from_triple(triple).create_target_machine(cpu=processor, opt=3)
    parsed = llvm.parse_assembly(str(module))
    passes = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(3))
    passes.getModulePassManager().run(parsed, passes)
    return str(machine.emit_assembly(parsed))


def _inner_loop(assembly: str, instruction: str) -> list[str]:
    """Give the lines of the basic block with most of these instructions."""
    blocks: list[list[str]] = [[]]
    for line in assembly.splitlines():
        if line.endswith(":") or ":" in line.split("#")[0].split("//")[0].rstrip()[-1:]:
            blocks.append([])
        blocks[-1].append(line)
    return max(blocks, key=lambda block: sum(instruction in line for line in block))


@pytest.mark.parametrize(
    ("processor", "features", "name"),
    [
        ("znver4", "+avx2,+avx512vnni,-avxvnni", "avx512vnni"),
        ("alderlake", "+avx2,+avxvnni,-avx512vnni", "avxvnni"),
        ("znver3", "+avx2,-avx512vnni", "avx2"),
        ("nehalem", "+ssse3,-avx2", "ssse3"),
        ("apple-m2", "", "dotprod"),
        ("neoverse-n1", "+neon", "dotprod"),
        ("generic", "", ""),
    ],
)
def test_the_best_instructions_are_chosen_of_those_that_numba_compiles_for(
    processor: str, features: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    codegen = cpu_target.target_context.codegen()
    monkeypatch.setattr(type(codegen), "magic_tuple", lambda self: ("", processor, features))
    assert best_instructions().name == name
