"""One work item: what is shown, deciding it, what comes next, and whose it is."""

from flask import Flask
from sqlalchemy import func, select

from engine.personnel.recruitment.applicant import SaveRegistrationDraft
from engine.personnel.recruitment.registrations import Registration, RegistrationReview
from engine.personnel.recruitment.states import RegistrationState
from engine.workflow.tables import Submission, WorkItemDraft
from tests.visitor import SignIn, Visitor
from tests.web.worklist.stage import Stage


def first_review(stage: Stage, place: int = 0) -> str:
    return f"/worklist/items/{stage.item(stage.applicants[place].number, 'first_review')}"


def state_of(stage: Stage, place: int = 0) -> RegistrationState:
    with stage.engine.reading() as session:
        return session.get_one(Registration, stage.applicants[place].registration_id).state


def test_a_reviewer_reads_the_form_the_checks_and_the_clause(stage: Stage, sign_in: SignIn) -> None:
    applicant = stage.applicants[0]
    page = sign_in("county_reviewer").get(first_review(stage))
    assert page.status_code == 200
    assert applicant.person.name in page.text
    assert "系统核对" in page.text
    assert "依据：第4条、第5条" in page.text
    assert "剩 1 个工作日" in page.text


def test_numbers_are_masked_until_somebody_asks_and_then_it_is_noted(stage: Stage, sign_in: SignIn) -> None:
    applicant = stage.applicants[0]
    visitor = sign_in("county_reviewer")
    page = visitor.get(first_review(stage))
    assert applicant.person.id_number not in page.text
    assert applicant.person.phone not in page.text
    shown = visitor.post(f"/worklist/cases/{stage.case(applicant.number)}/reveal/id_number")
    assert applicant.person.id_number in shown.text


