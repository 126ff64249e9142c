"""A real Chromium for the stories; console errors and refused content fail the test that caused them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest
import waitress
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.browser.chromium import launch_options
from webapp import assets

DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 360, "height": 780}
PATIENCE = 60_000
"""Milliseconds that a story waits for what has to appear; a busy machine is no failure."""
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def front_end() -> None:
    """Scripts and styles are built before a page is opened."""
    assets.build()


@pytest.fixture(scope="session")
def browser(front_end: None) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        yield browser
        browser.close()


class Complaints(list[str]):
    """What the browser complained about: console errors, script errors, violations of the security policy."""

    def listen(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.append(f"script error: {error}"))

    def _console(self, message: ConsoleMessage) -> None:
        # a page that answers 4xx on purpose logs this line; the test looks at the page itself
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.append(f"{message.text} ({message.location.get('url', '')})")


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    complaints = Complaints()
    yield complaints
    assert complaints == []


@pytest.fixture
def new_context(browser: Browser, complaints: Complaints) -> Iterator["ContextMaker"]:
    maker = ContextMaker(browser, complaints)
    yield maker
    maker.close()


class ContextMaker:
    """Opens browser contexts, one a person; each watches its pages for complaints."""

    def __init__(self, browser: Browser, complaints: Complaints) -> None:
        self._browser = browser
        self._complaints = complaints
        self._opened: list[BrowserContext] = []

    def __call__(self, base_url: str, *, phone: bool = False) -> Page:
        context = self._browser.new_context(
            base_url=base_url, locale="zh-CN", timezone_id="Asia/Shanghai", viewport=PHONE if phone else DESKTOP,
            has_touch=phone, is_mobile=phone,
        )  # fmt: skip
        context.on("page", self._complaints.listen)
        context.set_default_timeout(PATIENCE)
        self._opened.append(context)
        return context.new_page()

    def close(self) -> None:
        for context in self._opened:
            context.close()


@pytest.fixture
def serve() -> Iterator[Callable[[Flask], str]]:
    """Serves an application on a free port of this machine; answers its address."""
    running: list[waitress.server.MultiSocketServer] = []

    def start(app: Flask) -> str:
        server = waitress.create_server(app, host="127.0.0.1", port=0, threads=4)
        running.append(server)
        Thread(target=server.run, daemon=True).start()
        return f"http://127.0.0.1:{server.effective_port}"

    yield start
    for server in running:
        server.close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker plays all stories, so that one browser is started and the other worker has a core for itself."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))
