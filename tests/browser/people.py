"""People with a browser each, as the stories move them."""

from dataclasses import dataclass, field
from typing import ClassVar

from playwright.sync_api import Page, expect

from tests.browser.conftest import ContextMaker
from tests.visitor import PASSWORD


@dataclass(kw_only=True)
class People:
    """Everybody with a browser of his own; who is asked to sign in does so."""

    address: str
    browsers: ContextMaker
    pages: dict[str, Page] = field(default_factory=dict)
    on_phone: ClassVar[str] = ""
    """Sign-in name of who has a phone."""

    def visit(self, login: str, path: str) -> Page:
        """The page of that address, as somebody sees it."""
        if login not in self.pages:
            self.pages[login] = self.browsers(self.address, phone=login == self.on_phone)
        page = self.pages[login]
        page.goto(path)
        if "/login" in page.url:
            page.get_by_label("登录名或手机号码").fill(login)
            page.get_by_label("密码").fill(PASSWORD)
            page.get_by_role("button", name="登录").click()
            page.wait_for_url(lambda url: "/login" not in url)
        return page

    def find(self, login: str, text: str, step: str) -> Page:
        """The work item of a case that waits in somebody's list."""
        page = self.visit(login, f"/worklist/?q={text}")
        page.locator("tr[data-row]").filter(has_text=step).get_by_role("link").first.click()
        expect(page.locator("aside.decision h2").first).to_have_text(step)
        page.wait_for_load_state()
        return page


def press(page: Page, *keys: str) -> None:
    """Presses keys one after the other, on a page whose scripts are there."""
    page.wait_for_load_state()
    for key in keys:
        page.keyboard.press(key)


def decide(page: Page, decision: str, opinion: str = "") -> None:
    """Presses the button of a decision of a work item."""
    if opinion:
        page.get_by_label("办理意见").fill(opinion)
    page.locator(f"button[name=decision][value={decision}]").click()
    expect(page.locator("#messages .note-success").first).to_be_visible()
