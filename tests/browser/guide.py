"""Pictures of the README and the guides, taken from the demo county: `python -m tests.browser.guide [ADDRESS]`."""

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from seed.county import PASSWORD
from tests.browser.chromium import launch_options
from tests.browser.screenshots import demo

TARGET = Path(__file__).resolve().parents[2] / "docs" / "images"
COLOURS = 64
FIRST_REVIEWS = "/worklist/?process=recruitment_registration&node=first_review"
Way = Callable[[Page], object]


@dataclass(frozen=True)
class Picture:
    """One page, as somebody sees it after going a way through the product."""

    name: str
    login: str
    path: str
    way: Way | None = None
    width: int = 1280
    height: int = 800


def _row(text: str) -> Way:
    return lambda page: page.locator("tr[data-row]", has_text=text).first.locator("a").first.click()


def _one_ticked(page: Page) -> None:
    for key in "jjx":
        page.keyboard.press(key)


PICTURES = (
    Picture("announcement", "", "/announcements/ZP2026-0003", width=360, height=780),
    Picture("eligibility", "", "/announcements/ZP2026-0003/eligibility", width=360, height=780),
    Picture("seat-draw", "", "/announcements/ZP2026-0002/draw", height=900),
    Picture("home", "county_clerk", "/worklist/home"),
    Picture("plan", "county_clerk", "/worklist/", _row("编制招聘方案")),
    Picture("request", "county_clerk", "/worklist/", _row("县级社会工作部审核")),
    Picture("request-new", "street_clerk", "/worklist/start/post-request", height=900),
    Picture("desk", "county_clerk", "/desk/campaigns/ZP2026-0002", height=1000),
    Picture("ranking", "county_clerk", "/desk/campaigns/ZP2026-0001/ranking",
            lambda page: page.locator(".ranking summary").first.click()),
    Picture("quota", "county_head", "/desk/quota", height=900),
    Picture("worklist", "county_reviewer", FIRST_REVIEWS, _one_ticked),
    Picture("review", "county_reviewer", FIRST_REVIEWS,
            _row("资格初审"), height=1000),
    Picture("import", "exam_officer", "/desk/campaigns/ZP2026-0002/import/interview", height=600),
    Picture("rooms", "exam_officer", "/desk/campaigns/ZP2026-0002/rooms"),
    Picture("diagram", "process_admin", "/operations/deployments",
            lambda page: page.get_by_role("link", name="用人需求申请").click(), height=760),
    Picture("parameters", "process_admin", "/registry/parameters"),
    Picture("users", "security_admin", "/registry/users"),
    Picture("worker", "community_worker", "/me/cases", width=360, height=780),
    Picture("ballot", "resident_delegate", "/worklist/home",
            lambda page: page.get_by_role("link", name="去投票").click(), width=360, height=780),
    Picture("secondment", "county_head", "/worklist/", _row("县级社会工作部审批"), height=900),
    Picture("excellent", "street_clerk2", "/worklist/", _row("评定优秀名额"), height=900),
    Picture("guards", "street_clerk", "/worklist/", _row("合法性核查"), height=1000),
    Picture("street-home", "street_leader", "/worklist/home", height=1000),
    Picture("history", "audit_admin", "/operations/history?case=BM2026-0003-000066"),
)  # fmt: skip


def take(address: str) -> None:
    """Takes all pictures, with few colours so that they stay small."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options())
        for picture in PICTURES:
            _take(browser, address, picture)
        browser.close()


def _take(browser: Browser, address: str, picture: Picture) -> None:
    size = {"width": picture.width, "height": picture.height}
    context = browser.new_context(base_url=address, viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai")
    page = context.new_page()
    if picture.login:
        page.goto("/login")
        page.fill("#login", picture.login)
        page.fill("#password", PASSWORD)
        page.click("main button")
        page.wait_for_url(lambda url: "/login" not in url)
    page.goto(picture.path, wait_until="networkidle")
    if picture.way is not None:
        picture.way(page)
        page.wait_for_load_state("networkidle")
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    image.quantize(COLOURS).save(TARGET / f"{picture.name}.png", optimize=True)
    context.close()


def main() -> int:
    if len(sys.argv) > 1:
        take(sys.argv[1])
    else:
        with demo() as (address, _):
            take(address)
    return 0


if __name__ == "__main__":
    sys.exit(main())
