"""How processors add up products of bytes, as LLVM is told to write it. Owner of `llvmlite`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from llvmlite import ir
from numba.core import cgutils
from numba.core.registry import cpu_target

GROUP = 16  # output channels that are summed up together
DEPTH = 4  # input channels that one instruction multiplies and adds
SPARE = 12  # frames behind the input that may be read, though nothing comes of them

_BYTE, _SHORT, _INT, _WORD = (ir.IntType(bits) for bits in (8, 16, 32, 64))

_AddProducts = Callable[[ir.IRBuilder, ir.Value, ir.Value, ir.Value], ir.Value]


@dataclass(frozen=True)
class Instructions:
    """How a processor adds products of weights, 0 to 127, and signed bytes to 32-bit sums: exactly, whichever it is."""

    name: str  # of what the processor must have
    frames: int  # that fit its registers
    lanes: int  # sums in one register
    add_products: _AddProducts  # of sums, weights, values

    @property
    def sums(self) -> ir.VectorType:
        """Give the type of a register of sums."""
        return ir.VectorType(_INT, self.lanes)

    @property
    def bytes(self) -> ir.VectorType:
        """Give the type of a register of weights or values."""
        return ir.VectorType(_BYTE, DEPTH * self.lanes)


def _call(builder: ir.IRBuilder, name: str, result: ir.Type, *arguments: ir.Value) -> ir.Value:
    kind = ir.FunctionType(result, [each.type for each in arguments])
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), arguments)


def _by_dot_product(name: str) -> _AddProducts:
    """Give one instruction for all: Intel's VNNI, Arm's dot product. LLVM before 22 takes operands of the former as integers; later ones know that form."""

    def add(builder: ir.IRBuilder, sums: ir.Value, weights: ir.Value, values: ir.Value) -> ir.Value:
        if name.startswith("llvm.x86"):
            weights, values = (builder.bitcast(each, sums.type) for each in (weights, values))
        return _call(builder, name, sums.type, sums, weights, values)

    return add


def _by_pairs(of_bytes: str, of_shorts: str) -> _AddProducts:
    """Add pairs in 16 bits, then pairs of those. Two products of 127 and -128 are 32,512 at most: nothing saturates."""

    def add(builder: ir.IRBuilder, sums: ir.Value, weights: ir.Value, values: ir.Value) -> ir.Value:
        shorts = ir.VectorType(_SHORT, 2 * sums.type.count)
        pairs = _call(builder, of_bytes, shorts, weights, values)
        ones = ir.Constant(shorts, [1] * shorts.count)
        return builder.add(sums, _call(builder, of_shorts, sums.type, pairs, ones))

    return add


def _anywhere(builder: ir.IRBuilder, sums: ir.Value, weights: ir.Value, values: ir.Value) -> ir.Value:
    """Multiply and add without instructions of a certain processor, pairs first: LLVM has something for that on most."""

    def halves(vector: ir.Value) -> list[ir.Value]:
        nothing, half = ir.Constant(vector.type, ir.Undefined), vector.type.count // 2
        places = (
            ir.Constant(ir.VectorType(_INT, half), [2 * lane + first for lane in range(half)]) for first in (0, 1)
        )
        return [builder.shuffle_vector(vector, nothing, each) for each in places]

    shorts, ints = (ir.VectorType(kind, lanes * sums.type.count) for kind, lanes in ((_SHORT, 4), (_INT, 2)))
    factors = zip(*(halves(builder.sext(each, shorts)) for each in (weights, values)), strict=True)
    products = [builder.mul(*(builder.sext(each, ints) for each in pair)) for pair in factors]
    return builder.add(sums, builder.add(*halves(builder.add(*products))))


PORTABLE = Instructions("", 4, 4, _anywhere)
INSTRUCTIONS = (  # the best first
    Instructions("avx512vnni", 12, 16, _by_dot_product("llvm.x86.avx512.vpdpbusd.512")),
    Instructions("avxvnni", 6, 8, _by_dot_product("llvm.x86.avx512.vpdpbusd.256")),
    Instructions("avx2", 5, 8, _by_pairs("llvm.x86.avx2.pmadd.ub.sw", "llvm.x86.avx2.pmadd.wd")),
    Instructions("ssse3", 2, 4, _by_pairs("llvm.x86.ssse3.pmadd.ub.sw.128", "llvm.x86.sse2.pmadd.wd")),
    Instructions("dotprod", 5, 4, _by_dot_product("llvm.aarch64.neon.sdot.v4i32.v16i8")),
    PORTABLE,
)
_WITH_DOT_PRODUCT = ("apple-m", "neoverse-")  # LLVM does not ask these processors, but knows by the name what they have


def best_instructions() -> Instructions:
    """Give the best that numba compiles for: of this processor, or of the one that it is told by its settings."""
    _, processor, features = cpu_target.target_context.codegen().magic_tuple()
    known = {each[1:] for each in features.split(",") if each.startswith("+")}
    if processor.startswith(_WITH_DOT_PRODUCT):
        known.add("dotprod")
    return next(each for each in INSTRUCTIONS if not each.name or each.name in known)


def emit_tile(
    how: Instructions,
    builder: ir.IRBuilder,
    values: ir.Value,
    row: ir.Value,
    weights: ir.Value,
    taps: ir.Value,
    step: ir.Value,
    depth: ir.Value,
    sums: ir.Value,
    sums_row: ir.Value,
) -> None:
    """Write the loop. `values`, `weights`, `sums`: addresses; `row`, `step`, `sums_row`: bytes to the next frame, tap, row of sums."""

    def at(address: ir.Value, offset: ir.Value | int, kind: ir.Type) -> ir.Value:
        offset = _WORD(offset) if isinstance(offset, int) else offset
        return builder.inttoptr(builder.add(address, offset), kind.as_pointer())

    zero = ir.Constant(how.sums, [0] * how.lanes)
    vectors = range(GROUP // how.lanes)
    held = [[cgutils.alloca_once_value(builder, zero) for _ in vectors] for _ in range(how.frames)]
    weight, value = cgutils.alloca_once_value(builder, weights), cgutils.alloca_once_value(builder, values)
    with cgutils.for_range(builder, taps):
        first = builder.load(value)
        with cgutils.for_range(builder, depth) as loop:
            here = builder.load(weight)
            loaded = [builder.load(at(here, DEPTH * how.lanes * vector, how.bytes), align=1) for vector in vectors]
            column = builder.add(first, builder.mul(loop.index, _WORD(DEPTH)))
            for frame in range(how.frames):
                four = builder.load(at(column, builder.mul(row, _WORD(frame)), _INT), align=1)
                spread = builder.bitcast(_spread(builder, four, how.sums), how.bytes)
                for vector in vectors:
                    place = held[frame][vector]
                    builder.store(how.add_products(builder, builder.load(place), loaded[vector], spread), place)
            builder.store(builder.add(here, _WORD(DEPTH * GROUP)), weight)
        builder.store(builder.add(first, step), value)
    for frame in range(how.frames):
        for vector in vectors:
            offset = builder.add(builder.mul(sums_row, _WORD(frame)), _WORD(4 * how.lanes * vector))
            builder.store(builder.load(held[frame][vector]), at(sums, offset, how.sums), align=1)


def _spread(builder: ir.IRBuilder, value: ir.Value, kind: ir.VectorType) -> ir.Value:
    nothing = ir.Constant(kind, ir.Undefined)
    single = builder.insert_element(nothing, value, _INT(0))
    return builder.shuffle_vector(single, nothing, ir.Constant(ir.VectorType(_INT, kind.count), [0] * kind.count))
