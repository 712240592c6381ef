"""Compiles loops for this processor, and keeps what was compiled for the next process. Owner of `numba`."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import pickle
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core.caching import FunctionCache

_Function = TypeVar("_Function", bound=Callable[..., Any])
_LOG = logging.getLogger(__name__)
# What reading damaged code may fail with: numba pickles it, and LLVM takes it from there.
_DAMAGE = (
    OSError,
    EOFError,
    pickle.PickleError,
    AttributeError,
    ImportError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)


class _KeptCode(FunctionCache):
    """Keeps compiled code beside Python's own, or in the user's folder for numba. What is damaged, or finds no room, is compiled anew."""

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)
        except _DAMAGE as error:
            _LOG.info("compiled code cannot be read: %s", error)
            with contextlib.suppress(OSError):
                self.flush()
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        try:
            super().save_overload(sig, data)
        except (OSError, EOFError, pickle.PickleError) as error:
            _LOG.info("compiled code is not kept: %s", error)

    def _index_key(self, sig: Any, codegen: Any) -> Any:
        return *super()._index_key(sig, codegen), _sources()


@cache
def _sources() -> str:
    """Name what the compiled code was written as: it holds what it calls in other modules."""
    parts = (Path(__file__).with_name(f"kokoro_{name}.py") for name in ("instructions", "convolution", "kernels"))
    return hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()


def compiled(function: _Function) -> _Function:
    """Compile at the first call, and keep what was made where there is a place for it."""
    made: Any = numba.njit(function)
    with contextlib.suppress(RuntimeError):  # no folder can be written
        made._cache = _KeptCode(function)  # what numba does itself for `cache=True`
    return cast(_Function, made)


def compiled_anew(function: _Function) -> _Function:
    """Compile a function once more, with what its module holds now, and keep nothing of it."""
    return cast(_Function, numba.njit(function.py_func))  # type: ignore[attr-defined]
