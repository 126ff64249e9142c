"""Who hears of what, in the site and by mail, and how each person's settings decide it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text

from engine.identity.accounts import change_password
from engine.identity.users import RoleMembership, User
from engine.kernel.actor import SYSTEM, Actor
from engine.kernel.errors import Forbidden, Invalid
from engine.mail.addresses import AskForAddress, ConfirmAddress, RemoveAddress
from engine.workflow.copies import MarkCopyRead, my_copies
from engine.workflow.deputies import AppointDeputy
from engine.workflow.going_back import SendBack
from engine.workflow.housekeeping import Housekeeping
from engine.workflow.incidents import RaiseIncident
from engine.workflow.informing import AddComment, SendCopies, UrgeCase
from engine.workflow.instances import StartProcess
from engine.workflow.notification_kinds import Choice, MailChoice, NotificationKind
from engine.workflow.notifications import MarkAllRead, my_notifications, unread_count
from engine.workflow.preferences import SavePreferences
from engine.workflow.settled_notifications import settle_notifications
from engine.workflow.tables import Notification
from engine.workflow.work_items import CompleteWorkItem
from tests.store.mail.conftest import PostOffice
from tests.store.workflow.approving import in_a_row, item_at, sign
from tests.visitor import PASSWORD

NOW = Choice(True, MailChoice.NOW)


def heard(office: PostOffice, who: Actor) -> list[str]:
    """Titles of somebody's unread messages, the oldest first."""
    office.tell()
    with office.engine.reading() as session:
        return [row.title for row in reversed(my_notifications(session, who, unread=True))]


def wish(office: PostOffice, who: Actor, kind: NotificationKind, choice: Choice) -> None:
    office.do(SavePreferences({kind: choice}), who)


def test_new_work_is_told_once_to_everybody_it_waits_for(both: PostOffice) -> None:
    clerk, other, head = both.person("甲"), both.person("乙"), both.person("丙", "county_head")
    both.deploy(in_a_row("a"))
    both.start("in_a_row")
    assert (heard(both, clerk), heard(both, other), heard(both, head)) == (["新待办：办理a"], ["新待办：办理a"], [])
    assert len(heard(both, clerk)) == 1


def test_what_arrives_while_a_message_is_unread_goes_into_it(office: PostOffice) -> None:
    clerk = office.mail_person("王敏")
    wish(office, clerk, NotificationKind.NEW_ITEM, NOW)
    office.deploy(in_a_row("a"))
    for number in range(3):
        office.start("in_a_row", key=f"A-{number}")
        office.tell()
    assert heard(office, clerk) == ["新待办：办理a（3 件）"]
    assert [letter["Subject"] for letter in office.letters()] == ["【社工】新待办：办理a"]
    with office.engine.reading() as session:
        last = my_notifications(session, clerk, unread=True)[0].id
    office.do(MarkAllRead(last), clerk)
    office.start("in_a_row", key="A-9")
    assert heard(office, clerk) == ["新待办：办理a"]
    assert len(office.letters()) == 2


def test_what_is_done_by_now_is_not_counted_with_what_is_new(office: PostOffice) -> None:
    clerk, other = office.person("甲"), office.person("乙")
    office.deploy(in_a_row("a"))
    office.start("in_a_row", key="A-1")
    office.tell()
    sign(office, other, "a")
    office.start("in_a_row", key="A-2")
    assert heard(office, clerk) == ["新待办：办理a"]


def test_work_that_is_done_before_anybody_looks_is_no_news(office: PostOffice) -> None:
    clerk = office.person("王敏")
    office.deploy(in_a_row("a"))
    office.start("in_a_row")
    sign(office, clerk, "a")
    assert heard(office, clerk) == []


def test_what_comes_back_is_told_as_returned_and_mailed_at_once(office: PostOffice) -> None:
    clerk = office.mail_person("王敏")
    office.deploy(in_a_row("a", "b"))
    office.start("in_a_row")
    sign(office, clerk, "a")
    office.tell()
    office.clock.advance(timedelta(hours=1))
    office.do(SendBack(item_at(office, clerk, "b"), "a", "请补充材料"), clerk)
    assert heard(office, clerk) == ["退回给您：办理a"]
    (letter,) = office.letters()
    assert letter["Subject"] == "【社工】退回给您：办理a"
    assert "测试事项（A-1）" in letter.get_content()
    assert "https://shegong.example.invalid/notifications/" in letter.get_content()
    assert "请补充材料" not in letter.get_content()


def test_each_person_decides_for_each_kind(office: PostOffice) -> None:
    loud, quiet = office.mail_person("甲"), office.mail_person("乙", address="yi@example.invalid")
    wish(office, quiet, NotificationKind.URGED, Choice(False, MailChoice.NEVER))
    office.deploy(in_a_row("a"))
    case = office.start("in_a_row")
    office.tell()
    office.do(UrgeCase(case, "电话 13912345678"), SYSTEM)
    assert heard(office, loud)[-1] == "催办"
    assert heard(office, quiet) == ["新待办：办理a"]
    assert [letter["To"] for letter in office.letters()] == ["wang@example.invalid"]
    assert "13912345678" not in office.letters()[0].get_content()


