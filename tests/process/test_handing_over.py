"""Recruitment work that is handed over: the system carries out what the one who decides has signed, nothing else."""

import pytest
from sqlalchemy import select

from engine.kernel.errors import Forbidden
from engine.personnel.recruitment.registrations import RegistrationReview
from engine.personnel.recruitment.states import RegistrationState
from engine.workflow.going_back import SendBack
from engine.workflow.handing_over import DelegateWorkItem, TransferWorkItem
from engine.workflow.signers import AddSignersAfter, AddSignersBefore
from engine.workflow.work_items import CompleteWorkItem
from tests.process.office import Office
from tests.process.recruitment import Applicant, Recruitment


def item_of(office: Office, applicant: Applicant, by: str, node: str = "first_review") -> int:
    return office.open_item(applicant.number, node, office.staff[by])


def id_of(office: Office, name: str) -> int:
    found = office.staff[name].user_id
    assert found is not None
    return found


def reviews(office: Office) -> list[tuple[int | None, str]]:
    return office.read(lambda session: [(row.reviewer_id, row.opinion) for row in session.scalars(
        select(RegistrationReview).order_by(RegistrationReview.id))])  # fmt: skip


def submitted(recruitment: Recruitment) -> Applicant:
    applicant = recruitment.applicant()
    applicant.submit()
    return applicant


def test_the_words_of_who_was_only_asked_decide_nothing(recruitment: Recruitment) -> None:
    office, applicant = recruitment.office, submitted(recruitment)
    first = item_of(office, applicant, "county_reviewer")
    office.do(DelegateWorkItem(first, id_of(office, "exam_officer"), "学历请核"), "county_reviewer")
    office.do(CompleteWorkItem(item_of(office, applicant, "exam_officer"), None, "学历不符"), "exam_officer")
    office.do(AddSignersBefore(first, (id_of(office, "county_clerk"),), "请看"), "county_reviewer")
    office.do(CompleteWorkItem(item_of(office, applicant, "county_clerk"), "reject", "不同意"), "county_clerk")
    assert applicant.state() == RegistrationState.SUBMITTED
    applicant.handled("county_reviewer", "first_review", "pass", "经核实符合")
    assert applicant.state() == RegistrationState.PASSED
    assert reviews(office) == [(id_of(office, "county_reviewer"), "经核实符合")]


def test_who_was_given_the_review_signs_it(recruitment: Recruitment) -> None:
    office, applicant = recruitment.office, submitted(recruitment)
    first = item_of(office, applicant, "county_reviewer")
    office.do(TransferWorkItem(first, id_of(office, "second_reviewer"), "出差"), "county_reviewer")
    applicant.handled("second_reviewer", "first_review", "pass", "符合")
    assert reviews(office) == [(id_of(office, "second_reviewer"), "符合")]


def test_a_refusal_behind_a_review_is_what_counts(recruitment: Recruitment) -> None:
    office, applicant = recruitment.office, submitted(recruitment)
    first = item_of(office, applicant, "county_reviewer")
    behind = AddSignersAfter(first, (id_of(office, "second_reviewer"),), "pass", "符合")
    office.do(behind, "county_reviewer")
    assert applicant.state() == RegistrationState.SUBMITTED
    applicant.handled("second_reviewer", "first_review", "reject", "专业不符")
    assert applicant.state() == RegistrationState.REJECTED
    assert reviews(office) == [(id_of(office, "second_reviewer"), "专业不符")]


def test_a_review_is_sent_back_only_on_the_way_that_is_drawn(recruitment: Recruitment) -> None:
    office, applicant = recruitment.office, submitted(recruitment)
    with pytest.raises(Forbidden):
        office.do(SendBack(item_of(office, applicant, "county_reviewer"), "revise_application", "x"), "county_reviewer")
    assert applicant.open_nodes() == ["first_review"]
