"""The session that speaks: Kokoro's graphs run by onnxruntime, the residual blocks between them by `kokoro_blocks`.

Dividing the model takes a second or two, so its parts are kept below the cache folder. Where they cannot be kept they are made again.
"""

from __future__ import annotations

import contextlib
import logging
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime as ort
from numba.core.errors import NumbaError
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as ort_state

from briefing.files import UNFINISHED, locked, write_atomically
from briefing.voices.kokoro_blocks import Ends, Floats, Layer, residual
from briefing.voices.kokoro_parts import (
    CUT,
    DAMAGE,
    DURATIONS,
    GRAPHS,
    SOURCES,
    UPSAMPLED,
    Parts,
    source_block,
    stage_blocks,
    style_names,
    unpack,
)

FORM = 2  # counts up with every change of what kokoro_model and kokoro_divide make, or of how it is kept
_LOG = logging.getLogger(__name__)

Feeds = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Session:
    """Graphs loaded by onnxruntime, and the blocks between them."""

    graphs: Mapping[str, Any]  # onnxruntime.InferenceSession
    blocks: Mapping[str, tuple[Layer, ...]]

    def run(self, feeds: Feeds) -> tuple[Floats, NDArray[np.float32]]:
        """Give the audio and each token's duration, in duration units, before the ends were cut."""
        values = self._run_graph("front", feeds)
        units, stays, goes = (values[name].item() for name in CUT)
        ends = Ends(units, stays, goes)
        mean = self._stage(0, values[UPSAMPLED[0]], values, ends)
        middle, back = (GRAPHS[name].inputs[0] for name in ("middle", "back"))
        upsampled = self._run_graph("middle", {middle: mean})[UPSAMPLED[1]]
        audio = self._run_graph("back", {back: self._stage(1, upsampled, values, ends)})["audio"]
        return audio.ravel(), values[DURATIONS].ravel()

    def _stage(self, stage: int, upsampled: Floats, values: Mapping[str, Floats], ends: Ends) -> Floats:
        """Add harmonics and noise to what was upsampled, and give the mean of the stage's blocks. Both (1, channels, frames)."""

        def pass_block(block: str, frames: Floats) -> Floats:
            return residual(frames, self.blocks[block], [values[name][0] for name in style_names(block)], ends)

        whole = pass_block(source_block(stage), _by_frames(values[SOURCES[stage]]))
        whole += upsampled[0].T
        blocks = stage_blocks(stage)
        mean = pass_block(blocks[0], whole)
        for block in blocks[1:]:
            mean += pass_block(block, whole)
        mean /= np.float32(len(blocks))
        return np.ascontiguousarray(mean.T)[np.newaxis]

    def _run_graph(self, name: str, feeds: Feeds) -> dict[str, Any]:
        outputs = GRAPHS[name].outputs
        return dict(zip(outputs, self.graphs[name].run(outputs, feeds), strict=True))


def _by_frames(values: Floats) -> Floats:
    return np.ascontiguousarray(values[0].T)


def open_session(digest: str, make: Callable[[], Parts], folder: Path) -> Session:
    """Open the model of this digest, whose parts `make` gives. `folder` is where they are kept."""
    kept = folder / f"kokoro-{digest[:16]}-{FORM}-{version('onnxruntime')}.parts"
    parts = _read(kept) or _make_in_turn(kept, make)
    graphs = {name: _load(graph, _options(optimised=True)) for name, graph in parts.graphs.items()}
    return Session(graphs, parts.blocks)


def failures() -> tuple[type[Exception], ...]:
    """Give what opening may fail with besides ImportError and OSError; onnxruntime's are a dozen classes with no base of their own."""
    of_runtime = (each for each in vars(ort_state).values() if isinstance(each, type) and issubclass(each, Exception))
    return ValueError, MemoryError, RuntimeError, NumbaError, *of_runtime


def _make_in_turn(kept: Path, make: Callable[[], Parts]) -> Parts:
    """Make the parts and keep them; of several processes one does so, and the others wait for it."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):  # a folder that cannot be written is no harm
            stack.enter_context(locked(kept.with_name("kokoro.lock")))
        parts = _read(kept)
        if parts is None:
            parts = optimise(make(), kept.parent if kept.parent.is_dir() else None)
            _keep(parts, kept)
        return parts


def optimise(parts: Parts, folder: Path | None) -> Parts:
    """Let onnxruntime do now what it would do at each loading. It writes its graphs to files, below `folder`."""
    options = _options(optimised=False)
    # One step below "all", which would fit the layout to this processor.
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    graphs = {}
    with tempfile.TemporaryDirectory(dir=folder, prefix=UNFINISHED) as scratch:
        for name, graph in parts.graphs.items():
            path = Path(scratch) / f"{name}.onnx"
            options.optimized_model_filepath = str(path)
            _load(graph, options)
            graphs[name] = path.read_bytes()
    return replace(parts, graphs=graphs)


def _load(graph: bytes, options: Any) -> Any:
    """Load a graph on one thread that does not spin: one process a core is a quarter faster than two threads in one.

    The memory arena stays on: without it the memory doubles (docs/decisions.md).
    """
    return ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])


def _options(*, optimised: bool) -> Any:
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if optimised:
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    return options


def _keep(parts: Parts, path: Path) -> None:
    try:
        write_atomically(path, parts.pack())
        for other in path.parent.glob("kokoro-*"):  # of another model, runtime or form
            if other != path:
                other.unlink()
    except OSError as error:
        _LOG.info("the voice's parts are not kept: %s", error)


def _read(path: Path) -> Parts | None:
    """Read what was kept; None when it is not there, cut short or changed."""
    try:
        return unpack(path)
    except (OSError, *DAMAGE):
        return None
