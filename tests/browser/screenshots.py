"""Pictures of every page that a navigation leads to and of the first thing listed there, for each demo account.

`python -m tests.browser.screenshots [ADDRESS [LOGIN...]]` looks at a running demo, without address at one of its own.
Pictures go to build/screenshots, at desktop and phone width. What answers with an error, complains in the console, is
wider than the screen, has a control without a name or a text too pale to read is printed, exit code 1.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import waitress
from playwright.sync_api import Browser, Page, sync_playwright

from engine.installation import build_engine
from engine.kernel.settings import settings_from_environment
from seed.__main__ import sample_applicants
from seed.county import OFFICERS, PASSWORD
from seed.installation import install
from tests.browser.chromium import launch_options
from webapp.server import application

TARGET = Path(__file__).resolve().parents[2] / "build" / "screenshots"
WIDTHS = {"desktop": 1280, "phone": 360}
PUBLIC = ("/", "/login", "/register", "/privacy", "/announcements", "/notices", "/scores")
AUDIT = (Path(__file__).parent / "audit.js").read_text(encoding="utf-8")
OK = 400


@dataclass
class Photographer:
    """Takes the pictures and notes what is wrong."""

    browser: Browser
    address: str
    wrong: list[str] = field(default_factory=list)

    def visitor(self) -> None:
        """The pages that need no account."""
        for name, page in self._pages():
            for path in PUBLIC:
                self._shoot(page, path, "visitor", name)

    def officer(self, login: str) -> None:
        """Everything in the navigation of one account."""
        for name, page in self._pages():
            page.goto("/login")
            page.fill("#login", login)
            page.fill("#password", PASSWORD)
            page.click("main button")
            page.wait_for_url(lambda url: "/login" not in url)
            for path in dict.fromkeys(_links(page, ".side a, .tabs a")):
                self._shoot(page, path, login, name)
                for below in _links(page, "main td a, main h2 a")[:1]:
                    self._shoot(page, below, login, name)

    def _pages(self) -> Iterator[tuple[str, Page]]:
        for name, width in WIDTHS.items():
            size = {"width": width, "height": 800}
            context = self.browser.new_context(base_url=self.address, viewport=size, locale="zh-CN")
            page = context.new_page()
            page.on("pageerror", lambda error: self.wrong.append(f"script error: {error}"))
            page.on("console", lambda line: self.wrong.append(line.text) if line.type == "error" else None)
            yield name, page
            context.close()

    def _shoot(self, page: Page, path: str, who: str, width: str) -> None:
        answer = page.goto(path, wait_until="networkidle")
        if answer is None or answer.status >= OK:
            self.wrong.append(f"{who} {path}: {answer and answer.status}")
        too_wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
        if too_wide:
            self.wrong.append(f"{who} {path}: wider than the {width}")
        self.wrong += [f"{who} {path} ({width}): {finding}" for finding in page.evaluate(AUDIT)]
        name = path.strip("/").replace("/", "-").split("?")[0] or "index"
        page.screenshot(path=TARGET / f"{who}-{name}-{width}.png", full_page=True)


def _links(page: Page, selector: str) -> list[str]:
    found = page.eval_on_selector_all(selector, "all => all.map(one => one.getAttribute('href'))")
    return [path for path in found if path.startswith("/")]


@contextmanager
def demo() -> Iterator[tuple[str, list[str]]]:
    """Address of a demo installation that lives as long as the pictures take, and the phones of some applicants."""
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_from_environment({"SHEGONG_DATA": folder})
        install(settings, demo=True, tell=print)
        server = waitress.create_server(application(build_engine(settings)), host="127.0.0.1", port=0)
        Thread(target=server.run, daemon=True).start()
        yield f"http://127.0.0.1:{server.effective_port}", [phone for phone, _, _ in sample_applicants(settings)]
        server.close()


def take(address: str, logins: list[str]) -> list[str]:
    """Takes all pictures; answers what was wrong."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        photographer = Photographer(browser, address)
        photographer.visitor()
        for login in logins:
            photographer.officer(login)
        browser.close()
    return photographer.wrong


def main() -> int:
    logins = list({officer.role: officer.login for officer in OFFICERS}.values())
    if len(sys.argv) > 1:
        wrong = take(sys.argv[1], sys.argv[2:] or logins)
    else:
        with demo() as (address, phones):
            wrong = take(address, logins + phones)
    print(*dict.fromkeys(wrong), sep="\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
