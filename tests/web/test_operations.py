"""Running the installation: incidents, jobs, deployed diagrams, and proof that nobody changed the history."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select, update

from engine.identity.users import User
from engine.kernel.clock import FixedClock
from engine.kernel.history import HistoryEvent
from engine.kernel.settings import Settings
from engine.kernel.store import Store
from engine.workflow.jobs import run_due_jobs
from engine.workflow.tables import Incident, Job, ProcessDefinition
from tests.pages import pages
from tests.process.office import Office
from tests.process.recruitment import Recruitment
from tests.visitor import Visitor

Enter = Callable[[str], Visitor]


@pytest.fixture
def office(web_settings: Settings, web_store: Store, clock: FixedClock) -> Office:
    return Office(web_settings, web_store, clock)


@pytest.fixture
def app(office: Office) -> Flask:
    return pages(office.engine)


@pytest.fixture
def enter(app: Flask, office: Office, web_store: Store, password_hash: str, new_user: Callable[..., int]) -> Enter:
    """Signs somebody of the county in, by role."""

    def sign_in(role: str) -> Visitor:
        if role not in office.staff:
            new_user(role, role, (role, office.county))
        with web_store.session() as session, session.begin():
            session.scalars(select(User).where(User.login == role)).one().password_hash = password_hash
        visitor = Visitor(app)
        visitor.sign_in(role)
        return visitor

    return sign_in


def test_a_failed_job_is_seen_with_its_reason_and_tried_again(
    office: Office, enter: Enter, web_store: Store, clock: FixedClock
) -> None:
    with web_store.session() as session, session.begin():
        job = Job(kind="message", payload={"message": 0}, due_at=clock.now(), state="failed", attempts=3, error="失败")
        session.add(job)
        session.flush()
        session.add(Incident(job_id=job.id, node_id="", kind="job", message="邮件服务没有响应", raised_at=clock.now()))
    admin = enter("process_admin")
    page = admin.get("/operations/incidents").text
    assert "邮件服务没有响应" in page
    number = re.search(r"/operations/incidents/(\d+)/retry", page)
    assert number is not None
    assert admin.post(f"/operations/incidents/{number[1]}/retry").status_code == 302
    while run_due_jobs(office.engine):
        pass
    with web_store.reading() as session:
        assert session.scalars(select(Job).where(Job.state == "failed")).all() == []


def test_waiting_timers_are_listed_with_their_case(office: Office, enter: Enter) -> None:
    recruitment = Recruitment(office).publish()
    page = enter("process_admin").get("/operations/jobs").text
    assert recruitment.number in page
    assert "报名开始" in page


def test_a_deployed_diagram_is_handed_out_as_it_was_deployed(office: Office, enter: Enter, web_store: Store) -> None:
    admin = enter("process_admin")
    with web_store.reading() as session:
        id_ = session.scalars(select(ProcessDefinition.id).where(ProcessDefinition.key == "recruitment_campaign")).one()
    assert "公开招聘" in admin.get("/operations/deployments").text
    assert "<bpmn:process" in admin.get(f"/operations/deployments/{id_}/diagram.bpmn").text


def test_a_changed_event_is_found_and_named(office: Office, enter: Enter, web_store: Store) -> None:
    Recruitment(office).publish()
    auditor = enter("audit_admin")
    auditor.post("/operations/history/verify", page="/operations/history")
    assert "没有被改动" in auditor.get("/operations/history").text
    with web_store.session() as session, session.begin():
        first = session.scalars(select(HistoryEvent).where(HistoryEvent.type == "work_item.completed")).first()
        assert first is not None
        session.execute(update(HistoryEvent).where(HistoryEvent.id == first.id).values(actor_id=999))
        chain = first.chain
    auditor.post("/operations/history/verify", page="/operations/history")
    assert f"{chain} 第" in auditor.get("/operations/history").text


def test_the_history_of_one_case_is_read_by_its_number(office: Office, enter: Enter) -> None:
    recruitment = Recruitment(office).publish()
    page = enter("audit_admin").get(f"/operations/history?case={recruitment.number}").text
    assert "发起事项" in page
    assert "city_officer" in page
    assert f"事项 {recruitment.number}" in page
    assert "流程环节 发布公告" in page
    assert "draft_plan" not in page


def test_only_the_auditor_reads_the_history(enter: Enter) -> None:
    for role in ("process_admin", "county_head"):
        assert enter(role).get("/operations/history").status_code == 403
