"""The residual blocks say what the model's graph says: against plain numpy, and against onnxruntime with Kokoro itself."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from numpy.typing import NDArray

from briefing.voices import kokoro
from briefing.voices.kokoro_blocks import Ends, Floats, Layer, residual
from briefing.voices.kokoro_graph import write_model
from briefing.voices.kokoro_instructions import DEPTH, GROUP
from briefing.voices.kokoro_model import adapt
from briefing.voices.kokoro_parts import BLOCKS, CUT, DURATIONS, SOURCES, source_block, stage_blocks, style_names
from briefing.voices.kokoro_phonemes import kana_to_phonemes

ZERO = 64


def layer(seed: int, taps: int = 3, dilation: int = 1) -> Layer:
    random = np.random.default_rng(seed)
    pitch = random.uniform(0.5, 2, GROUP).astype(np.float32)
    kernel = random.integers(0, 128, (1, taps, GROUP // DEPTH, GROUP, DEPTH)).astype(np.int8)
    bias = random.normal(size=GROUP).astype(np.float32)
    return Layer(pitch, (1 / pitch).astype(np.float32), kernel, ZERO, np.float32(0.002), bias, dilation)


def convolved(values: Floats, of: Layer) -> Floats:
    """Convolve without quantising, the kernel in its usual order."""
    kernel = (of.kernel.transpose(0, 3, 2, 4, 1).reshape(GROUP, GROUP, -1).astype(np.float64) - ZERO) * of.kernel_scale
    padded = np.pad(values.astype(np.float64), ((of.margin, of.margin), (0, 0)))
    out = np.tile(of.bias.astype(np.float64), (len(values), 1))
    for tap in range(kernel.shape[2]):
        out += padded[tap * of.dilation :][: len(values)] @ kernel[:, :, tap].T
    return out.astype(np.float32)


def normed(values: Floats, style: Floats, counted: Floats) -> Floats:
    """Norm by the mean and variance of all that is counted."""
    mean, deviation = counted.mean(0), np.sqrt(counted.var(0) + 1e-5)
    out: Floats = ((1 + style[:GROUP]) * (values - mean) / deviation + style[GROUP:]).astype(np.float32)
    return out


def ratio_db(value: NDArray[Any], expected: NDArray[Any]) -> float:
    apart = value.astype(np.float64) - expected
    return float(10 * np.log10(np.mean(expected.astype(np.float64) ** 2) / np.mean(apart**2)))


@pytest.mark.parametrize("gone", [0, 25], ids=["whole", "with its ends cut"])
def test_a_block_is_norm_snake_and_convolution_twice_over_and_what_was(gone: int) -> None:
    units, frames = 25, 250
    layers = [layer(1, 3, 1), layer(2, 3, 1), layer(3, 3, 3), layer(4, 3, 1)]
    styles = [np.random.default_rng(9 + n).normal(0, 0.3, 2 * GROUP).astype(np.float32) for n in range(4)]
    values = np.random.default_rng(8).normal(1, 2, (frames, GROUP)).astype(np.float32)
    given = residual(values, layers, styles, Ends(units, units / (units + gone), gone / (units + gone)))

    def silenced(of: Floats) -> Floats:
        """Put the frame that is counted for what was cut behind it as often as needed."""
        return np.concatenate([of, np.repeat(of[[frames - 3 * frames // units]], gone * frames // units, 0)])

    expected = values
    for first, second in ((0, 1), (2, 3)):
        inner = expected
        for number in (first, second):
            of = layers[number]
            y = normed(inner, styles[number], silenced(inner))
            inner = convolved(y + of.weight * np.sin(of.pitch * y) ** 2, of)
        expected = expected + inner
    assert ratio_db(given, expected) > 30  # of 8 bits in four places


def test_what_is_silent_throughout_stays_finite() -> None:
    silent = np.zeros((50, GROUP), np.float32)
    flat = [np.concatenate([np.full(GROUP, -1), np.zeros(GROUP)]).astype(np.float32)] * 2  # nothing left of the norm
    assert np.isfinite(residual(silent, [layer(1), layer(2)], flat, Ends(5, 1, 0))).all()


def test_the_input_is_left_as_it_was() -> None:
    values = np.random.default_rng(8).normal(size=(40, GROUP)).astype(np.float32)
    before = values.copy()
    residual(values, [layer(1), layer(2)], [np.zeros(2 * GROUP, np.float32)] * 2, Ends(4, 1, 0))
    assert np.array_equal(values, before)


DIGEST = """
import hashlib
from tests.voices.test_kokoro_blocks import a_block
from briefing.voices import kokoro_convolution
print(kokoro_convolution._INSTRUCTIONS.name or "any", hashlib.sha256(a_block().tobytes()).hexdigest())
"""


def a_block() -> Floats:
    values = np.random.default_rng(8).normal(1, 2, (131, GROUP)).astype(np.float32)
    styles = [np.random.default_rng(9 + n).normal(0, 0.3, 2 * GROUP).astype(np.float32) for n in range(2)]
    return residual(values, [layer(1, 7, 3), layer(2)], styles, Ends(13, 0.8, 0.2))


@pytest.mark.slow
def test_the_bytes_are_the_same_with_other_instructions_and_wider_or_narrower_registers() -> None:
    told = [{}, {"NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}]
    if platform.machine() in ("x86_64", "AMD64"):
        told.append({"NUMBA_CPU_NAME": "nehalem", "NUMBA_CPU_FEATURES": "+sse2,+ssse3"})
    given = [_in_process(DIGEST, each).split() for each in told]
    assert given[0][0] == "any" or len({name for name, _ in given}) == len(told)
    assert len({digest for _, digest in given}) == 1


def _in_process(program: str, environ: dict[str, str]) -> str:
    root = Path(__file__).parents[2]
    held = {**os.environ, **environ, "PYTHONPATH": str(root)}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=held)
    return done.stdout


@cache
def graph_as_a_whole() -> Any:
    """Load Kokoro as one graph that also gives what its blocks take and give."""
    proto = onnx.load_from_string(write_model(*adapt(kokoro._model_bytes())))
    inner = [*SOURCES, *CUT, *(name for block in BLOCKS for name in (_result(block), *style_names(block)))]
    inner += [_sum(stage) for stage in range(2)]
    for name in inner:
        proto.graph.output.add().name = name
    return ort.InferenceSession(proto.SerializeToString(), providers=["CPUExecutionProvider"])


def _result(block: str) -> str:
    return f"{block}/Add_8_output_0"


def _sum(stage: int) -> str:
    return f"/decoder/decoder/generator/Add_{2 + 3 * stage}_output_0"


def said_by_both(kana: str, speaker: str) -> tuple[dict[str, NDArray[Any]], Floats, NDArray[Any]]:
    """Give all that the whole graph gives, and the audio and durations that the session in parts gives."""
    voice = kokoro._load_model()
    phonemes = kana_to_phonemes(kana)
    tokens = [voice.vocabulary[c] for c in phonemes]
    feeds = kokoro._inputs(tokens, voice.styles[speaker], 1.0, kokoro._most_frames(phonemes, 1.0))
    whole = graph_as_a_whole()
    names = [each.name for each in whole.get_outputs()]
    return dict(zip(names, whole.run(names, feeds), strict=True)), *voice.session.run(feeds)


@pytest.mark.slow
def test_each_block_gives_what_it_gives_in_the_graph() -> None:
    values, _, _ = said_by_both("ヨヤクシタ/ホ'ンモ/ウケトレマ'スカ？", "jf_alpha")
    ends = Ends(*(values[name].item() for name in CUT))
    takes = {source_block(stage): SOURCES[stage] for stage in range(2)}
    takes |= {block: _sum(stage) for stage in range(2) for block in stage_blocks(stage)}
    blocks = kokoro._load_model().session.blocks
    for block, source in takes.items():
        styles = [values[name][0] for name in style_names(block)]
        given = residual(np.ascontiguousarray(values[source][0].T), blocks[block], styles, ends)
        assert ratio_db(given.T, values[_result(block)][0]) > 30, block


SENTENCES = {
    "one mora": "ア'。", "short": "ハ'イ。", "question": "ヨヤクシタ/ホ'ンモ/ウケトレマ'スカ？", "foreign": "パーティーノ/ヴァイオリン'ワ/ファ'イルデス。",
    "long": "トショ'カンワ/ロクガツ'カラ/ヘージツノ/ヘーカン'オ/ニジ'カン/オソク/シマ'ス、ハタラク/ヒト'ノ/コ'エニ/コタエマ'シタ。",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kana", "speaker"),
    [*((kana, "jf_alpha") for kana in SENTENCES.values()), (SENTENCES["question"], "jm_kumo")],
    ids=[*SENTENCES, "another speaker"],
)
def test_kokoro_in_parts_says_what_the_whole_graph_says(kana: str, speaker: str) -> None:
    whole, audio, durations = said_by_both(kana, speaker)
    expected = whole["audio"].ravel()
    assert np.array_equal(durations, whole[DURATIONS].ravel())
    assert len(audio) == len(expected)
    assert 20 * np.log10(np.std(audio) / np.std(expected)) == pytest.approx(0, abs=0.5)
    assert ratio_db(_spectrum(audio), _spectrum(expected)) > 10


def _spectrum(audio: Floats, size: int = 480) -> NDArray[np.float64]:
    """Give the size of each bin in frames of 20 ms: phases, which any rounding moves, are left out."""
    frames = audio[: len(audio) // size * size].reshape(-1, size) * np.hanning(size)
    return np.abs(np.fft.rfft(frames))


@pytest.mark.slow
def test_the_same_text_gives_the_same_bytes() -> None:
    voice = kokoro.KokoroVoice(kokoro._load_model(), "jf_nezumi")
    first, again = (voice.speak(SENTENCES["question"], 1.0).samples.tobytes() for _ in range(2))
    assert first == again
