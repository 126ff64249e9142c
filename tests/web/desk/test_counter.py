"""The counter as an officer uses it."""

import pytest

from engine.personnel.recruitment.registrations import Registration
from tests.process.office import Office
from tests.process.recruitment import Recruitment, id_number
from tests.web.desk.conftest import Desk


@pytest.fixture
def recruitment(office: Office) -> Recruitment:
    return Recruitment(office).open()


def test_an_officer_fills_in_for_somebody_without_a_phone(
    office: Office, desk: Desk, recruitment: Recruitment
) -> None:
    clerk, page = desk("county_clerk"), f"/desk/campaigns/{recruitment.number}/counter"
    begun = clerk.post(page, {"name": "周德福", "post_id": recruitment.row.posts[0].id}, page=page)
    step = begun.headers["Location"]
    typed = {
        "name": "周德福", "id_number": id_number(900), "phone": "", "emergency_phone": "13900000000", "nation": "汉族",
        "politics": "masses", "household": "household", "household_place": "清溪县", "address": "清溪县平安路 1 号",
    }  # fmt: skip
    answer = clerk.post(step, typed, page=step)
    assert answer.status_code == 302
    kept = office.read(lambda session: session.get_one(Registration, int(step.split("/")[3])))
    assert (kept.name, kept.phone) == ("周德福", None)
    assert "代为办理" in clerk.get(page).text
    assert desk("exam_officer").get(page).status_code == 403
