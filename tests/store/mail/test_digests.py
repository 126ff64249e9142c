"""The daily digest: what it says, when it comes, and that it comes once."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from engine.kernel.actor import SYSTEM
from engine.kernel.clock import CHINA
from engine.workflow.digests import DigestSent, ScheduleDigests
from engine.workflow.informing import AddComment, SendCopies
from engine.workflow.notification_kinds import FACTS, Choice, MailChoice
from engine.workflow.preferences import SavePreferences
from engine.workflow.tables import Job
from tests.store.mail.conftest import PostOffice
from tests.store.workflow.approving import in_a_row, item_at

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=CHINA)


def at(office: PostOffice, moment: datetime) -> list[str]:
    """The worker runs at that moment; texts of the digests that are there then."""
    office.clock.move_to(moment)
    office.work()
    office.tell()
    return [letter.get_content() for letter in office.letters() if "待办汇总" in letter["Subject"]]


def opened(office: PostOffice) -> PostOffice:
    office.clock.move_to(MONDAY - timedelta(days=3))
    office.deploy(in_a_row("a", "b", deadlineHours="24"))
    office.do(ScheduleDigests(), SYSTEM)
    return office


def test_a_digest_says_what_waits_what_is_late_what_is_new_and_what_was_copied(office: PostOffice) -> None:
    clerk = opened(office).mail_person("王敏")
    colleague = office.person("乙")
    case = office.start("in_a_row", key="A-1")
    office.clock.move_to(MONDAY - timedelta(hours=2))
    office.start("in_a_row", key="A-2")
    office.do(AddComment(case, "请看", tell=(clerk.user_id or 0,)), colleague)
    office.do(SendCopies(next(row.work_item_id for row in office.todo(colleague)), (clerk.user_id or 0,)), colleague)
    office.tell()
    assert at(office, MONDAY) == []
    (text,) = at(office, MONDAY + timedelta(minutes=30))
    for words in ("待办 2 件", "办理a：2 件（超期 1 件）", "已超期 1 件", "办理a　测试事项（A-1）", "新的消息",
                  "新的留言", "未读抄送 1 件", "https://shegong.example.invalid/settings"):  # fmt: skip
        assert words in text


def test_a_digest_comes_once_a_day_whatever_workers_do(both: PostOffice) -> None:
    opened(both).mail_person("王敏")
    both.start("in_a_row")
    both.do(ScheduleDigests(), SYSTEM)
    with both.engine.store.session() as session, session.begin():
        session.add(Job(kind="digest", payload={}, due_at=both.clock.now()))
    for minutes in (30, 31, 240, 600):
        assert len(at(both, MONDAY + timedelta(minutes=minutes))) == 1
    assert len(at(both, MONDAY + timedelta(days=1, minutes=30))) == 2
    with both.engine.reading() as session:
        assert session.scalar(select(func.count()).select_from(Job).where(Job.kind == "digest")) == 1


def test_a_worker_that_was_down_in_the_morning_sends_it_later_the_same_day(office: PostOffice) -> None:
    opened(office).mail_person("王敏")
    office.start("in_a_row")
    assert len(at(office, MONDAY + timedelta(hours=7))) == 1


def test_no_digest_on_days_off_and_none_without_anything_to_say(office: PostOffice) -> None:
    opened(office).mail_person("王敏")
    office.start("in_a_row")
    assert at(office, MONDAY - timedelta(days=1)) == []  # a Sunday
    office.mail_person("乙", "county_head", "yi@example.invalid")
    assert len(at(office, MONDAY + timedelta(hours=1))) == 1
    with office.engine.reading() as session:
        assert session.scalar(select(func.count()).select_from(DigestSent).where(~DigestSent.posted)) == 1


def test_the_time_is_each_persons_own_and_who_wants_none_gets_none(office: PostOffice) -> None:
    noon, never = opened(office).mail_person("甲"), office.mail_person("乙", address="yi@example.invalid")
    office.do(SavePreferences({}, "12:00"), noon)
    office.do(SavePreferences(dict.fromkeys(FACTS, Choice(True, MailChoice.NEVER))), never)
    office.start("in_a_row")
    assert at(office, MONDAY + timedelta(hours=1)) == []
    assert len(at(office, MONDAY + timedelta(hours=4))) == 1


def test_a_confidential_process_is_a_number_in_a_digest(office: PostOffice) -> None:
    office.clock.move_to(MONDAY - timedelta(days=3))
    officer = office.mail_person("严正", "discipline_officer")
    drawing = in_a_row("a", groups="discipline_officer", deadlineHours="24")
    drawing.properties["readers"] = "discipline_officer"
    office.deploy(drawing)
    office.do(ScheduleDigests(), SYSTEM)
    office.start("in_a_row")
    (text,) = at(office, MONDAY + timedelta(hours=1))
    assert "保密事项：1 件" in text
    assert not any(word in text for word in ("测试事项", "A-1", "办理a"))
    assert item_at(office, officer, "a")
