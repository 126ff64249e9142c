"""Following a registration, acting on it, and keeping others out."""

import pytest
from sqlalchemy import select

from engine.kernel.command import CommandContext
from engine.personnel.recruitment.campaigns import CampaignPost
from engine.personnel.recruitment.outcomes import Objection
from engine.personnel.recruitment.states import RegistrationState
from engine.workflow.tables import Notification
from tests.process.recruitment import Applicant, Recruitment
from tests.visitor import Visitor
from tests.web.applicant.conftest import SignedIn
from tests.web.applicant.people import PLEDGE, give_photo

PAGES = ["", *"/form/post /form/check /form/materials /receipt /diagram /ticket /ticket.pdf /waiver".split()]
REASON = "我的学历证书已经教育部门认证，请重新审核。"


@pytest.mark.parametrize("page", PAGES)
def test_somebody_elses_registration_does_not_exist(
    newcomer: Visitor, recruitment: Recruitment, page: str
) -> None:
    other = recruitment.applicant()
    other.submit()
    assert newcomer.get(_page(other) + page).status_code == 404


def test_somebody_elses_file_does_not_exist(newcomer: Visitor, recruitment: Recruitment, signed_in: SignedIn) -> None:
    other = recruitment.applicant()
    photo = give_photo(other)
    assert newcomer.get(f"{_page(other)}/files/{photo}").status_code == 404
    assert signed_in(other).get(f"{_page(other)}/files/{photo}").status_code == 200


@pytest.mark.parametrize("act", ["withdrawal", "waiver", "appeal", "acceptance", "score-check", "ticket/printing"])
def test_nobody_acts_on_somebody_elses_registration(newcomer: Visitor, recruitment: Recruitment, act: str) -> None:
    other = recruitment.applicant()
    other.submit()
    newcomer.get("/my/account")
    assert newcomer.post(f"{_page(other)}/{act}", {"reason": "x", "certain": "y", "text": REASON}).status_code == 404
    assert other.state() is RegistrationState.SUBMITTED


def test_somebody_elses_message_does_not_exist(
    newcomer: Visitor, recruitment: Recruitment, signed_in: SignedIn
) -> None:
    recruitment.admitted()
    message = recruitment.office.read(lambda session: session.scalars(select(Notification.id)).first())
    newcomer.get("/notifications")
    assert newcomer.post(f"/notifications/{message}/read").status_code == 404


def test_a_visitor_is_asked_to_sign_in(visitor: Visitor, recruitment: Recruitment) -> None:
    answer = visitor.get("/my/applications")
    assert answer.status_code == 302
    assert "/login" in answer.location


def test_what_is_asked_of_the_applicant_stands_on_top(recruitment: Recruitment, signed_in: SignedIn) -> None:
    applicant = recruitment.applicant()
    applicant.submit()
    applicant.handled("county_reviewer", "first_review", "return", "材料不清晰", remarks={"school": "请写全称"})
    visitor = signed_in(applicant)
    visitor.get(_page(applicant))
    assert "现在请您：补正报名表" in visitor.page
    assert "材料不清晰" in visitor.page


def test_the_reviewers_remark_stands_beside_its_field(recruitment: Recruitment, signed_in: SignedIn) -> None:
    applicant = _returned(recruitment)
    visitor = signed_in(applicant)
    visitor.get(f"{_page(applicant)}/form/background")
    field = visitor.page.partition('data-field="school"')[2]
    assert "请写全称" in field[:200]


def test_a_corrected_form_is_handed_in_again(recruitment: Recruitment, signed_in: SignedIn) -> None:
    applicant = _returned(recruitment)
    visitor = signed_in(applicant)
    check = f"{_page(applicant)}/form/check"
    assert visitor.post(check, PLEDGE, page=check).status_code == 302, visitor.page
    assert applicant.state() is RegistrationState.SUBMITTED


def test_a_form_that_has_passed_can_no_longer_be_changed(recruitment: Recruitment, signed_in: SignedIn) -> None:
    applicant = recruitment.admitted()
    visitor = signed_in(applicant)
    assert visitor.get(f"{_page(applicant)}/form/person").status_code == 409
    assert "初审通过" in visitor.page


