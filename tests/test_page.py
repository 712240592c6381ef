"""The show's and the episodes' pages in a real browser."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.conftest import ARTICLE, ROOT
from tests.npm import bring_packages

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
TITLE = "駅前図書館、夜も開く"
CURRENT = '.transcript p[aria-current="true"]'

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None and not os.environ.get("CI"), reason="no browser on this machine"),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A show of two articles, served."""
    show = tmp_path_factory.mktemp("show")
    (show / "content").mkdir()
    for name in ("駅前図書館", "海辺の図書館"):
        (show / "content" / f"{len(name)}.txt").write_text(ARTICLE.replace("駅前図書館", name), encoding="utf-8")
    (show / "content" / "briefing.toml").write_text(
        '[show]\ntitle = "町の知らせ"\nauthor = "広報課"\n', encoding="utf-8"
    )
    environ = os.environ | {"PYTHONPATH": str(ROOT / "src"), "BRIEFING_CACHE_DIR": str(show / "cache")}
    command = [sys.executable, "-m", "briefing"]
    render = [*command, "render", "--voice", "tone", "--episode-per", "article", "-q"]
    subprocess.run(render, cwd=show, env=environ, check=True, capture_output=True)
    serve = [*command, "serve", "output", "--port", "0", "-q"]
    with subprocess.Popen(serve, cwd=show, env=environ, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        yield server.stdout.readline().strip().removesuffix("feed.xml")
        server.terminate()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=BROWSER, args=ARGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Page:
    return browser.new_context().new_page()


def open_episode(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("link", name=TITLE).click()
    page.locator(".transcript").wait_for()  # the next page may not have a document yet


def wait_until(page: Page, condition: str) -> None:
    """Ask until it holds; the page's policy forbids that Playwright asks from inside."""
    for _ in range(1200):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never came true: {condition}")


def _is_favicon(message: ConsoleMessage) -> bool:
    """Browsers ask the host for one, once, where a page names none: the feed is no page of ours."""
    return str(message.location.get("url", "")).endswith("/favicon.ico")


def listen_for_problems(page: Page) -> tuple[list[str], list[str]]:
    asked: list[str] = []
    problems: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda m: problems.append(m.text) if m.type == "error" and not _is_favicon(m) else None)
    return asked, problems


def test_the_page_plays_follows_and_jumps_without_outside_requests(page: Page, address: str) -> None:
    asked, problems = listen_for_problems(page)
    open_episode(page, address)
    page.get_by_role("button", name="30秒進む").wait_for()
    page.get_by_role("link", name="よくある質問").click()
    page.wait_for_selector(CURRENT)
    assert "よくある質問" in page.locator(CURRENT).inner_text()
    assert page.locator(".chapters [aria-current]").inner_text().endswith("よくある質問")
    page.get_by_text("受け取れます。", exact=False).last.click()
    wait_until(page, "document.querySelector('audio').currentTime > 0 && !document.querySelector('audio').paused")
    page.get_by_role("button", name="再生速度 1×").click()
    assert page.evaluate("document.querySelector('audio').playbackRate") == 1.25
    assert all(url.startswith(address) for url in asked)
    assert problems == []


# In the page: plays through the first lines and gives, for each line that was marked, how far its start lay from the time then, in seconds.
MARKING = """async () => {
  const audio = document.querySelector("audio"), seen = [];
  new MutationObserver((changes) => {
    for (const { target } of changes)
      if (target.getAttribute("aria-current") === "true") seen.push((audio.currentTime - target.dataset.start) / audio.playbackRate);
  }).observe(document.querySelector(".transcript"), { subtree: true, attributeFilter: ["aria-current"] });
  audio.playbackRate = RATE;
  await audio.play();
  await new Promise((done) => { const wait = setInterval(() => { if (seen.length > 3) { clearInterval(wait); done(); } }, 50); });
  audio.pause();
  return seen.slice(1);
}"""


@pytest.mark.parametrize("rate", [1, 2])
def test_the_line_that_is_spoken_is_marked_in_time(page: Page, address: str, rate: int) -> None:
    open_episode(page, address)
    late = page.evaluate(MARKING.replace("RATE", str(rate)))
    assert len(late) >= 3
    assert sorted(map(abs, late))[len(late) // 2] < 0.25  # the middle one: a busy machine may miss a moment


def test_a_listener_goes_on_where_they_left(page: Page, address: str) -> None:
    open_episode(page, address)
    page.keyboard.press("ArrowRight")
    wait_until(page, "document.querySelector('audio').currentTime >= 30")
    page.reload()
    wait_until(page, "document.querySelector('audio').currentTime >= 30")
    metadata = "[navigator.mediaSession.metadata.title, navigator.mediaSession.metadata.artist]"
    assert page.evaluate(metadata) == [TITLE, "町の知らせ"]
    page.keyboard.press("Space")
    wait_until(page, "!document.querySelector('audio').paused")


def test_the_show_page_plays_each_episode_and_leads_to_apps(page: Page, address: str) -> None:
    _, problems = listen_for_problems(page)
    page.goto(address)
    page.get_by_role("button", name=f"再生：{TITLE}").click()
    wait_until(page, "document.querySelector('audio').currentTime > 0")
    assert page.locator(".now").inner_text() == TITLE
    page.get_by_role("button", name=f"停止：{TITLE}").click()
    assert page.evaluate("document.querySelector('audio').paused")
    apps = [link.get_attribute("href") for link in page.locator(".subscribe a").all()]
    bare = address.removeprefix("http:")
    assert f"podcast:{bare}feed.xml" in apps
    assert page.locator("#feed").input_value() == f"{address}feed.xml"
    assert not [url for url in apps if url and "8000" in url]  # each carries the address that the page is served from
    assert problems == []


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_the_pages_fit(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 640})
    for open_one in (page.goto, functools.partial(open_episode, page)):
        open_one(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_pages_are_readable_without_script(browser: Browser, address: str) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(address)
    assert not page.locator("[data-play]").first.is_visible()
    open_episode(page, address)
    assert page.locator(".transcript p").count() >= 10
    assert page.locator("audio[controls]").count() == 1
    assert page.locator(".controls").is_hidden()
    assert all(".mp3#t=" in (link.get_attribute("href") or "") for link in page.locator(".chapters a").all())


def test_a_printed_page_is_dark_on_light_and_tells_its_address(browser: Browser, address: str) -> None:
    page = browser.new_context(
        color_scheme="dark", viewport={"width": 672, "height": 980}
    ).new_page()  # A4 within its margins
    for open_one, shown in ((page.goto, ".episodes a"), (functools.partial(open_episode, page), ".transcript p")):
        page.emulate_media(media="screen")
        open_one(address)
        assert page.locator(".printed").first.is_hidden()
        page.emulate_media(media="print")
        assert page.locator(shown).first.is_visible()
        assert not [
            each
            for each in ("audio", "button", ".subscribe", ".files", ".pages")
            if page.locator(each).first.is_visible()
        ]
        assert [p.inner_text().partition("：")[2] for p in page.locator(".printed").all()] == [
            page.url,
            f"{address}feed.xml",
        ]
        ink = page.evaluate("getComputedStyle(document.querySelector('h1')).color.match(/[0-9]+/g).map(Number)")
        assert max(ink[:3]) < 80
        assert page.evaluate("document.documentElement.scrollWidth") <= 672


def test_the_feed_itself_is_readable(page: Page, address: str) -> None:
    _, problems = listen_for_problems(page)
    page.goto(f"{address}feed.xml")
    assert page.evaluate("document.querySelectorAll('item > title')[1].textContent") == TITLE
    shown = "[...document.querySelectorAll('channel > title, item > title, item > guid')].map((e) => e.getClientRects().length > 0)"
    assert page.evaluate(shown) == [True, True, False, True, False]
    assert problems == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_the_way_of_anyone(
    browser: Browser, address: str, scheme: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    axe = (bring_packages(tmp_path_factory, "axe-core@4.11.1") / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    page = browser.new_context(color_scheme="dark" if scheme == "dark" else "light").new_page()
    for open_one in (page.goto, functools.partial(open_episode, page)):
        open_one(address)
        page.evaluate(axe)
        found = page.evaluate("axe.run()")
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]] == []
        assert len(found["passes"]) > 20
