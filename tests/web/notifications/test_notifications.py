"""The bell, the list, the settings, the address, and the page of the mail."""

import re
from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import select

from engine.identity.organisations import OrganisationKind, add_organisation
from engine.identity.users import User
from engine.installation import build_engine
from engine.kernel.actor import SYSTEM, actor_of
from engine.kernel.clock import FixedClock
from engine.kernel.command import CommandContext
from engine.kernel.mail_settings import MailSettings, MailWay
from engine.kernel.process_engine import ProcessEngine
from engine.kernel.settings import Settings
from engine.kernel.store import Store
from engine.mail.carrier import carry_mail
from engine.mail.letters import Letter
from engine.mail.outbox import MailState, OutboxMail, post
from engine.workflow.definitions import Deploy
from engine.workflow.instances import StartProcess
from engine.workflow.mailing import tell_people
from engine.workflow.notifications import notify
from engine.workflow.tables import Notification
from engine.workflow.work_items import CompleteWorkItem
from tests.store.workflow.approving import in_a_row
from tests.visitor import SignIn, Visitor

UNREAD = re.compile(r'class="bell".*?aria-label="消息(?:，(\d+) 条未读)?"', re.DOTALL)


@pytest.fixture
def web_engine(web_settings: Settings, web_store: Store, clock: FixedClock, tmp_path: Path) -> ProcessEngine:
    """With mail into a folder."""
    mail = MailSettings(MailWay.FOLDER, "http://localhost", "shegong@example.invalid", tmp_path / "mail")
    return build_engine(replace(web_settings, mail=mail), clock=clock, store=web_store)


class Tell:
    """Something that somebody hears of."""

    def __init__(self, user_id: int, title: str, template: str = "urged") -> None:
        self.user_id, self.title, self.template = user_id, title, template

    def execute(self, context: CommandContext) -> None:
        notify(context, [self.user_id], self.template, self.title, "请尽快办理。")


class Fail:
    """A letter that did not go through."""

    def __init__(self, user_id: int) -> None:
        self.user_id = user_id

    def execute(self, context: CommandContext) -> None:
        letter = Letter("wangfang@example.invalid", "机密标题", "机密内容")
        post(context, letter, user_id=self.user_id, kind="urged", key=f"k{self.user_id}")
        context.session.flush()
        row = context.session.scalars(select(OutboxMail).where(OutboxMail.user_id == self.user_id)).one()
        row.state, row.error = MailState.FAILED, "邮件服务器拒收（550）"


@pytest.fixture
def clerk(county: int, new_user: Callable[..., int]) -> int:
    return new_user("wang", "王芳", ("county_clerk", county))


def unread(visitor: Visitor) -> int:
    """What the bell of the page says."""
    found = UNREAD.search(visitor.page)
    assert found is not None
    return int(found[1] or 0)


def test_the_bell_counts_what_is_unread_and_the_list_says_it(
    web_engine: ProcessEngine, clerk: int, sign_in: SignIn
) -> None:
    for title in ("催办一", "催办二"):
        web_engine.execute(Tell(clerk, title), actor=SYSTEM)
    visitor = sign_in("wang")
    visitor.get("/notifications")
    assert unread(visitor) == 2
    assert visitor.page.index("催办二") < visitor.page.index("催办一")
    assert "2026-11-23（周一）" in visitor.page


def test_opening_a_message_marks_it_and_leads_to_what_it_is_about(
    web_engine: ProcessEngine, clerk: int, sign_in: SignIn
) -> None:
    web_engine.execute(Tell(clerk, "密码已修改", "security"), actor=SYSTEM)
    visitor = sign_in("wang")
    visitor.get("/notifications")
    (number,) = re.findall(r"/notifications/(\d+)/open", visitor.page)
    assert visitor.get(f"/notifications/{number}").location == "/settings"
    visitor.get("/notifications")
    assert unread(visitor) == 1  # the link of a letter changes nothing
    assert visitor.post(f"/notifications/{number}/open").location == "/settings"
    visitor.get("/notifications")
    assert (unread(visitor), "已读" in visitor.page) == (0, True)


def test_a_message_leads_to_the_item_while_it_waits_then_to_the_case_and_many_to_their_list(
    web_engine: ProcessEngine, clerk: int, county: int, sign_in: SignIn
) -> None:
    web_engine.execute(Deploy({"in_a_row.bpmn": in_a_row("a", "b").xml()}), actor=SYSTEM)
    case = web_engine.execute(StartProcess("in_a_row", "A-1", county, "测试事项"), actor=SYSTEM)
    tell_people(web_engine)
    visitor, (first,) = sign_in("wang"), newest(web_engine, 1)
    assert visitor.get(f"/notifications/{first}").location == "/worklist/items/1"
    web_engine.execute(CompleteWorkItem(1, "pass"), actor=actor_of(clerk, "王芳", [("county_clerk", county)]))
    assert visitor.get(f"/notifications/{first}").location == f"/worklist/cases/{case}"
    for key in ("A-2", "A-3"):
        web_engine.execute(StartProcess("in_a_row", key, county, "测试事项"), actor=SYSTEM)
    tell_people(web_engine)
    (many,) = newest(web_engine, 1)
    assert visitor.get(f"/notifications/{many}").location == "/worklist/?process=in_a_row&node=a"


def newest(engine: ProcessEngine, number: int) -> list[int]:
    with engine.reading() as session:
        return list(session.scalars(select(Notification.id).order_by(Notification.id.desc()).limit(number)))


