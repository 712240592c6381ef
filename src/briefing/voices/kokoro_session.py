"""The session that speaks: Kokoro's model as it came, or rewritten where that is faster here and sounds the same, byte for byte.

The first process to load the voice rewrites the model, tries both and keeps what it found below the cache folder: the rewritten
model, and beside it the verdict for this processor. Whatever fails on the way, the stock model speaks.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import platform
import re
import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from briefing.files import UNFINISHED, locked, write_atomically

OUTPUTS = ("audio", "/encoder/Clip_output_0")
LIMITS = "most_frames"  # of each token, see kokoro_ends
REWRITER = 3  # counts up with every change of what kokoro_model or kokoro_rewrite calls or of what is kept
_SEAL = b"BRFMODL1"  # ends a kept model, before the digest of all that lies in front
_STOCK, _REWRITTEN = "stock", "rewritten"
# Steps of onnxruntime's optimisation that spare the rewritten model nothing and take a third of the time, since each walks through it all.
_NO_GAIN = [
    "EnsureUniqueDQForNodeUnit",
    "ConstantSharing",
    "CommonSubexpressionElimination",
    "ReshapeFusion",
    "TransposeOptimizer",
    "GatherSliceToSplitFusion",
]
_MOST_ROUNDS, _CLEAR_GAIN = 5, 0.9  # a busy machine shifts single ones, so a trial goes on until the gain is clear
_TRIES = 3  # processes that may die over the trial before the stock model is settled on
_LOG = logging.getLogger(__name__)

Feeds = Mapping[str, NDArray[Any]]


class Session(Protocol):
    """What is needed of an onnxruntime session."""

    def run(self, outputs: tuple[str, ...], feeds: Feeds) -> list[Any]:
        """Give the outputs."""
        ...


@dataclass(frozen=True)
class Model:
    """The stock model: its digest, how to read it, and a short input to try it with."""

    digest: str
    read: Callable[[], bytes]
    sample: Feeds


def open_session(model: Model, folder: Path, tools: Tools | None = None) -> Session:
    """Give a session of the model in the form that is fastest here. `folder` is where rewritten models are kept."""
    tools = tools or Tools()
    try:
        return _Bench(model, folder, tools).open()
    except _failures() as error:
        _LOG.info("the voice keeps its stock model: %s", error)
        return tools.load(model.read(), _STOCK)


def load(model: bytes, form: str) -> Session:
    """Load a model on one thread that does not spin: one process a core is a quarter faster than two threads in one.

    The memory arena stays on: without it the memory doubles (docs/decisions.md).
    """
    import onnxruntime as ort

    session: Session = ort.InferenceSession(model, _options(form), providers=["CPUExecutionProvider"])
    return session


def rewrite(model: bytes, scratch: Path) -> bytes:
    """Rewrite the model and let onnxruntime do now what it would do at each loading: 0.45 instead of 1.3 seconds."""
    import onnxruntime as ort

    from briefing.voices.kokoro_rewrite import rewrite as rewrite_graph

    options, path = _options(_STOCK), scratch / "model.onnx"
    # One step below "all", which would fit the layout to this processor.
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.optimized_model_filepath = str(path)
    ort.InferenceSession(
        rewrite_graph(model), options, providers=["CPUExecutionProvider"], disabled_optimizers=_NO_GAIN
    )
    return path.read_bytes()


@dataclass(frozen=True)
class Tools:
    """What a trial needs from outside."""

    load: Callable[[bytes, str], Session] = load
    rewrite: Callable[[bytes, Path], bytes] = rewrite
    clock: Callable[[], float] = time.thread_time  # of this thread alone: others at work do not count
    processor: Callable[[], str] = lambda: processor()


@dataclass(frozen=True)
class _Bench:
    model: Model
    folder: Path
    tools: Tools

    @property
    def _kept(self) -> Path:
        return self.folder / f"kokoro-{self.model.digest[:16]}-{REWRITER}-{version('onnxruntime')}.model"

    @property
    def _verdict(self) -> Path:
        return self._kept.with_suffix(f".{self.tools.processor()}.json")

    def open(self) -> Session:
        return self.open_known() or self._open_first()

    def choice(self) -> Any:
        """Give the form that was settled on; None when that is still to be done."""
        return _read_verdict(self._verdict).get("choice")

    def open_known(self) -> Session | None:
        """Give the session that was settled on; None when that is still to be done, or to be done again."""
        choice = self.choice()
        if choice == _STOCK:
            return self.tools.load(self.model.read(), _STOCK)
        kept = _read_sealed(self._kept) if choice == _REWRITTEN else None
        return self.tools.load(kept, _REWRITTEN) if kept else None

    def _open_first(self) -> Session:
        try:
            with locked(self.folder / "kokoro.lock", waits=False):
                return self.open_known() or self._settle()  # known by now when another process was at it
        except BlockingIOError:
            return _Meanwhile(self, self.tools.load(self.model.read(), _STOCK))

    def _settle(self) -> Session:
        """Try both forms and remember the better. A process that dies over it leaves a count behind, so that this ends."""
        found = _read_verdict(self._verdict).get("begun")
        begun = found if isinstance(found, int) else 0
        if begun >= _TRIES:
            self._remember(_STOCK, {"begun": begun})
            return self.tools.load(self.model.read(), _STOCK)
        write_atomically(self._verdict, json.dumps({"begun": begun + 1}).encode())
        try:
            return self._try_both()
        except (ImportError, OSError, MemoryError, KeyboardInterrupt, SystemExit):
            self._verdict.unlink(missing_ok=True)  # not the model's fault: another time
            raise
        except _failures() as error:
            self._remember(_STOCK, {"error": str(error)[:500]})
            raise

    def _try_both(self) -> Session:
        stock_model = self.model.read()
        with ThreadPoolExecutor(1) as aside:  # onnxruntime loads on another core while this one rewrites
            loading = aside.submit(self.tools.load, stock_model, _STOCK)
            kept = _read_sealed(self._kept) or self._make(stock_model)
            rewritten = self.tools.load(kept, _REWRITTEN)
            stock = loading.result()
        equal, ratio = _compare(stock, rewritten, self.model.sample, self.tools.clock)
        choice = _REWRITTEN if equal and ratio < 1 else _STOCK
        self._remember(choice, {"equal": equal, "ratio": round(ratio, 3)})
        return rewritten if choice == _REWRITTEN else stock

    def _make(self, stock_model: bytes) -> bytes:
        with tempfile.TemporaryDirectory(dir=self.folder, prefix=UNFINISHED) as scratch:
            made = self.tools.rewrite(stock_model, Path(scratch))
        write_atomically(self._kept, made + _seal(made))
        return made

    def _remember(self, choice: str, why: Mapping[str, Any]) -> None:
        write_atomically(self._verdict, json.dumps({"choice": choice, **why}).encode())


@dataclass
class _Meanwhile:
    """Speaks with the stock model while another process tries the forms, then with the one that was settled on: the bytes are the same."""

    bench: _Bench
    session: Session
    settled: bool = False

    def run(self, outputs: tuple[str, ...], feeds: Feeds) -> list[Any]:
        choice = None if self.settled else self.bench.choice()
        if choice:
            self.settled = True
        if choice == _REWRITTEN:
            with contextlib.suppress(*_failures()):
                self.session = self.bench.open_known() or self.session
        return self.session.run(outputs, feeds)


def _compare(stock: Session, other: Session, sample: Feeds, clock: Callable[[], float]) -> tuple[bool, float]:
    """Tell whether both give the same bytes, and the other's time over the stock model's: the best of each, in turn."""
    times: dict[int, list[float]] = {0: [], 1: []}
    given: list[list[bytes]] = []
    ratio = 1.0
    for _ in range(_MOST_ROUNDS):
        for which, session in enumerate((stock, other)):
            began = clock()
            values = session.run(OUTPUTS, sample)
            times[which].append(clock() - began)
            given.append([np.asarray(value).tobytes() for value in values])
        ratio = min(times[1]) / max(min(times[0]), 1e-9)
        if ratio < _CLEAR_GAIN:
            break
    return all(each == given[0] for each in given), ratio


def processor() -> str:
    """Name this processor by its model and abilities, in twelve hex digits."""
    text = platform.machine() + platform.processor()
    with contextlib.suppress(OSError):
        found = re.findall(r"^(?:model name|flags|Features|CPU part)\s*:.*$", Path("/proc/cpuinfo").read_text(), re.M)
        text += "\n".join(sorted(set(found)))
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _options(form: str) -> Any:
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # errors
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    if form == _REWRITTEN:  # optimised when it was made
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    return options


def _failures() -> tuple[type[Exception], ...]:
    """Give what a trial may fail with; onnxruntime's are a dozen classes with no base of their own."""
    ours = (ImportError, OSError, MemoryError, ValueError, RuntimeError)  # the last where no thread is to be had
    try:
        from onnxruntime.capi import onnxruntime_pybind11_state as state
    except ImportError:
        return ours
    return *ours, *(each for each in vars(state).values() if isinstance(each, type) and issubclass(each, Exception))


def _seal(content: bytes) -> bytes:
    return _SEAL + hashlib.sha256(content).digest()


def _read_sealed(path: Path) -> bytes | None:
    """Read a kept model; None when it is not there, cut short or changed."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    size = len(_SEAL) + hashlib.sha256().digest_size
    body = content[:-size]
    return body if content[-size:] == _seal(body) else None


def _read_verdict(path: Path) -> Mapping[str, Any]:
    try:
        verdict = json.loads(path.read_bytes())
    except (FileNotFoundError, ValueError):
        return {}
    return verdict if isinstance(verdict, dict) else {}
