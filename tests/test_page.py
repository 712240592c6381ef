"""The player page in a real browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.conftest import ROOT, Run

BROWSER = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--autoplay-policy=no-user-gesture-required",
]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None and not os.environ.get("CI"), reason="no browser on this machine"),
]


@pytest.fixture
def address(show: Path, run: Run) -> Iterator[str]:
    done = run("render", "--voice", "tone", "--episode-per", "article", "-q")
    assert done.code == 0, done.err
    command = [sys.executable, "-m", "briefing", "serve", "output", "--port", "0", "-q"]
    server = subprocess.Popen(
        command, cwd=show, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(ROOT / "src")}
    )
    assert server.stdout
    with server:
        yield server.stdout.readline().strip().removesuffix("feed.xml")
        server.terminate()


@pytest.fixture
def page(address: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=ARGS)
        yield browser.new_page()
        browser.close()


def test_the_page_plays_follows_and_jumps_without_outside_requests(page: Page, address: str) -> None:
    asked: list[str] = []
    problems: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto(address)
    page.get_by_role("link", name="駅前図書館、夜も開く").click()
    page.get_by_role("button", name="30秒進む").wait_for()
    page.get_by_text("よくある質問", exact=True).first.click()
    page.wait_for_selector('.transcript p[aria-current="true"]')
    current = page.locator('.transcript p[aria-current="true"]')
    assert "よくある質問" in current.inner_text()
    page.get_by_text("受け取れます。", exact=False).last.click()
    page.wait_for_function("document.querySelector('audio').currentTime > 0 && !document.querySelector('audio').paused")
    assert all(url.startswith(address) or url.startswith("data:") for url in asked)
    assert problems == []


def test_the_page_fits_a_narrow_phone(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(address)
    page.get_by_role("link", name="駅前図書館、夜も開く").click()
    page.locator(".transcript").wait_for()  # the next page may not have a document yet
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_page_is_readable_without_script(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=ARGS)
        page = browser.new_context(java_script_enabled=False).new_page()
        page.goto(address)
        page.get_by_role("link", name="駅前図書館、夜も開く").click()
        assert page.locator(".transcript p").count() >= 10
        assert page.locator("audio[controls]").count() == 1
        browser.close()
