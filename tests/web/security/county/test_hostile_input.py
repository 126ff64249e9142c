"""What nobody's browser sends: numbers without end, broken cursors, control characters."""

import base64
import json

import pytest

from tests.visitor import SignIn
from tests.web.worklist.stage import Stage

HUGE = "9" * 40
ENDLESS = "9" * 5_000
SUPERSCRIPT = "²"
PAGES = {
    "county_clerk": ("/worklist/", "/worklist/all", "/worklist/done", "/worklist/started", "/registry/workers",
                     "/notifications", "/announcements/ZP2026-0001", "/my/apply/ZP2026-0001",
                     "/appraisal/", "/appraisal/start/plans", "/secondment/"),
    "audit_admin": ("/operations/jobs", "/operations/history", "/operations/incidents"),
    "system_admin": ("/registry/users", "/registry/organisations/new"),
    "street_clerk": ("/worklist/start/post-request", "/exits/start", "/secondment/new", "/secondment/monthly"),
}  # fmt: skip
NUMBERS = ("organisation", "street", "number", "n", "parent", "place", "post", "year", "proposal")


def cursor(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


MADE_UP: tuple[object, ...] = (
    "x", 10**30, [1], ["x", "y"], [{}, {}], ["2026-11-22", None], ["2026-11-22T00:00:00", 1],
    ["2026-11-22T00:00:00+08:00", 10**40], ["9999-12-31T23:59:59-23:00", 1], True, [[], []],
)  # fmt: skip
CURSORS = [*(cursor(value) for value in MADE_UP), "%ff", "中"]


@pytest.mark.parametrize("login", PAGES)
def test_a_made_up_cursor_or_number_never_breaks_a_page(login: str, stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in(login)
    sent = [{"after": typed} for typed in CURSORS]
    numbers = (HUGE, ENDLESS, SUPERSCRIPT, "-1", "\u0661")
    sent += [{**dict.fromkeys(NUMBERS, typed), "kind": "user"} for typed in numbers]
    for page in PAGES[login]:
        for query in sent:
            assert visitor.get(page, query_string=query).status_code == 200, (page, query)


@pytest.mark.parametrize("login", PAGES)
def test_a_large_number_leads_to_a_page_or_nowhere(login: str, stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in(login)
    for page in PAGES[login]:
        for name in NUMBERS:
            assert visitor.get(page, query_string={name: "999999999", "kind": "user"}).status_code in {200, 404}, name


def test_an_object_with_an_endless_number_does_not_exist(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("county_clerk")
    for number in (HUGE, "9" * 18, "1000000000"):
        for address in ("/worklist/items/{}", "/worklist/cases/{}", "/notices/{}", "/my/applications/{}",
                        "/registry/workers/{}", "/worklist/cases/3/files/{}"):  # fmt: skip
            assert visitor.get(address.format(number)).status_code == 404, address
        answer = visitor.post("/worklist/bulk", {"item": number, "act": "claim"}, page="/worklist/")
        assert answer.headers["Location"] == "/worklist/"


@pytest.mark.parametrize("typed", [HUGE, ENDLESS, SUPERSCRIPT])
def test_numbers_in_forms_never_break_a_page(typed: str, stage: Stage, sign_in: SignIn) -> None:
    clerk, page = sign_in("street_clerk"), "/worklist/start/post-request"
    for form in ({"place": typed}, {"_remove": f"lines-{typed}"}, {"lines-0-heads": typed},
                 {"lines-0-community_id": typed}):  # fmt: skip
        assert clerk.post(page, form, page=page).status_code in {200, 422}, form
    assert clerk.post(page, {f"lines-{typed}-name": "岗"}, page=page).status_code == 400
    item = f"/worklist/items/{stage.item(stage.applicants[0].number, 'first_review')}"
    reviewer = sign_in("county_reviewer")
    assert reviewer.post(item, {"n": typed, "decision": "x"}, page=item).status_code == 422


def test_a_text_that_no_database_keeps_is_refused_in_an_address(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("audit_admin")
    for address in ("/worklist/?q=%00", "/announcements/a%00b", "/operations/history?case=%00"):
        assert visitor.get(address).status_code in {400, 404}, address


def test_what_turns_the_order_of_reading_around_is_dropped_from_what_is_typed(stage: Stage, sign_in: SignIn) -> None:
    clerk, page = sign_in("street_clerk"), "/worklist/start/post-request"
    form = {"reason": "\u202e急需\x00人手\u2066", "lines-0-name": "\u202e岗<script>alert(1)</script>"}
    answer = clerk.post(page, form, page=page)
    assert "急需人手" in answer.text
    assert not {"\u202e", "\u2066", "\x00"} & set(answer.text)
    assert "岗&lt;script&gt;" in answer.text
