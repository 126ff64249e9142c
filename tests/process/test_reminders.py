"""Applicants hear of a window that closes while they still have something to do."""

from datetime import timedelta

from sqlalchemy import select

from engine.delegates.recruitment.commands import MoveCampaignDate, PrintTicket
from engine.delegates.recruitment.reminders import remind_applicants
from engine.workflow.tables import Notification
from tests.process.office import Office
from tests.process.recruitment import Applicant, Recruitment

DAY = timedelta(days=1)


def night(office: Office) -> None:
    """The daily job, and what follows from it."""
    office.prepare(remind_applicants)
    office.work()


def warned(office: Office, applicant: Applicant) -> list[str]:
    """What he was told of windows that close, without the name of the campaign."""
    query = select(Notification).where(
        Notification.user_id == applicant.actor.user_id, Notification.template == "deadline_warning"
    )
    return office.read(lambda session: [
        row.title.partition("（")[0] for row in session.scalars(query.order_by(Notification.id))
    ])  # fmt: skip


def test_who_has_not_handed_in_or_corrected_is_warned_once(recruitment: Recruitment, office: Office) -> None:
    drafting, returned, waiting = recruitment.applicant(), recruitment.applicant(), recruitment.applicant()
    returned.submit()
    waiting.submit()
    returned.handled("county_reviewer", "first_review", "return", "请补正")
    closes = recruitment.row.reg_closes_at
    office.move_to(closes - 3 * DAY)
    night(office)
    assert warned(office, drafting) == []
    office.move_to(closes - DAY)
    night(office)
    night(office)
    assert [len(warned(office, each)) for each in (drafting, returned, waiting)] == [1, 1, 0]
    assert warned(office, drafting)[0].startswith("报名表还没有提交，")
    assert warned(office, returned)[0].startswith("报名材料还没有补正，")
    office.do(MoveCampaignDate(recruitment.row.id, "reg_closes_at", closes + DAY, "人数不足", False), "county_clerk")
    night(office)
    assert len(warned(office, returned)) == 2


def test_who_has_not_printed_his_ticket_is_warned_before_it_is_too_late(
    recruitment: Recruitment, office: Office
) -> None:
    printed, late = recruitment.admitted(), recruitment.admitted()
    recruitment.close_registration()
    recruitment.seat()
    office.do(PrintTicket(printed.registration_id), printed.actor)
    office.move_to(recruitment.row.tickets_until - DAY)
    night(office)
    assert (warned(office, printed), len(warned(office, late))) == ([], 1)
    assert warned(office, late)[0].startswith("准考证还没有打印，")
    office.move_to(recruitment.row.tickets_until)
    night(office)
    assert len(warned(office, late)) == 1
