"""One work item: what is shown, deciding it, and what comes next."""

from tests.web.worklist.conftest import SignIn
from tests.web.worklist.stage import Stage


def test_a_reviewer_reads_the_form_the_checks_and_the_clause(stage: Stage, sign_in: SignIn) -> None:
    applicant = stage.applicants[0]
    page = sign_in("county_reviewer").get(f"/worklist/items/{stage.item(applicant.number, 'first_review')}")
    assert page.status_code == 200
    assert applicant.person.name in page.text
    assert "系统核对" in page.text
    assert "依据：第4条、第5条" in page.text
    assert applicant.person.id_number not in page.text