def test_several_urgent_messages_at_once_are_one_letter(office: PostOffice) -> None:
    clerk = office.mail_person("王敏")
    office.deploy(in_a_row("a"))
    for number in range(3):
        office.do(UrgeCase(office.start("in_a_row", key=f"A-{number}")), SYSTEM)
    office.tell()
    (letter,) = office.letters()
    assert letter["Subject"] == "【社工】您有 3 条新消息"
    assert "测试事项（A-1）" in letter.get_content()
    assert len(heard(office, clerk)) == 4


def test_what_was_read_in_the_site_meanwhile_is_not_mailed(office: PostOffice) -> None:
    clerk = office.mail_person("王敏")
    office.deploy(in_a_row("a"))
    case = office.start("in_a_row")
    office.tell()
    office.do(UrgeCase(case), SYSTEM)
    office.do(MarkAllRead(10**6), clerk)
    office.tell()
    assert office.letters() == []


def test_a_confidential_case_is_named_by_no_letter(office: PostOffice) -> None:
    officer = office.mail_person("严正", "discipline_officer")
    drawing = in_a_row("a", groups="discipline_officer")
    drawing.properties["readers"] = "discipline_officer"
    office.deploy(drawing)
    wish(office, officer, NotificationKind.NEW_ITEM, NOW)
    office.start("in_a_row", key="A-1")
    office.tell()
    office.do(UrgeCase(1), SYSTEM)
    for number in (2, 3):
        office.start("in_a_row", key=f"A-{number}")
    office.tell()
    letters = office.letters()
    assert len(letters) == 2
    for letter in letters:
        assert letter["Subject"] == "【社工】有一件保密事项待办"
        assert not any(word in letter.get_content() for word in ("测试事项", "A-1", "办理a", "in_a_row"))


def test_administrators_hear_of_incidents_until_they_look(office: PostOffice) -> None:
    admin, lower = office.mail_person("章序", "process_admin"), office.person("街道", "process_admin", office.street)
    office.person("王敏")
    office.deploy(in_a_row("a"))
    case = office.start("in_a_row")
    for node in ("a", "b", "c"):
        office.do(RaiseIncident(case, node, "job", "王敏 13912345678"), SYSTEM)
    assert heard(office, admin) == ["流程异常"]
    assert heard(office, lower) == ["流程异常"]
    (letter,) = office.letters()
    assert "王敏" not in letter.get_content()


def test_who_began_a_case_hears_of_comments_and_of_its_end(office: PostOffice) -> None:
    starter, clerk = office.person("孙丽", "street_clerk", office.street), office.person("王敏")
    drawing = in_a_row("a")
    drawing.properties["starters"] = "street_clerk"
    office.deploy(drawing)
    case = office.do(StartProcess("in_a_row", "A-1", office.street, "测试事项", {}), starter)
    assert isinstance(case, int)
    office.do(AddComment(case, "请看一下"), clerk)
    assert heard(office, starter) == ["新的留言"]
    office.clock.advance(timedelta(minutes=1))
    sign(office, clerk, "a")
    assert heard(office, starter) == ["新的留言", "已办结：测试事项"]


def test_applicants_hear_from_the_process_alone(office: PostOffice) -> None:
    clerk = office.person("王敏")
    applicant = office.mail_person("报考人", "resident_delegate")
    with office.engine.store.session() as session, session.begin():
        session.delete(session.scalars(select(RoleMembership).where(RoleMembership.user_id == applicant.user_id)).one())
    drawing = in_a_row("a").user("b", assignee=f"= {applicant.user_id}")
    office.deploy(drawing.chain("a", "b", "over"))
    office.start("in_a_row", actor=SYSTEM)
    sign(office, clerk, "a")
    assert heard(office, applicant) == []


def test_changes_of_the_account_are_told_and_cannot_be_switched_off(office: PostOffice, password_hash: str) -> None:
    clerk = office.mail_person("王敏")
    wish(office, clerk, NotificationKind.SECURITY, Choice(False, MailChoice.NEVER))
    with office.engine.store.session() as session, session.begin():
        session.get_one(User, clerk.user_id).password_hash = password_hash
    change_password(office.engine, clerk, old=PASSWORD, new="another long sentence")
    assert heard(office, clerk) == ["密码已修改"]
    assert [letter["Subject"] for letter in office.letters()] == ["【社工】密码已修改"]
    assert len(heard(office, clerk)) == 1


def test_a_deputy_and_his_principal_hear_of_it(office: PostOffice) -> None:
    clerk, deputy = office.person("王敏"), office.person("乙", "county_head")
    admin = office.person("章序", "process_admin")
    days = date(2026, 11, 23), date(2026, 11, 27)
    office.do(AppointDeputy(clerk.user_id or 0, deputy.user_id or 0, *days), admin)
    assert heard(office, deputy) == ["请您代理王敏"]
    assert heard(office, clerk) == ["已为您设置代理人"]
    office.deploy(in_a_row("a"))
    office.start("in_a_row")
    assert heard(office, deputy)[-1] == heard(office, clerk)[-1] == "新待办：办理a"
    assert heard(office, office.person("丁", "street_clerk", office.street)) == []


