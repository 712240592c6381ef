"""Time whole commands in turn and print medians and ratios: every figure that speed and memory are held to."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from long_article import long_article

ROOT = Path(__file__).resolve().parents[2]
VOICES = {"openjtalk": "openjtalk:mei", "kokoro": "kokoro"}
_SAMPLE_S = 0.1


@dataclass(frozen=True)
class Run:
    """A command that has run: seconds, its JSON, the highest memory of all its processes together in MB (PSS and RSS)."""

    seconds: float
    report: dict
    pss_mb: float = 0.0
    rss_mb: float = 0.0


@dataclass(frozen=True)
class Place:
    """A folder for one show: article, cache and output."""

    folder: Path

    @property
    def article(self) -> Path:
        return self.folder / "article.md"

    @property
    def output(self) -> Path:
        return self.folder / "out"

    def fresh(self, text: str) -> Place:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.article.write_text(text, encoding="utf-8")
        return self

    def run(self, command: list[str], with_memory: bool = False) -> Run:
        cache = self.folder / "cache"
        environ = os.environ | {"BRIEFING_CACHE_DIR": str(cache), "SOURCE_DATE_EPOCH": "1750000000"}
        began, pss, rss = time.monotonic(), 0.0, 0.0
        with tempfile.TemporaryFile("w+") as out:
            process = subprocess.Popen(command, env=environ, stdout=out, stderr=subprocess.DEVNULL, cwd=self.folder)
            while with_memory and process.poll() is None:
                now_pss, now_rss = memory_mb(process.pid)
                pss, rss = max(pss, now_pss), max(rss, now_rss)
                time.sleep(_SAMPLE_S)
            if process.wait():
                raise SystemExit(f"failed: {' '.join(command)}")
            seconds = time.monotonic() - began
            out.seek(0)
            text = out.read()
        return Run(seconds, json.loads(text) if text.strip() else {}, pss, rss)

    def render(self, voice: str, *flags: str, with_memory: bool = False) -> Run:
        command = [sys.executable, "-m", "briefing", "-q", "render", str(self.article), "-o", str(self.output)]
        return self.run([*command, "--voice", voice, "--json", *flags], with_memory)

    def files(self) -> dict[Path, tuple[int, int]]:
        """Give size and time of change of every file, so that what was written shows."""
        every = (p for p in self.folder.rglob("*") if p.is_file())
        return {p: ((s := p.stat()).st_size, s.st_mtime_ns) for p in every}


def memory_mb(root: int) -> tuple[float, float]:
    """Give the memory of a process and all below it now: PSS (what is shared counts once) and RSS, in MB."""
    total = {"Pss": 0, "Rss": 0}
    for pid in _family(root):
        try:
            rows = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        except OSError:
            continue  # it has ended
        for row in rows:
            name, _, rest = row.partition(":")
            if name in total:
                total[name] += int(rest.split()[0])
    return total["Pss"] / 1000, total["Rss"] / 1000


def _family(root: int) -> Iterator[int]:
    yield root
    try:
        for task in Path(f"/proc/{root}/task").iterdir():
            for child in (task / "children").read_text(encoding="ascii").split():
                yield from _family(int(child))
    except OSError:
        return


def change_one_sentence(text: str) -> str:
    """Change the first full sentence behind the middle of the article."""
    at = text.index("。", len(text) // 2)
    return text[:at] + "、と聞きました" + text[at:]


def against_naive(engine: str, text: str, place: Place) -> dict[str, float]:
    """Give the seconds of the naive script, of a cold render, of one with nothing changed and of one with one sentence changed."""
    place.fresh(text)
    naive = [sys.executable, str(ROOT / "scripts/naive"), engine, str(place.article), str(place.folder / "naive")]
    figures = {"naive": place.run(naive).seconds, "cold": place.render(VOICES[engine]).seconds}
    before = place.files()
    warm = place.render(VOICES[engine])
    figures["nothing changed"] = warm.seconds
    figures["… files written"] = sum(before.get(p) != f for p, f in place.files().items())
    figures["… clips spoken"] = warm.report["clips"]["synthesised"]
    place.article.write_text(change_one_sentence(text), encoding="utf-8")
    figures["one sentence"] = place.render(VOICES[engine]).seconds
    return figures


def all_but_speech(engine: str, text: str, place: Place) -> dict[str, float]:
    """Give the seconds for everything but speech an hour of audio: the clips are there, and nothing else that was made."""
    figures = {}
    for per in ("section", "article"):
        place.fresh(text)
        audio_s = place.render(VOICES[engine], "--episode-per", per).report["audio_s"]
        shutil.rmtree(place.output)
        shutil.rmtree(place.folder / "cache" / "readings")
        for coded in (place.folder / "cache" / "clips").rglob("*.mp3"):
            coded.unlink()
        figures[f"but speech, an episode {per}"] = (
            place.render(VOICES[engine], "--episode-per", per).seconds / audio_s * 3600
        )
    return figures


def twelve_minutes(place: Place) -> dict[str, float]:
    """Give the seconds after one sentence of a 12-minute article has changed."""
    figures = {}
    for per in ("section", "article"):
        text = long_article(12)
        place.fresh(text)
        figures["minutes"] = place.render(VOICES["openjtalk"], "--episode-per", per).report["audio_s"] / 60
        place.article.write_text(change_one_sentence(text), encoding="utf-8")
        figures[f"one sentence, an episode {per}"] = place.render(VOICES["openjtalk"], "--episode-per", per).seconds
    return figures


def two_workers(engine: str, text: str, place: Place) -> dict[str, float]:
    """Give the seconds of a cold render with one worker and with two."""
    place.fresh(text).render(VOICES[engine])  # what is made once on a machine is there
    made_once = place.folder / "cache" / "models"
    figures = {}
    for jobs in ("1", "2"):
        for spoken in (place.output, place.folder / "cache" / "clips"):
            shutil.rmtree(spoken)
        assert made_once.exists() or engine != "kokoro"
        figures[f"{jobs} workers"] = place.render(VOICES[engine], "--jobs", jobs).seconds
    figures["ratio"] = figures["1 workers"] / figures["2 workers"]
    return figures


def ten_hours(place: Place) -> dict[str, float]:
    """Give time and memory of an hour and of ten hours in one episode, with the silent voice."""
    figures = {}
    for minutes in (60, 600):
        run = place.fresh(long_article(minutes)).render("tone", "--episode-per", "article", with_memory=True)
        hours = run.report["audio_s"] / 3600
        figures |= {
            f"{minutes} min: clips": run.report["clips"]["total"],
            f"{minutes} min: hours": hours,
            f"{minutes} min: seconds an hour": run.seconds / hours,
            f"{minutes} min: MB (PSS)": run.pss_mb,
            f"{minutes} min: MB (RSS)": run.rss_mb,
        }
    return figures


def tell(name: str, runs: list[dict[str, float]]) -> None:
    for key in runs[0]:
        value = statistics.median(r[key] for r in runs)
        ratio = f"{statistics.median(r[key] / r['naive'] for r in runs):.2f}" if "naive" in runs[0] else ""
        print(f"| {name} | {key} | {value:.2f} | {ratio if '…' not in key else ''} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engines", nargs="*", metavar="ENGINE", help=f"any of {', '.join(VOICES)}; default: all")
    parser.add_argument("--article", type=Path, default=ROOT / "content" / "tokyo-dialogue.md")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--only", choices=("naive", "but-speech", "12-minutes", "workers", "10-hours"))
    options = parser.parse_args()
    if unknown := set(options.engines) - set(VOICES):
        parser.error(f"no engine {', '.join(sorted(unknown))}")
    text = options.article.read_text(encoding="utf-8")
    print(f"{options.article.name}, {os.cpu_count()} cores, median of {options.runs}\n")
    print("| what | figure | value | against naive |\n| --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        place = Place(Path(folder) / "run")

        def measure(only: str, name: str, once: Callable[[], dict[str, float]]) -> None:
            if options.only in (None, only):
                tell(name, [once() for _ in range(options.runs)])

        measure("10-hours", "tone", lambda: ten_hours(place))
        measure("12-minutes", "openjtalk", lambda: twelve_minutes(place))
        measure("but-speech", "openjtalk", lambda: all_but_speech("openjtalk", text, place))
        for engine in options.engines or VOICES:
            measure("naive", engine, lambda e=engine: against_naive(e, text, place))
            measure("workers", engine, lambda e=engine: two_workers(e, text, place))


main()