def test_a_rejected_applicant_may_choose_another_post(recruitment: Recruitment, signed_in: SignedIn) -> None:
    applicant = _rejected(recruitment)
    visitor = signed_in(applicant)
    other = recruitment.row.posts[1].id
    step = f"{_page(applicant)}/form/post"
    visitor.post(step, {"post_id": other}, page=step)
    check = f"{_page(applicant)}/form/check"
    visitor.post(check, PLEDGE, page=check)
    assert (applicant.state(), applicant.row.post_id) == (RegistrationState.SUBMITTED, other)


def test_an_appeal_needs_reasons_and_goes_to_somebody_else(recruitment: Recruitment, signed_in: SignedIn) -> None:
    applicant = _rejected(recruitment)
    visitor = signed_in(applicant)
    page = f"{_page(applicant)}/appeal"
    assert visitor.post(page, {"text": "不服"}, page=page).status_code == 422
    assert visitor.post(page, {"text": REASON}).status_code == 302
    assert (applicant.state(), applicant.open_nodes()) == (RegistrationState.APPEALING, ["appeal_review"])


def test_a_registration_is_withdrawn_before_it_is_admitted(recruitment: Recruitment, signed_in: SignedIn) -> None:
    applicant = recruitment.applicant()
    applicant.submit()
    visitor = signed_in(applicant)
    visitor.post(f"{_page(applicant)}/withdrawal", page=_page(applicant))
    visitor.get(_page(applicant))
    assert "撤回正在办理" in visitor.page
    recruitment.office.work()
    assert applicant.state() is RegistrationState.WITHDRAWN


def test_giving_up_says_its_consequence_and_needs_to_be_meant(recruitment: Recruitment, signed_in: SignedIn) -> None:
    applicant = recruitment.admitted()
    visitor = signed_in(applicant)
    page = f"{_page(applicant)}/waiver"
    visitor.get(page)
    assert "不能恢复" in visitor.page
    assert visitor.post(page, {"reason": "另有工作"}).status_code == 422
    assert visitor.post(page, {"reason": "另有工作", "certain": "y"}).status_code == 302
    recruitment.office.work()
    assert applicant.state() is RegistrationState.WAIVED


def test_who_chose_a_cancelled_post_chooses_another_one(recruitment: Recruitment, signed_in: SignedIn) -> None:
    _ask_for_two_applicants_a_head(recruitment)
    left = recruitment.admitted(1, emergency_phone="13912340000")
    for _ in range(2):
        recruitment.admitted(0)
    recruitment.close_registration()
    assert left.state() is RegistrationState.POST_CANCELLED
    visitor = signed_in(left)
    visitor.get(_page(left))
    assert "现在请您：改报其他岗位" in visitor.page
    step = f"{_page(left)}/form/post"
    visitor.get(step)
    assert "社区工作者2" not in visitor.page
    visitor.post(step, {"post_id": recruitment.row.posts[0].id})
    check = f"{_page(left)}/form/check"
    assert visitor.post(check, PLEDGE, page=check).status_code == 302, visitor.page
    assert (left.state(), left.row.post_id) == (RegistrationState.SUBMITTED, recruitment.row.posts[0].id)


def test_a_failed_recheck_may_be_answered_and_goes_to_somebody_else(
    recruitment: Recruitment, signed_in: SignedIn
) -> None:
    applicant = recruitment.admitted()
    recruitment.close_registration()
    recruitment.seat()
    recruitment.examine({applicant: "70"})
    recruitment.shortlist()
    applicant.handled("county_reviewer", "recheck", "fail", "毕业证书与填报不一致")
    visitor = signed_in(applicant)
    visitor.get(_page(applicant))
    assert "现在请您：陈述申辩" in visitor.page
    assert "毕业证书与填报不一致" in visitor.page
    page = f"{_page(applicant)}/defence"
    assert visitor.post(page, {"text": REASON}, page=page).status_code == 302
    assert applicant.open_nodes() == ["decide_defence"]


