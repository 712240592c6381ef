"""Time whole commands in turn and print medians and ratios."""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VOICES = {"openjtalk": "openjtalk:mei", "kokoro": "kokoro"}


def timed(command: list[str], cache: Path) -> float:
    environ = os.environ | {"BRIEFING_CACHE_DIR": str(cache), "SOURCE_DATE_EPOCH": "1750000000"}
    began = time.monotonic()
    subprocess.run(command, check=True, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - began


def change_one_sentence(text: str) -> str:
    """Change the first full sentence behind the middle of the article."""
    at = text.index("。\n", len(text) // 2)
    return text[:at] + "、と聞きました" + text[at:]


def run_once(engine: str, article: Path, scratch: Path) -> dict[str, float]:
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    copy = Path(shutil.copy(article, scratch / f"article{article.suffix}"))
    briefing = [
        sys.executable,
        "-m",
        "briefing",
        "render",
        str(copy),
        "-o",
        str(scratch / "out"),
        "--voice",
        VOICES[engine],
        "-q",
    ]
    figures = {
        "naive": timed(
            [sys.executable, str(ROOT / "scripts/naive"), engine, str(copy), str(scratch / "naive")], scratch / "cache"
        )
    }
    figures["cold"] = timed(briefing, scratch / "cache")
    figures["warm"] = timed(briefing, scratch / "cache")
    copy.write_text(change_one_sentence(copy.read_text(encoding="utf-8")), encoding="utf-8")
    figures["one sentence"] = timed(briefing, scratch / "cache")
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engines", nargs="*", metavar="ENGINE", help=f"any of {', '.join(VOICES)}; default: all")
    parser.add_argument("--article", type=Path, default=ROOT / "content" / "tokyo-dialogue.md")
    parser.add_argument("--runs", type=int, default=1)
    options = parser.parse_args()
    if unknown := set(options.engines) - set(VOICES):
        parser.error(f"no engine {', '.join(sorted(unknown))}")
    print(f"{options.article.name}, {os.cpu_count()} cores, median of {options.runs}\n")
    print("| voice | run | seconds | against naive |\n| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for engine in options.engines or VOICES:
            runs = [run_once(engine, options.article, Path(folder) / "run") for _ in range(options.runs)]
            for name in runs[0]:
                seconds = statistics.median(r[name] for r in runs)
                ratio = statistics.median(r[name] / r["naive"] for r in runs)
                print(f"| {engine} | {name} | {seconds:.1f} | {ratio:.2f} |", flush=True)


main()
