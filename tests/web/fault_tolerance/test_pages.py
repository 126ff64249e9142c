"""Cases in the browser: who sees them, who sees only his part, and what is refused."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from engine.identity.users import User
from engine.kernel.command import CommandContext
from engine.personnel.fault_tolerance.cases import ClearingCase, FaultCase
from engine.personnel.fault_tolerance.terms import FaultState
from engine.workflow.tables import ProcessInstance, WorkItem
from tests.process.fault_tolerance.bureau import ALL_MET, Bureau
from tests.visitor import SignIn

START = "/fault-tolerance/start"
FORBIDDEN = ("county_clerk", "street_leader", "process_admin", "city_officer", "other_worker", "street_clerk")


def instance_of(bureau: Bureau, number: str) -> int:
    query = select(ProcessInstance.id).where(ProcessInstance.business_key == number)
    return bureau.office.read(lambda session: session.scalars(query).one())


def item_of(bureau: Bureau, number: str) -> int:
    query = select(WorkItem.id).where(WorkItem.instance_id == instance_of(bureau, number), WorkItem.queue.is_not(None))
    return bureau.office.read(lambda session: session.scalars(query).one())


def count(bureau: Bureau) -> int:
    faults = bureau.office.read(lambda session: session.scalar(select(func.count(FaultCase.id)))) or 0
    return faults + (bureau.office.read(lambda session: session.scalar(select(func.count(ClearingCase.id)))) or 0)


def addresses(bureau: Bureau, number: str) -> Iterable[str]:
    case = f"/worklist/cases/{instance_of(bureau, number)}"
    return (case, f"{case}/print", f"{case}/diagram.bpmn", f"/worklist/items/{item_of(bureau, number)}",
            f"/fault-tolerance/{number}/notice.pdf")  # fmt: skip


def test_a_worker_applies_and_finds_his_case_but_not_the_inside_of_it(bureau: Bureau, sign_in: SignIn) -> None:
    worker = sign_in("worker")
    typed = {
        "worker_id": bureau.worker, "account": "抢险中先行处置", "accountability_on": bureau.today.isoformat(),
    }  # fmt: skip
    assert worker.post(START, typed, page=START).status_code == 302
    number = bureau.office.read(lambda session: session.scalars(select(FaultCase.number)).one())
    assert number is not None
    bureau.act(number, "acceptance", "accept")
    bureau.act(number, "investigation", "finish", {"report": "机密调查情况"}, opinion="机密意见")
    worker.get("/fault-tolerance/mine")
    assert number in worker.page
    worker.get(f"/worklist/cases/{instance_of(bureau, number)}")
    assert "抢险中先行处置" in worker.page
    assert "机密" not in worker.page
    worker.get(f"/worklist/cases/{instance_of(bureau, number)}/print")
    assert "机密" not in worker.page


def test_an_application_after_the_window_is_refused_with_the_clause(bureau: Bureau, sign_in: SignIn) -> None:
    worker = sign_in("worker")
    late = (bureau.today - timedelta(days=31)).isoformat()
    typed = {"worker_id": bureau.worker, "account": "经过", "accountability_on": late}
    assert worker.post(START, typed, page=START).status_code == 422
    assert "依据第 10.1 条" in worker.page
    assert count(bureau) == 0


@pytest.mark.parametrize("name", ["other_worker", "street_clerk"])
def test_nobody_applies_for_a_worker_whom_he_has_nothing_to_do_with(
    bureau: Bureau, sign_in: SignIn, name: str
) -> None:
    visitor = sign_in(name)
    typed = {"worker_id": bureau.worker + 1, "account": "经过", "accountability_on": bureau.today.isoformat()}
    assert visitor.post(START, typed, page=START).status_code == 422
    assert count(bureau) == 0


@pytest.mark.parametrize("name", FORBIDDEN)
def test_for_everybody_else_a_case_does_not_exist(bureau: Bureau, sign_in: SignIn, name: str) -> None:
    number = bureau.apply(bureau.discipline)
    visitor = sign_in(name)
    assert {visitor.get(address).status_code for address in addresses(bureau, number)} == {404}


@pytest.mark.parametrize("name", ["county_clerk", "process_admin", "city_officer", "street_leader"])
def test_lists_of_supervisors_name_neither_case_nor_person(bureau: Bureau, sign_in: SignIn, name: str) -> None:
    number = bureau.apply(bureau.discipline)
    visitor = sign_in(name)
    for address in ("/worklist/all", "/worklist/all?q=顾盼", f"/worklist/all?q={number}", "/worklist/?q=顾盼"):
        assert visitor.get(address).status_code == 200
        assert "顾盼（" not in visitor.page
        assert f'">{number}' not in visitor.page
        assert f"容错案件 {number}" not in visitor.page


@pytest.mark.parametrize("name", FORBIDDEN)
def test_the_list_of_cases_is_for_the_named_roles(bureau: Bureau, sign_in: SignIn, name: str) -> None:
    assert sign_in(name).get("/fault-tolerance/").status_code == 403


@pytest.mark.parametrize("name", ["discipline_officer", "organiser", "county_head"])
def test_a_named_role_reads_the_case_and_the_list(bureau: Bureau, sign_in: SignIn, name: str) -> None:
    number = bureau.apply(bureau.discipline)
    visitor = sign_in(name)
    visitor.get("/fault-tolerance/")
    assert (number in visitor.page, "顾盼" in visitor.page) == (True, True)
    assert visitor.get(f"/worklist/cases/{instance_of(bureau, number)}").status_code == 200


def test_an_incomplete_check_sheet_is_refused_on_its_page(bureau: Bureau, sign_in: SignIn) -> None:
    number = bureau.apply(bureau.discipline)
    bureau.to_sheet(number)
    officer = sign_in("discipline_officer")
    page = f"/worklist/items/{item_of(bureau, number)}"
    typed = {**ALL_MET, "grounds": "会议记录", "decision": "submit"}
    del typed["lawful"]
    assert officer.post(page, typed, page=page).status_code == 422
    assert "请选择“符合”或“不符合”" in officer.page
    assert bureau.fault(number).proposed is None


def test_a_conclusion_against_the_negative_list_is_refused_with_the_clause(bureau: Bureau, sign_in: SignIn) -> None:
    number = bureau.apply(bureau.discipline)
    bureau.to_sheet(number)
    bureau.fill(number, found=("intent",))
    officer = sign_in("discipline_officer")
    page = f"/worklist/items/{item_of(bureau, number)}"
    officer.get(page)
    assert "核对表建议" in officer.page
    assert officer.post(page, {"decision": "exempt", "opinion": "从宽"}, page=page).status_code == 422
    assert "明知故犯" in officer.page
    assert bureau.fault(number).drafted is None


def test_who_is_served_gets_the_notice_and_objects_once(bureau: Bureau, sign_in: SignIn) -> None:
    number = bureau.concluded()
    worker = sign_in("worker")
    answer = worker.get(f"/fault-tolerance/{number}/notice.pdf")
    assert (answer.status_code, answer.data[:4]) == (200, b"%PDF")
    page = f"/fault-tolerance/mine/{number}/objection"
    assert worker.post(page, {"reason": ""}, page=page).status_code == 422
    assert worker.post(page, {"reason": "程序已补办"}, page=page).status_code == 302
    assert bureau.fault(number).state is FaultState.OBJECTED
    assert sign_in("other_worker").get(page).status_code == 404


def test_a_letter_is_printed_after_the_clearing_only(bureau: Bureau, sign_in: SignIn) -> None:
    number = bureau.ask_for_clearing()
    officer = sign_in("discipline_officer")
    assert officer.get(f"/fault-tolerance/{number}/letter.pdf").status_code == 409
    bureau.act(number, "assessment", "clear", {"finding": "untrue", "effect": "career"})
    today = bureau.today.isoformat()
    bureau.act(number, "consent", "consented", {"consented_on": today})
    for who in (bureau.discipline, bureau.colleague, bureau.organisation, bureau.head):
        bureau.act(number, "clearing_approval", "approve", who=who)
    bureau.act(number, "carry_out", "done", {"way": "meeting", "scope": "全体工作人员", "cleared_on": today})
    answer = officer.get(f"/fault-tolerance/{number}/letter.pdf")
    assert (answer.status_code, answer.data[:4]) == (200, b"%PDF")
    assert sign_in("county_clerk").get(f"/fault-tolerance/{number}/letter.pdf").status_code == 404


def test_an_auditor_reads_no_event_of_a_confidential_case(bureau: Bureau, sign_in: SignIn) -> None:
    number = bureau.apply(bureau.discipline)
    bureau.officer("auditor", "audit_admin", bureau.office.county)
    bureau.office.prepare(give_password)
    auditor = sign_in("auditor")
    for address in ("/operations/history", f"/operations/history?case={number}"):
        assert auditor.get(address).status_code == 200
        assert number not in auditor.page.replace(f'value="{number}"', "")
        assert "fault." not in auditor.page


def give_password(context: CommandContext) -> None:
    """The auditor signs in with the discipline officer's password."""
    known = context.session.scalars(select(User.password_hash).where(User.login == "discipline_officer")).one()
    context.session.execute(update(User).where(User.login == "auditor").values(password_hash=known))