def test_a_new_address_counts_when_its_link_was_opened_by_its_owner(office: PostOffice) -> None:
    clerk, thief = office.mail_person("王敏", address="old@example.invalid"), office.person("乙")
    office.do(AskForAddress("new@example.invalid"), clerk)
    (letter,) = office.letters()
    assert letter["To"] == "new@example.invalid"
    token = letter.get_content().split("/settings/email/")[1].split()[0]
    for who, tried in ((thief, token), (clerk, "guessed")):
        with pytest.raises(Exception, match="链接已失效"):
            office.do(ConfirmAddress(tried), who)
    office.do(ConfirmAddress(token), clerk)
    with office.engine.reading() as session:
        assert session.get_one(User, clerk.user_id).email == "new@example.invalid"
    office.tell()
    assert sorted((one["To"], one["Subject"]) for one in office.letters()) == [
        ("new@example.invalid", "【社工】请确认邮箱地址"), ("new@example.invalid", "【社工】邮箱地址已变更"),
        ("old@example.invalid", "【社工】邮箱地址已变更"),
    ]  # fmt: skip
    with pytest.raises(Exception, match="链接已失效"):
        office.do(ConfirmAddress(token), clerk)
    office.do(RemoveAddress(), clerk)
    assert heard(office, clerk)[-1] == "邮箱地址已删除"


def test_a_link_is_over_after_a_day_and_not_sent_again_at_once(office: PostOffice) -> None:
    clerk = office.person("王敏")
    office.do(AskForAddress("new@example.invalid"), clerk)
    with pytest.raises(Invalid, match="刚刚发出"):
        office.do(AskForAddress("other@example.invalid"), clerk)
    token = office.letters()[0].get_content().split("/settings/email/")[1].split()[0]
    office.clock.advance(timedelta(hours=25))
    with pytest.raises(Exception, match="链接已失效"):
        office.do(ConfirmAddress(token), clerk)


def test_messages_are_counted_and_read_by_their_owner_alone(office: PostOffice) -> None:
    clerk, other = office.person("甲"), office.person("乙")
    office.deploy(in_a_row("a"))
    office.start("in_a_row")
    office.tell()
    office.do(MarkAllRead(10**6), other)
    with office.engine.reading() as session:
        assert (unread_count(session, clerk), unread_count(session, other)) == (1, 0)
        assert session.scalar(select(Notification.sorted_at).where(Notification.user_id == clerk.user_id)) is not None


def test_who_clears_his_list_need_not_clear_his_messages(both: PostOffice) -> None:
    clerk, other, reader = both.person("甲"), both.person("乙"), both.person("丙", "county_head")
    both.deploy(in_a_row("a", "b"))
    first = both.start("in_a_row", key="A-1")
    both.do(SendCopies(item_at(both, clerk, "a"), (reader.user_id or 0,)), clerk)
    both.start("in_a_row", key="A-2")
    both.do(UrgeCase(first), SYSTEM)
    assert (heard(both, clerk), heard(both, reader)) == (["催办", "新待办：办理a（2 件）"], ["抄送：办理a"])
    both.clock.advance(timedelta(minutes=1))
    urged, *_ = (row.work_item_id for row in both.todo(clerk) if row.instance_id == first)
    both.do(CompleteWorkItem(urged, "pass"), other)
    settle_notifications(both.engine)
    assert heard(both, clerk) == ["新待办：办理a（2 件）", "新待办：办理b"]
    sign(both, other, "a")
    with both.engine.reading() as session:
        (copy,) = my_copies(session, reader)
    both.do(MarkCopyRead(copy.copy_id), reader)
    assert settle_notifications(both.engine) == 3
    assert (heard(both, clerk), heard(both, reader)) == (["新待办：办理b（2 件）"], [])
    assert settle_notifications(both.engine) == 0


def test_read_messages_go_after_a_time_and_unread_ones_stay(office: PostOffice) -> None:
    clerk, other = office.person("甲"), office.person("乙")
    office.deploy(in_a_row("a"))
    office.start("in_a_row")
    office.tell()
    office.do(MarkAllRead(10**6), clerk)
    office.clock.advance(timedelta(days=office.engine.settings.read_notifications_days, seconds=1))
    office.do(Housekeeping(), SYSTEM)
    with office.engine.reading() as session:
        assert session.scalars(select(Notification.user_id)).all() == [other.user_id]


def test_the_bell_reads_a_small_index_whatever_was_read_before(office: PostOffice) -> None:
    query = "EXPLAIN QUERY PLAN SELECT id FROM notification WHERE user_id = 1 AND read_at IS NULL LIMIT 99"
    with office.engine.reading() as session:
        assert "ix_notification_unread" in str(session.execute(text(query)).all())


def test_only_times_that_are_offered_are_kept(office: PostOffice) -> None:
    with pytest.raises(Invalid, match="列出的时间"):
        office.do(SavePreferences({}, "03:00"), office.person("王敏"))
    with pytest.raises(Forbidden):
        office.do(SavePreferences({}), SYSTEM)