def test_the_same_form_sent_twice_counts_once(recruitment: Recruitment, signed_in: SignedIn) -> None:
    applicant = _rejected(recruitment)
    visitor = signed_in(applicant)
    page = f"{_page(applicant)}/appeal"
    visitor.get(page)
    sent = {**visitor.hidden(), "text": REASON}
    first = visitor.post(page, sent)
    assert first.status_code == 302
    assert visitor.post(page, sent).status_code == 409
    assert applicant.state() is RegistrationState.APPEALING


def test_printing_the_ticket_confirms_and_gives_a_pdf_with_the_seat(
    recruitment: Recruitment, signed_in: SignedIn
) -> None:
    applicant = recruitment.applicant()
    give_photo(applicant)
    applicant.submit()
    applicant.handled("county_reviewer", "first_review", "pass", "")
    visitor = signed_in(applicant)
    assert visitor.get(f"{_page(applicant)}/ticket").status_code == 409
    recruitment.close_registration()
    recruitment.seat()
    visitor = signed_in(applicant)
    visitor.get(f"{_page(applicant)}/ticket")
    assert "第一考场" in visitor.page
    assert visitor.get(f"{_page(applicant)}/ticket.pdf").status_code == 409
    visitor.get(f"{_page(applicant)}/ticket")
    answer = visitor.post(f"{_page(applicant)}/ticket/printing")
    ticket = visitor.get(answer.location)
    assert ticket.data.startswith(b"%PDF-")
    assert applicant.state() is RegistrationState.TICKET_PRINTED


def test_a_score_shows_how_it_came_about_and_may_be_queried(recruitment: Recruitment, signed_in: SignedIn) -> None:
    applicant = recruitment.admitted(0, certificate="middle", bonus_claimed=True)
    recruitment.close_registration()
    recruitment.seat()
    recruitment.examine({applicant: "70"})
    visitor = signed_in(applicant)
    visitor.get(_page(applicant))
    assert "70.00" not in visitor.page
    recruitment.act("county_clerk", "release_written", "release")
    visitor.get(_page(applicant))
    assert "卷面 70.00，加分 2.00" in visitor.page
    page = f"{_page(applicant)}/score-check"
    assert visitor.post(page, {"text": "请核对主观题是否漏评，谢谢。"}, page=page).status_code == 302
    assert len(recruitment.office.read(lambda session: list(session.scalars(select(Objection))))) == 1


def test_the_progress_diagram_marks_where_the_case_is(recruitment: Recruitment, signed_in: SignedIn) -> None:
    applicant = recruitment.applicant()
    applicant.submit()
    visitor = signed_in(applicant)
    visitor.get(_page(applicant))
    assert "first_review" in visitor.page
    drawing = visitor.get(f"{_page(applicant)}/diagram")
    assert b"recruitment_registration" in drawing.data


def test_messages_are_counted_until_they_are_seen(recruitment: Recruitment, signed_in: SignedIn) -> None:
    applicant = recruitment.admitted()
    visitor = signed_in(applicant)
    visitor.get("/notifications")
    assert "资格初审：通过" in visitor.page
    assert '<span class="count">' in visitor.page
    visitor.post("/notifications/read")
    visitor.get("/notifications")
    assert '<span class="count">' not in visitor.page


def test_the_account_page_masks_the_phone(newcomer: Visitor) -> None:
    newcomer.get("/my/account")
    assert "王芳" in newcomer.page


def _page(applicant: Applicant) -> str:
    return f"/my/applications/{applicant.registration_id}"


def _returned(recruitment: Recruitment) -> Applicant:
    applicant = recruitment.applicant(emergency_phone="13912340000")
    applicant.submit()
    applicant.handled("county_reviewer", "first_review", "return", "请补正", remarks={"school": "请写全称"})
    return applicant


def _ask_for_two_applicants_a_head(recruitment: Recruitment) -> None:
    def change(context: CommandContext) -> None:
        for post in context.session.scalars(select(CampaignPost)):
            post.opening_ratio = 2

    recruitment.office.prepare(change)


def _rejected(recruitment: Recruitment) -> Applicant:
    applicant = recruitment.applicant()
    applicant.submit()
    applicant.handled("county_reviewer", "first_review", "reject", "学历不符")
    return applicant
