"""Every path from the admission ticket to the shortlist."""

import pytest

from engine.delegates.recruitment.commands import PrintTicket, RaiseObjection
from engine.kernel.errors import Invalid
from engine.personnel.recruitment.notices import latest_notice
from engine.personnel.recruitment.objections import Complaint
from engine.personnel.recruitment.outcomes import NoticeKind
from engine.personnel.recruitment.states import CampaignState, RegistrationState
from tests.process.office import Office
from tests.process.recruitment import Applicant, Recruitment


def seated(recruitment: Recruitment, *applicants: Applicant) -> None:
    recruitment.close_registration()
    recruitment.seat()
    for applicant in applicants:
        assert applicant.state() == RegistrationState.CONFIRMED


def test_who_does_not_print_the_ticket_waives(recruitment: Recruitment) -> None:
    here, gone = recruitment.admitted(), recruitment.admitted()
    seated(recruitment, here, gone)
    recruitment.examine({here: 70})
    assert (gone.state(), gone.outcome) == (RegistrationState.WAIVED, "笔试止步")
    assert "未在规定时间内打印准考证" in gone.row.ended_reason


def test_printing_the_ticket_again_changes_nothing(recruitment: Recruitment, office: Office) -> None:
    applicant = recruitment.admitted()
    seated(recruitment, applicant)
    for _ in range(2):
        office.do(PrintTicket(applicant.registration_id), applicant.actor)
        office.work()
    assert applicant.state() == RegistrationState.TICKET_PRINTED


def test_too_few_seats_are_refused_to_the_exam_desk_at_once(recruitment: Recruitment) -> None:
    recruitment.admitted()
    recruitment.close_registration()
    with pytest.raises(Invalid):
        recruitment.act("exam_officer", "arrange_rooms", "arranged", seed="20261123")
    assert recruitment.office.open_nodes(recruitment.number) == ["arrange_rooms"]


def test_absent_and_failed_end_and_the_rest_goes_on(recruitment: Recruitment) -> None:
    passed, failed, absent = recruitment.admitted(), recruitment.admitted(), recruitment.admitted()
    seated(recruitment, passed, failed, absent)
    recruitment.examine({passed: 66, failed: "49.99", absent: None})
    recruitment.shortlist()
    assert (passed.state(), passed.open_nodes()) == (RegistrationState.SHORTLISTED, ["recheck"])
    assert (failed.state(), failed.outcome) == (RegistrationState.WRITTEN_FAIL, "笔试止步")
    assert (absent.state(), absent.outcome) == (RegistrationState.ABSENT, "笔试止步")


def test_scores_are_complete_before_they_are_settled(recruitment: Recruitment) -> None:
    one, other = recruitment.admitted(), recruitment.admitted()
    seated(recruitment, one, other)
    for applicant in (one, other):
        recruitment.office.do(PrintTicket(applicant.registration_id), applicant.actor)
    recruitment.office.work()
    recruitment.move_to("tickets_until")
    recruitment.move_to("written_at")
    recruitment.import_written({one: 80})
    with pytest.raises(Invalid):
        recruitment.act("exam_officer", "import_written", "imported")
    recruitment.import_written({other: None})
    recruitment.act("exam_officer", "import_written", "imported")
    assert recruitment.state() == CampaignState.WRITTEN_DONE


def test_everybody_who_ties_with_the_last_place_enters(recruitment: Recruitment) -> None:
    best, tied, also_tied, below = (recruitment.admitted() for _ in range(4))
    seated(recruitment, best, tied, also_tied, below)
    recruitment.examine({best: 90, tied: 71, also_tied: 71, below: 70})
    recruitment.shortlist()
    states = [applicant.state() for applicant in (best, tied, also_tied, below)]
    assert states == [RegistrationState.SHORTLISTED] * 3 + [RegistrationState.SUBSTITUTE]


def test_a_query_about_a_score_is_answered_before_the_shortlist(recruitment: Recruitment, office: Office) -> None:
    one, other, third = recruitment.admitted(), recruitment.admitted(), recruitment.admitted()
    seated(recruitment, one, other, third)
    recruitment.examine({one: 80, other: 75, third: 45})
    recruitment.act("county_clerk", "release_written", "release")
    notice = office.read(lambda session: latest_notice(session, recruitment.row.id, NoticeKind.WRITTEN))
    assert notice is not None
    complaint = Complaint(notice.id, str(third.row.exam_number), "本人", "13800000000", "申请复核笔试成绩")
    objection = office.do(RaiseObjection(complaint), third.actor)
    recruitment.pass_workdays(5)
    assert office.open_nodes(recruitment.number) == ["answer_queries"]
    with pytest.raises(Invalid):
        recruitment.act("exam_officer", "answer_queries", "answered")
    recruitment.import_written({third: 85})
    answers = {str(objection): {"finding": "upheld", "text": "漏登 40 分，已更正"}}
    recruitment.act("exam_officer", "answer_queries", "answered", answers=answers)
    states = [applicant.state() for applicant in (one, other, third)]
    assert states == [RegistrationState.SHORTLISTED, RegistrationState.SUBSTITUTE, RegistrationState.SHORTLISTED]


def test_bonus_points_count_for_the_pass_line(recruitment: Recruitment) -> None:
    applicant = recruitment.admitted(certificate="senior", bonus_claimed=True)
    seated(recruitment, applicant)
    recruitment.examine({applicant: 48})
    recruitment.shortlist()
    assert (applicant.state(), str(applicant.row.written_final)) == (RegistrationState.SHORTLISTED, "51.00")