def test_only_sealed_fields_can_be_revealed(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("county_reviewer")
    visitor.get(first_review(stage))
    case = stage.case(stage.applicants[0].number)
    assert visitor.post(f"/worklist/cases/{case}/reveal/resume").status_code == 404


def test_passing_leads_to_the_next_item_which_is_then_taken(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("county_reviewer")
    answer = visitor.post(
        first_review(stage), {"decision": "pass", "opinion": "符合", "_go_on": "1"}, page=first_review(stage)
    )
    assert answer.status_code == 302
    assert state_of(stage) is RegistrationState.PASSED
    following = visitor.get(answer.headers["Location"])
    assert "第 2 件，余 1 件" in following.text
    assert "江若云 办理中" in following.text


def test_two_reviewers_who_clear_one_queue_are_never_led_to_the_same_item(stage: Stage, sign_in: SignIn) -> None:
    stage.registers()
    one, other = sign_in("county_reviewer"), sign_in("county_reviewer2")
    form = {"decision": "pass", "opinion": "", "_go_on": "1"}
    first = one.post(first_review(stage, 0), form, page=first_review(stage, 0)).headers["Location"]
    second = other.post(first_review(stage, 2), form, page=first_review(stage, 2)).headers["Location"]
    assert first.split("?")[0] != second.split("?")[0]


def test_without_going_on_the_list_of_the_step_is_shown(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("county_reviewer")
    answer = visitor.post(first_review(stage), {"decision": "pass"}, page=first_review(stage))
    assert answer.headers["Location"].startswith("/worklist/?")


def test_returning_with_remarks_needs_no_further_opinion_and_reaches_the_applicant(
    stage: Stage, sign_in: SignIn
) -> None:
    visitor = sign_in("county_reviewer")
    form = {"decision": "return", "opinion": "", "remarks-school": "与证书不一致", "remarks-attachment_diploma": "重拍"}
    assert visitor.post(first_review(stage), form, page=first_review(stage)).status_code == 302
    with stage.engine.reading() as session:
        review = session.scalars(select(RegistrationReview)).one()
    assert review.remarks == {"school": "与证书不一致", "attachment_diploma": "重拍"}
    assert review.opinion


def test_the_next_reviewer_sees_what_has_changed_since_the_last_review(stage: Stage, sign_in: SignIn) -> None:
    applicant = stage.applicants[0]
    visitor = sign_in("county_reviewer")
    visitor.post(first_review(stage), {"decision": "return", "remarks-school": "请核对"}, page=first_review(stage))
    with stage.engine.reading() as session:
        row = session.get_one(Registration, applicant.registration_id)
        before, campaign = row.details["school"], row.campaign_id
    change = SaveRegistrationDraft(campaign, {"school": "江澜新学院", "phone": "13900001111"})
    stage.story.do(change, applicant.actor)
    stage.story.act(applicant.actor, applicant.number, "revise_application", "resubmit")
    page = visitor.get(first_review(stage)).text
    assert f"原为：{before}" in page
    assert "上次批注：请核对" in page
    assert page.count("已修改") == 2
    assert "13900001111" not in page


def test_rejecting_without_an_opinion_is_refused_beside_the_field_and_keeps_the_remarks(
    stage: Stage, sign_in: SignIn
) -> None:
    visitor = sign_in("county_reviewer")
    form = {"decision": "reject", "opinion": "", "remarks-school": "与证书不一致"}
    answer = visitor.post(first_review(stage), form, page=first_review(stage))
    assert answer.status_code == 422
    assert "必须填写意见" in answer.text
    assert 'value="与证书不一致"' in answer.text
    assert state_of(stage) is RegistrationState.SUBMITTED


def test_a_decision_the_step_does_not_offer_is_refused(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("county_reviewer")
    answer = visitor.post(first_review(stage), {"decision": "hire", "opinion": "x"}, page=first_review(stage))
    assert answer.status_code == 422
    assert "请选择办理结果" in answer.text


def test_a_second_reviewer_is_told_who_was_first_and_offered_the_next(stage: Stage, sign_in: SignIn) -> None:
    one, other = sign_in("county_reviewer"), sign_in("county_reviewer2")
    other.get(first_review(stage))
    keys = other.hidden()
    one.post(first_review(stage), {"decision": "pass"}, page=first_review(stage))
    answer = other.client.post(
        first_review(stage), data={**keys, "decision": "reject", "opinion": "学历不符"},
        headers={"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"},
    )  # fmt: skip
    assert answer.status_code == 409
    assert "看下一件" in answer.text
    assert "学历不符" in answer.text
    assert state_of(stage) is RegistrationState.PASSED
    page = other.get(first_review(stage))
    assert "江若云已于" in page.text


def test_a_form_sent_twice_counts_once(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("county_reviewer")
    visitor.get(first_review(stage))
    form = {**visitor.hidden(), "decision": "pass", "opinion": "符合"}
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    visitor.client.post(first_review(stage), data=form, headers=headers)
    visitor.client.post(first_review(stage), data=form, headers=headers)
    with stage.engine.reading() as session:
        query = select(func.count()).select_from(Submission).where(Submission.node_id == "first_review")
        assert session.scalar(query) == 1


def test_what_was_typed_comes_back_as_a_draft(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("county_reviewer")
    visitor.get(first_review(stage))
    form = {"opinion": "材料待核", "remarks-school": "请核对"}
    assert visitor.post(f"{first_review(stage)}/draft", form).status_code == 204
    page = visitor.get(first_review(stage))
    assert "材料待核" in page.text
    assert 'value="请核对"' in page.text
    with stage.engine.reading() as session:
        assert "_csrf" not in session.scalars(select(WorkItemDraft)).one().content
    assert "材料待核" not in sign_in("county_reviewer2").get(first_review(stage)).text


def test_an_opinion_written_before_is_offered_again(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("county_reviewer")
    visitor.post(first_review(stage), {"decision": "pass", "opinion": "证书已核对"}, page=first_review(stage))
    assert "证书已核对" in visitor.get(first_review(stage, 1)).text
    assert "证书已核对" not in sign_in("county_reviewer2").get(first_review(stage, 1)).text


def test_an_item_is_claimed_and_put_back(stage: Stage, sign_in: SignIn) -> None:
    visitor, colleague = sign_in("county_reviewer"), sign_in("county_reviewer2")
    visitor.post(f"{first_review(stage)}/claim", page=first_review(stage))
    seen = colleague.get(first_review(stage))
    assert "此件正由江若云办理" in seen.text
    assert 'name="decision"' not in seen.text
    visitor.post(f"{first_review(stage)}/release", page=first_review(stage))
    assert 'name="decision"' in colleague.get(first_review(stage)).text


def test_skipping_changes_nothing(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("county_reviewer")
    answer = visitor.get(f"{first_review(stage)}/next?n=1")
    assert answer.status_code == 302
    assert first_review(stage) not in answer.headers["Location"]
    assert 'name="decision"' in sign_in("county_reviewer2").get(answer.headers["Location"]).text


def test_other_peoples_items_and_cases_do_not_exist(stage: Stage, sign_in: SignIn) -> None:
    stranger = sign_in("street_clerk2")
    case = stage.case(stage.applicants[0].number)
    for path in (
        first_review(stage), f"{first_review(stage)}/next", f"/worklist/cases/{case}",
        f"/worklist/cases/{case}/print", f"/worklist/cases/{case}/diagram.bpmn", "/worklist/items/999999",
    ):  # fmt: skip
        assert stranger.get(path).status_code == 404, path
    stranger.get("/worklist/home")
    for path in (
        first_review(stage), f"{first_review(stage)}/claim", f"{first_review(stage)}/draft",
        f"{first_review(stage)}/release", f"/worklist/cases/{case}/reveal/id_number",
        f"/worklist/cases/{case}/operations/terminate",
    ):  # fmt: skip
        assert stranger.post(path, {"decision": "pass", "reason": "x"}, page="/worklist/home").status_code == 404, path
    assert state_of(stage) is RegistrationState.SUBMITTED


def test_a_file_is_shown_with_its_own_case_only(stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in("county_reviewer")
    mine, other = (stage.case(stage.applicants[place].number) for place in (0, 1))
    with stage.engine.reading() as session:
        row = session.get_one(Registration, stage.applicants[0].registration_id)
        file_id = row.attachments[0].file_id
    answer = visitor.get(f"/worklist/cases/{mine}/files/{file_id}")
    assert answer.status_code == 200
    assert answer.mimetype == "image/jpeg"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert visitor.get(f"/worklist/cases/{other}/files/{file_id}").status_code == 404
    assert sign_in("street_clerk2").get(f"/worklist/cases/{mine}/files/{file_id}").status_code == 404


def test_applicants_have_no_part_in_the_officers_pages(stage: Stage, app: Flask) -> None:
    applicant = Visitor(app)
    applicant.sign_in(stage.applicants[0].person.phone)
    assert applicant.get(first_review(stage)).status_code == 403
    assert applicant.get("/worklist/").status_code == 403
