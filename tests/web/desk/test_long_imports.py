"""A long spreadsheet: real counts, left and come back to, and everything counts in one moment."""

import io

import pytest
from sqlalchemy import select

from engine.kernel.actor import SYSTEM
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict
from engine.personnel.recruitment import results
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.results import latest_written
from engine.personnel.recruitment.sheet_imports import ImportState, SheetImport
from engine.personnel.recruitment.states import RegistrationState
from engine.personnel.spreadsheets import SheetToWrite, write_workbook
from engine.workflow.jobs import ClaimJobs, RunJob
from tests.process.office import Office
from tests.process.recruitment import Recruitment
from tests.visitor import Visitor
from tests.web.desk.conftest import Desk, crowd

PEOPLE = 1_200


@pytest.fixture
def recruitment(office: Office) -> Recruitment:
    return Recruitment(office).open()


@pytest.fixture
def numbers(office: Office, recruitment: Recruitment) -> list[str]:
    return crowd(office, recruitment, PEOPLE)


def test_checking_shows_how_many_rows_are_done_and_goes_on_without_the_page(
    office: Office, desk: Desk, recruitment: Recruitment, numbers: list[str]
) -> None:
    officer = desk("exam_officer")
    page = upload(officer, recruitment, [(number, "70") for number in numbers])
    assert f"正在核对：0 / {PEOPLE} 行" in officer.get(page).text
    one_job(office)
    assert f"正在核对：500 / {PEOPLE} 行" in officer.get(f"{page}/progress").text
    assert page in officer.get(f"/desk/campaigns/{recruitment.number}").text
    office.work()
    assert officer.get(f"{page}/progress").headers["HX-Refresh"] == "true"
    assert "全部行核对无误" in officer.get(page).text


def test_scores_count_together_when_the_last_row_is_in(
    office: Office, desk: Desk, recruitment: Recruitment, numbers: list[str]
) -> None:
    officer = desk("exam_officer")
    page = upload(officer, recruitment, [(number, "70") for number in numbers])
    office.work()
    assert officer.post(f"{page}/commit", page=page).headers["Location"] == page
    one_job(office)
    one_job(office)
    assert f"正在写入：1000 / {PEOPLE} 行" in officer.get(page).text
    assert counted(office, recruitment) == 0
    with pytest.raises(Conflict, match="正在写入"):
        office.prepare(lambda context: results.settle_written(context, recruitment.row.id))
    office.work()
    assert counted(office, recruitment) == PEOPLE
    assert f"共 {PEOPLE} 行，已全部生效" in officer.get(page).text


def test_giving_up_half_way_leaves_nothing(
    office: Office, desk: Desk, recruitment: Recruitment, numbers: list[str]
) -> None:
    officer = desk("exam_officer")
    page = upload(officer, recruitment, [(number, "70") for number in numbers])
    office.work()
    officer.post(f"{page}/commit", page=page)
    one_job(office)
    assert officer.post(f"{page}/give-up", page=page).status_code == 302
    office.work()
    assert counted(office, recruitment) == 0
    assert officer.get(page).status_code == 404


def test_who_leaves_the_list_between_check_and_saving_sends_everything_back(
    office: Office, desk: Desk, recruitment: Recruitment, numbers: list[str]
) -> None:
    officer = desk("exam_officer")
    page = upload(officer, recruitment, [(number, "70") for number in numbers])
    office.work()
    leave(office, numbers[-1])
    officer.post(f"{page}/commit", page=page)
    office.work()
    text = officer.get(page).text
    assert "写入前再次核对时发现名单有变化" in text
    assert f"第 {PEOPLE + 1} 行“准考证号”" in text
    assert counted(office, recruitment) == 0


def test_a_number_is_refused_a_second_time_however_far_apart_the_rows_are(
    office: Office, desk: Desk, recruitment: Recruitment, numbers: list[str]
) -> None:
    officer = desk("exam_officer")
    page = upload(officer, recruitment, [(number, "70") for number in [*numbers, numbers[0]]])
    office.work()
    text = officer.get(page).text
    assert f"第 {PEOPLE + 2} 行“准考证号”：与第 2 行重复" in text
    officer.post(page, {f"cell-{PEOPLE + 2}-0": "", f"cell-{PEOPLE + 2}-1": ""}, page=page)
    office.work()
    assert "全部行核对无误" in officer.get(page).text


def test_many_written_scores_are_settled_part_by_part(
    office: Office, desk: Desk, recruitment: Recruitment, numbers: list[str]
) -> None:
    officer = desk("exam_officer")
    page = upload(officer, recruitment, [(number, "70.5" if n % 2 else "40") for n, number in enumerate(numbers)])
    office.work()
    officer.post(f"{page}/commit", page=page)
    office.work()
    passed = office.prepare(lambda context: results.settle_written(context, recruitment.row.id)).passed
    assert passed == PEOPLE // 2


def upload(officer: Visitor, recruitment: Recruitment, rows: list[tuple[str, str]]) -> str:
    """Uploads written scores; answers the page of the import."""
    page = f"/desk/campaigns/{recruitment.number}/import/written"
    content = write_workbook([SheetToWrite("成绩", ("准考证号", "笔试成绩"), rows)])
    answer = officer.post(
        page, {"file": (io.BytesIO(content), "成绩.xlsx")}, page=page, content_type="multipart/form-data"
    )
    return answer.headers["Location"]


def one_job(office: Office) -> None:
    """The worker does one chunk."""
    for job in office.engine.execute(ClaimJobs("w", 1), actor=SYSTEM):
        office.engine.execute(RunJob(job, "w"), actor=SYSTEM)


def counted(office: Office, recruitment: Recruitment) -> int:
    return len(office.read(lambda session: latest_written(session, recruitment.row.id)))


def leave(office: Office, number: str) -> None:
    def make(context: CommandContext) -> None:
        who = context.session.scalars(select(Registration).where(Registration.exam_number == number)).one()
        who.state = RegistrationState.WAIVED

    office.prepare(make)


def test_a_repeated_confirmation_changes_nothing(
    office: Office, desk: Desk, recruitment: Recruitment, numbers: list[str]
) -> None:
    officer = desk("exam_officer")
    page = upload(officer, recruitment, [(numbers[0], "70")])
    officer.post(f"{page}/commit", page=page)
    officer.post(f"{page}/commit", page=page)
    assert counted(office, recruitment) == 1
    states = office.read(lambda session: [row.state for row in session.scalars(select(SheetImport))])
    assert states == [ImportState.DONE]
