"""What goes wrong without a fault of the machine: it stays visible, can be tried again, and tells no personal facts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from engine.identity.organisations import OrganisationKind, add_organisation
from engine.kernel.actor import SYSTEM
from engine.kernel.command import CommandContext
from engine.kernel.errors import Forbidden, NotFound
from engine.workflow import messages
from engine.workflow.definitions import DefinitionCache, Deploy
from engine.workflow.delegates import DELEGATES, ServiceCall
from engine.workflow.incidents import RetryIncident
from engine.workflow.instances import StartProcess, TerminateInstance, start
from engine.workflow.jobs import run_due_jobs
from engine.workflow.runs import ProcessFault
from engine.workflow.tables import Batch, Incident, Job, ProcessInstance
from engine.workflow.work_items import CompleteWorkItem
from engine.workflow.worker import Worker
from tests.store.durability.conftest import Trace, one_review
from tests.store.workflow.conftest import Office
from tests.store.workflow.drawing import Drawing

CANARY = "320102199001011234"


@pytest.fixture(autouse=True)
def delegates(office: Office) -> Iterator[list[Exception]]:
    """`durable.child` starts a case and then fails as often as the list says."""
    failures: list[Exception] = []

    def child(call: ServiceCall) -> None:
        definition = call.context.service(DefinitionCache).latest(call.context.session, "one_review")
        start(call.context, definition, f"child-{call.instance.id}", call.instance.organisation_id, "子事项", {})
        if failures:
            raise failures.pop()

    DELEGATES["durable.child"] = child
    yield failures
    del DELEGATES["durable.child"]


def served(type_: str) -> Drawing:
    drawing = Drawing("served").start().user("ask", groups="county_head", organisation="county")
    return drawing.service("serve", type_).end().chain("begin", "ask", "serve", "over")


def cases(office: Office) -> dict[str, str]:
    with office.engine.reading() as session:
        return {row.process_key: row.state for row in session.scalars(select(ProcessInstance))}


def open_incidents(office: Office) -> list[Incident]:
    with office.engine.reading() as session:
        return list(session.scalars(select(Incident).where(Incident.resolved_at.is_(None))))


def test_a_case_begun_by_a_failing_delegate_is_gone_and_the_completion_is_kept(
    office: Office, delegates: list[Exception]
) -> None:
    office.person("王敏")
    head = office.person("周负责", "county_head")
    office.deploy(one_review())
    office.deploy(served("durable.child"))
    office.start("served")
    delegates.append(RuntimeError("printer away"))
    office.do(CompleteWorkItem(office.todo(head)[0].work_item_id), head)
    assert cases(office) == {"served": "active"}
    office.clock.advance(timedelta(minutes=1))
    office.work()
    assert cases(office) == {"served": "completed", "one_review": "active"}


def test_what_a_failing_delegate_was_given_does_not_stand_in_its_error(office: Office, trace: Trace) -> None:
    head = office.person("周负责", "county_head")
    office.deploy(served("durable.note"))
    office.start("served")
    trace.faults.append(ValueError(f"invalid literal for int() with base 10: '{CANARY}'"))
    office.do(CompleteWorkItem(office.todo(head)[0].work_item_id), head)
    with office.engine.reading() as session:
        (error,) = session.scalars(select(Job.error))
    assert CANARY not in (error or "")
    assert "ValueError" in (error or "")


def test_an_error_of_the_database_does_not_tell_what_was_typed(office: Office) -> None:
    with pytest.raises(Exception, match=r"FOREIGN KEY|foreign key") as caught:
        office.engine.execute(StartProcess("one_review", "A", 99_999, CANARY), actor=SYSTEM)
    assert CANARY not in str(caught.value)


@pytest.fixture(autouse=True)
def reviewed(office: Office) -> None:
    office.deploy(one_review())


def test_a_case_that_cannot_even_begin_is_an_incident_and_no_case(office: Office) -> None:
    drawing = Drawing("mistyped").start().gateway("which", default="which_to_no").end("yes").end("no")
    office.deploy(drawing.chain("begin", "which").flow("which", "yes", "= scoer > 60").flow("which", "no"))
    with pytest.raises(ProcessFault, match="流程管理员"):
        office.start("mistyped")
    assert cases(office) == {}
    assert [(row.instance_id, row.node_id) for row in open_incidents(office)] == [(None, "which")]


def failed_job(office: Office, trace: Trace) -> int:
    """A case whose service task has used up its tries."""
    head = office.person("周负责", "county_head")
    office.deploy(served("durable.note"))
    case = office.start("served")
    trace.faults += [RuntimeError("away") for _ in range(3)]
    office.do(CompleteWorkItem(office.todo(head)[0].work_item_id), head)
    for _ in range(3):
        office.clock.advance(timedelta(hours=2))
        office.work()
    assert len(open_incidents(office)) == 1
    return case


@dataclass(frozen=True)
class AddOtherCounty:
    def execute(self, context: CommandContext) -> int:
        return add_organisation(context.session, OrganisationKind.COUNTY, "other", "南岗县").id


def test_an_administrator_of_another_county_cannot_retry_an_incident(office: Office, trace: Trace) -> None:
    failed_job(office, trace)
    elsewhere = office.engine.execute(AddOtherCounty(), actor=SYSTEM)
    stranger = office.person("外县管理", "process_admin", elsewhere)
    own = office.person("周管理", "process_admin")
    (incident,) = open_incidents(office)
    with pytest.raises(NotFound):
        office.do(RetryIncident(incident.id), stranger)
    office.do(RetryIncident(incident.id), own)
    office.work()
    assert open_incidents(office) == []


def test_a_case_that_is_terminated_takes_its_incidents_with_it(office: Office, trace: Trace) -> None:
    case = failed_job(office, trace)
    office.do(TerminateInstance(case, "不再需要"), SYSTEM)
    assert open_incidents(office) == []


def test_a_batch_whose_case_is_terminated_goes_no_further(office: Office, trace: Trace) -> None:
    drawing = Drawing("many").start().service("each", "durable.many").end().chain("begin", "each", "over")
    office.deploy(drawing)
    case = office.start("many")
    run_due_jobs(office.engine, limit=1)
    office.do(TerminateInstance(case, "停止"), SYSTEM)
    office.work()
    assert trace.items == [0, 1, 2]


def test_a_suspended_case_keeps_its_batch_waiting(office: Office, trace: Trace) -> None:
    drawing = Drawing("many").start().service("each", "durable.many").end().chain("begin", "each", "over")
    office.deploy(drawing)
    case = office.start("many")
    suspend(office, case, "suspended")
    office.work()
    assert trace.items == []
    suspend(office, case, "active")
    office.clock.advance(timedelta(minutes=11))
    office.work()
    assert sorted(trace.items) == list(range(12))
    with office.engine.reading() as session:
        assert session.scalars(select(Batch.ended_at)).one() is not None


def suspend(office: Office, case: int, state: str) -> None:
    with office.engine.store.engine.begin() as connection:
        connection.execute(update(ProcessInstance).where(ProcessInstance.id == case).values(state=state))


def test_a_case_with_a_very_long_end_comes_to_it(office: Office) -> None:
    office.deploy(Drawing("long").start().end("over", "终" * 100).chain("begin", "over"))
    office.start("long")
    assert cases(office) == {"long": "completed"}


@dataclass(frozen=True)
class Publish:
    life: timedelta

    def execute(self, context: CommandContext) -> None:
        messages.publish(context, "paid", "A-1", {}, self.life)


def test_a_message_whose_time_is_over_is_not_delivered(office: Office) -> None:
    office.deploy(Drawing("listening").start().message("heard", "paid", "= businessKey").end()
                  .chain("begin", "heard", "over"))  # fmt: skip
    office.start("listening")
    office.engine.execute(Publish(timedelta(hours=1)), actor=SYSTEM)
    office.clock.advance(timedelta(hours=2))
    office.work()
    assert cases(office) == {"listening": "active"}


def test_a_job_whose_failure_cannot_be_noted_does_not_keep_the_others_waiting(
    office: Office, trace: Trace, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing = Drawing("waiting").start().timer("pause", "PT1H").service("note", "durable.note").end()
    office.deploy(drawing.chain("begin", "pause", "note", "over"))
    office.start("waiting", key="A-1")
    office.start("waiting", key="A-2")
    poison(office)
    monkeypatch.setattr("engine.workflow.jobs.describe", lambda error: error)  # nothing a database could keep
    office.clock.advance(timedelta(hours=1))
    run_due_jobs(office.engine)
    assert trace.served == ["note", "note"]
    clean(office)


def poison(office: Office) -> None:
    with office.engine.store.session() as session, session.begin():
        session.add(Job(kind="unheard of", payload={}, due_at=office.clock.now(), attempts=0))


def clean(office: Office) -> None:
    with office.engine.store.session() as session, session.begin():
        session.delete(session.scalars(select(Job).where(Job.kind == "unheard of")).one())


def test_a_worker_with_nothing_to_do_rests(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    worker, awake = Worker(office.engine), list[bool]()

    def rest(_: float) -> None:
        awake.append(worker._bell.is_set())
        worker.stop()

    monkeypatch.setattr(worker._bell, "wait", rest)
    worker.run()
    assert awake == [False]


def test_a_commit_of_somebody_else_wakes_the_worker(office: Office) -> None:
    worker = Worker(office.engine)
    office.engine.execute(Publish(timedelta(days=1)), actor=SYSTEM)
    assert worker._bell.is_set()
    office.work()
    with office.engine.reading() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 0


def test_only_another_process_administrator_can_have_checked_a_deployment(office: Office) -> None:
    admin, other = office.person("周管理", "process_admin"), office.person("吴管理", "process_admin")
    clerk = office.person("王敏")
    files = {"other.bpmn": Drawing("other").start().end().chain("begin", "over").xml()}
    for checker in (None, admin.user_id, clerk.user_id):
        with pytest.raises(Forbidden):
            office.do(Deploy(files, approved_by=checker), admin)
    assert office.do(Deploy(files, approved_by=other.user_id), admin)