def test_everything_listed_is_marked_at_once_and_what_came_since_stays(
    web_engine: ProcessEngine, clerk: int, sign_in: SignIn
) -> None:
    web_engine.execute(Tell(clerk, "催办一"), actor=SYSTEM)
    visitor = sign_in("wang")
    visitor.get("/notifications")
    web_engine.execute(Tell(clerk, "催办二"), actor=SYSTEM)
    visitor.post("/notifications/read")
    visitor.get("/notifications")
    assert unread(visitor) == 1


def test_somebody_elses_message_does_not_exist(
    web_engine: ProcessEngine, clerk: int, county: int, new_user: Callable[..., int], sign_in: SignIn
) -> None:
    new_user("other", "李明", ("county_clerk", county))
    web_engine.execute(Tell(clerk, "催办"), actor=SYSTEM)
    with web_engine.reading() as session:
        number = session.scalars(select(Notification.id)).one()
    visitor = sign_in("other")
    assert visitor.get(f"/notifications/{number}").status_code == 404
    visitor.get("/notifications")
    for act in ("open", "read"):
        assert visitor.post(f"/notifications/{number}/{act}", page="/settings").status_code == 404
    with web_engine.reading() as session:
        assert session.scalars(select(Notification.read_at)).one() is None


def test_settings_are_kept_and_only_for_kinds_the_person_gets(clerk: int, sign_in: SignIn) -> None:
    visitor = sign_in("wang")
    visitor.get("/settings")
    assert "流程异常" not in visitor.page
    assert "账号安全" in visitor.page
    kinds = re.findall(r'name="(kinds-\d+)-kind" type="hidden" value="(\w+)"', visitor.page)
    posted = {f"{name}-kind": kind for name, kind in kinds} | {f"{name}-mail": "never" for name, _ in kinds}
    posted |= {f"{name}-in_site": "y" for name, kind in kinds if kind != "copy"} | {"digest_at": "12:00"}
    extra = {"kinds-19-kind": "incident", "kinds-19-mail": "now", "user_id": "1"}
    assert visitor.post("/settings", {**posted, **extra}).status_code == 302
    visitor.get("/settings")
    assert visitor.page.count('<option selected value="never">') == len(kinds)
    assert '<option selected value="12:00">' in visitor.page
    assert visitor.post("/settings", {**posted, "kinds-0-mail": "hourly"}).status_code == 422


def test_applicants_have_no_digest(new_user: Callable[..., int], sign_in: SignIn) -> None:
    new_user("p" + "0" * 24, "报考人")
    visitor = sign_in("p" + "0" * 24)
    visitor.get("/settings")
    assert "每日汇总" not in visitor.page
    assert "事项进展" in visitor.page
    assert "新的待办" not in visitor.page
    assert visitor.get("/mail").status_code == 403


def test_a_new_address_is_confirmed_by_its_link(
    web_engine: ProcessEngine, clerk: int, sign_in: SignIn, tmp_path: Path
) -> None:
    visitor = sign_in("wang")
    assert visitor.post("/settings/email", {"email": "wrong"}, page="/settings").status_code == 422
    assert "name@example.com" in visitor.page
    assert visitor.post("/settings/email", {"email": "wang@example.invalid"}, page="/settings").status_code == 302
    visitor.get("/settings")
    assert "确认邮件已发往 wang@example.invalid" in visitor.page
    assert carry_mail(web_engine) == 1
    (file,) = (tmp_path / "mail").glob("*.eml")
    text = cast(EmailMessage, message_from_bytes(file.read_bytes(), policy=SMTP)).get_content()
    link = text.split("http://localhost")[1].split()[0]
    assert visitor.get(f"{link}x").status_code == 404
    visitor.get(link)
    assert "wang@example.invalid" in visitor.page
    with web_engine.reading() as session:
        assert session.get_one(User, clerk).email is None  # looking at the link is not enough
    visitor.post(link)
    with web_engine.reading() as session:
        assert session.get_one(User, clerk).email == "wang@example.invalid"
    assert visitor.post("/settings/email/remove", page="/settings").status_code == 302
    with web_engine.reading() as session:
        assert session.get_one(User, clerk).email is None


def test_the_system_administrator_sees_what_failed_and_sends_it_again_without_reading_it(
    web_engine: ProcessEngine, clerk: int, county: int, new_user: Callable[..., int], sign_in: SignIn
) -> None:
    new_user("admin", "系管", ("system_admin", county))
    web_engine.execute(Fail(clerk), actor=SYSTEM)
    visitor = sign_in("admin")
    visitor.get("/mail?state=failed")
    assert all(words in visitor.page for words in ("王芳", "w***@example.invalid", "邮件服务器拒收（550）", "重新发送"))
    assert not any(words in visitor.page for words in ("机密", "wangfang"))
    (number,) = re.findall(r"/mail/(\d+)/retry", visitor.page)
    visitor.post(f"/mail/{number}/retry")
    assert carry_mail(web_engine) == 1
    visitor.post(f"/mail/{number}/retry", page="/mail")
    visitor.get("/mail")
    assert "不需要重发" in visitor.page


def test_letters_to_another_county_do_not_exist(
    web_engine: ProcessEngine, web_store: Store, clerk: int, new_user: Callable[..., int], sign_in: SignIn, app: Flask
) -> None:
    with web_store.session() as session, session.begin():
        other = add_organisation(session, OrganisationKind.COUNTY, "320001", "别的县").id
    new_user("admin2", "外管", ("system_admin", other))
    web_engine.execute(Fail(clerk), actor=SYSTEM)
    visitor = sign_in("admin2")
    visitor.get("/mail")
    assert "王芳" not in visitor.page
    assert visitor.post("/mail/1/retry").status_code == 404
