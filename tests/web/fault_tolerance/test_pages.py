"""Cases in the browser: who sees them, who sees only his part, and what is refused."""

from collections.abc import Iterable
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select, update

from engine.identity.users import User
from engine.kernel.command import CommandContext
from engine.personnel.case_files import CaseFile
from engine.personnel.fault_tolerance.cases import ClearingCase, FaultCase
from engine.personnel.fault_tolerance.terms import FaultState
from engine.workflow.tables import ProcessInstance, WorkItem
from tests.process.fault_tolerance.bureau import ALL_MET, Bureau
from tests.process.fault_tolerance.test_material import picture
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
            f"/fault-tolerance/{number}/materials", f"/fault-tolerance/{number}/files/1")  # fmt: skip


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
    worker.get("/fault-tolerance/mine")
    assert "容错认定告知书" in worker.page
    assert "容错认定结论书" not in worker.page
    answer = worker.get(file_of(bureau, number, "notice"))
    assert (answer.status_code, answer.data[:4]) == (200, b"%PDF")
    assert worker.get(file_of(bureau, number, "conclusion")).status_code == 404
    assert sign_in("other_worker").get(file_of(bureau, number, "notice")).status_code == 404
    page = f"/fault-tolerance/mine/{number}/objection"
    assert worker.post(page, {"reason": ""}, page=page).status_code == 422
    assert worker.post(page, {"reason": "程序已补办"}, page=page).status_code == 302
    assert bureau.fault(number).state is FaultState.OBJECTED
    assert sign_in("other_worker").get(page).status_code == 404


def test_an_objection_after_its_window_is_refused_with_the_clause(bureau: Bureau, sign_in: SignIn) -> None:
    number = bureau.concluded()
    bureau.wait(40)
    worker, page = sign_in("worker"), f"/fault-tolerance/mine/{number}/objection"
    assert worker.post(page, {"reason": "不服"}, page=page).status_code == 422
    assert "异议期限已过（依据第 10.1 条）" in worker.page
    assert bureau.fault(number).objection == ""


def test_a_person_consents_himself_and_finds_the_letter(bureau: Bureau, sign_in: SignIn) -> None:
    number = bureau.ask_for_clearing()
    plan = {"way": "meeting", "scope": "全体工作人员"}
    bureau.act(number, "assessment", "clear", {"finding": "untrue", "effect": "career", **plan})
    worker = sign_in("worker")
    worker.get("/fault-tolerance/mine")
    assert "拟澄清告知书" in worker.page
    page = f"/worklist/items/{item_of(bureau, number)}"
    assert worker.post(page, {"decision": "refused", "opinion": ""}, page=page).status_code == 422
    assert worker.post(page, {"decision": "consented"}, page=page).status_code == 302
    for who in (bureau.colleague, bureau.organisation, bureau.head):
        bureau.act(number, "clearing_approval", "approve", who=who)
    officer = sign_in("discipline_officer")
    page = f"/worklist/items/{item_of(bureau, number)}"
    changed = {"decision": "done", **plan, "way": "notice", "cleared_on": bureau.today.isoformat()}
    assert officer.post(page, changed, page=page).status_code == 422
    assert "改变方式须重新征求本人意见" in officer.page
    assert officer.post(page, changed | plan, page=page).status_code == 302
    assert worker.get(file_of(bureau, number, "clearing_letter")).data[:4] == b"%PDF"
    assert sign_in("county_clerk").get(file_of(bureau, number, "clearing_letter")).status_code == 404


def test_material_is_handed_in_with_the_application_and_on_its_page(bureau: Bureau, sign_in: SignIn) -> None:
    worker = sign_in("worker")
    typed = {"worker_id": bureau.worker, "account": "抢险中先行处置", "accountability_on": bureau.today.isoformat(),
             "material": (BytesIO(picture()), "现场.jpg")}  # fmt: skip
    assert worker.post(START, typed, page=START).status_code == 302
    number = bureau.office.read(lambda session: session.scalars(select(FaultCase.number)).one()) or ""
    page = f"/fault-tolerance/{number}/materials"
    for wrong in ({"label": "值班表"}, {"label": "", "file": (BytesIO(picture()), "a.jpg")},
                  {"label": "程序", "file": (BytesIO(b"MZ"), "a.exe")}):  # fmt: skip
        assert worker.post(page, wrong, page=page).status_code == 422
    assert worker.post(page, {"label": "值班表", "file": (BytesIO(picture()), "a.jpg")}, page=page).status_code == 302
    worker.get(page)
    assert ("申请材料" in worker.page, "值班表" in worker.page) == (True, True)
    answer = worker.get(file_of(bureau, number, "opened"))
    assert (answer.status_code, answer.headers["Content-Security-Policy"]) == (200, "default-src 'none'; sandbox")
    assert "attachment" in answer.headers["Content-Disposition"]
    assert sign_in("discipline_officer").get(file_of(bureau, number, "application")).status_code == 200


def test_the_list_is_narrowed(bureau: Bureau, sign_in: SignIn) -> None:
    number = bureau.apply(bureau.discipline)
    head = sign_in("county_head")
    for query in ("kind=fault", "state=fault.investigating", "state=open", "q=顾", f"q={number}", "street=x"):
        assert head.get(f"/fault-tolerance/?{query}").status_code == 200
        assert f">{number}</a>" in head.page, query
    for query in ("kind=clearing", "state=ended", "q=李", "result=exempt", "state=clearing.consent"):
        assert head.get(f"/fault-tolerance/?{query}").status_code == 200
        assert f">{number}</a>" not in head.page, query


def file_of(bureau: Bureau, number: str, kind: str) -> str:
    """Address of the newest file of that kind."""
    query = select(CaseFile.id).where(CaseFile.kind == kind).order_by(CaseFile.id.desc()).limit(1)
    return f"/fault-tolerance/{number}/files/{bureau.office.read(lambda session: session.scalar(query))}"


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
