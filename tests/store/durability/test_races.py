"""Several people and workers at the same moment: real threads, each with its own connection, on both databases."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from threading import Barrier, Event

import pytest
from sqlalchemy import func, select

from engine.identity.users import RoleMembership
from engine.kernel.actor import SYSTEM, Actor
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid
from engine.workflow import messages
from engine.workflow.instances import StartProcess
from engine.workflow.jobs import LEASE, ClaimJobs, RunJob, run_due_jobs
from engine.workflow.memberships import GrantRole, RevokeRole
from engine.workflow.tables import Batch, Job, Message, ProcessInstance, Submission, WorkItem
from engine.workflow.work_items import ClaimWorkItem, CompleteWorkItem
from tests.store.durability.conftest import Trace, engine_on, failures, one_review, together
from tests.store.workflow.conftest import Office
from tests.store.workflow.drawing import Drawing


@dataclass(frozen=True)
class Publish:
    name: str
    key: str

    def execute(self, context: CommandContext) -> None:
        messages.publish(context, self.name, self.key, {})


@dataclass(frozen=True)
class Meeting:
    """A command that waits inside its transaction until the other one has read what it is about to change, too."""

    command: object
    gate: Barrier
    met: Event

    def execute(self, context: CommandContext) -> object:
        if not self.met.is_set() and context.session.get_bind().dialect.name == "postgresql":
            context.session.scalar(select(func.count()).select_from(WorkItem))
            self.gate.wait(30)
            self.met.set()
        return self.command.execute(context)  # type: ignore[attr-defined]


def count(office: Office, table: type) -> int:
    with office.engine.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def submissions(office: Office) -> int:
    """What was handed in by work items."""
    with office.engine.reading() as session:
        return session.scalar(select(func.count()).where(Submission.work_item_id.is_not(None))) or 0


def at_once(office: Office, *acts: tuple[object, Actor, str | None]) -> list[object]:
    """Each act through an engine of its own, all of them inside their transactions at the same time."""
    gate = Barrier(len(acts))
    met = [Event() for _ in acts]
    engines = [engine_on(office.engine.store, office.engine.settings, office.clock) for _ in acts]
    return together(*(
        lambda engine=engine, act=act, event=event: engine.execute(
            Meeting(act[0], gate, event), actor=act[1], idempotency_key=act[2])
        for engine, act, event in zip(engines, acts, met, strict=True)
    ))  # fmt: skip


def test_two_people_complete_the_same_item_and_the_second_is_told_who_and_when(office: Office) -> None:
    clerks = [office.person("王敏"), office.person("赵磊")]
    office.deploy(one_review())
    office.start("one_review")
    item = office.todo(clerks[0])[0].work_item_id
    results = at_once(office, *((CompleteWorkItem(item, "pass"), clerk, None) for clerk in clerks))
    (lost,) = failures(results)
    assert isinstance(lost, Conflict)
    winner = clerks[[isinstance(result, Exception) for result in results].index(False)]
    assert lost.winner == winner.name
    assert lost.at == office.clock.now()


def test_a_double_click_in_two_threads_has_one_effect_and_one_answer(office: Office) -> None:
    clerk = office.person("王敏", "street_clerk", office.street)
    office.deploy(replace(one_review(), properties={"starters": "street_clerk"}))
    command = StartProcess("one_review", "A-1", office.street, "事项")
    engines = [engine_on(office.engine.store, office.engine.settings, office.clock) for _ in range(4)]
    results = together(*(lambda e=e: e.execute(command, actor=clerk, idempotency_key="click") for e in engines))
    assert len(set(results)) == 1
    assert count(office, ProcessInstance) == 1


def test_a_double_click_on_a_completion_is_no_conflict(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(one_review())
    office.start("one_review")
    command = CompleteWorkItem(office.todo(clerk)[0].work_item_id, "pass")
    engines = [engine_on(office.engine.store, office.engine.settings, office.clock) for _ in range(4)]
    assert (
        together(*(lambda e=e: e.execute(command, actor=clerk, idempotency_key="click") for e in engines)) == [None] * 4
    )
    assert submissions(office) == 1


def test_starting_one_business_key_twice_makes_one_case_and_a_clear_refusal(office: Office) -> None:
    office.person("王敏")
    office.deploy(one_review())
    start = StartProcess("one_review", "A-1", office.street, "事项")
    results = at_once(office, *((start, SYSTEM, None) for _ in range(3)))
    assert [type(error) for error in failures(results)] == [Conflict, Conflict]
    assert "A-1" in str(failures(results)[0])
    assert count(office, ProcessInstance) == 1


def test_two_people_claim_one_item_and_one_has_it(office: Office) -> None:
    clerks = [office.person("王敏"), office.person("赵磊")]
    office.deploy(one_review())
    office.start("one_review")
    item = office.todo(clerks[0])[0].work_item_id
    results = at_once(office, *((ClaimWorkItem(item), clerk, None) for clerk in clerks))
    assert [type(error) for error in failures(results)] == [Conflict]
    winner = clerks[[isinstance(result, Exception) for result in results].index(False)]
    with office.engine.reading() as session:
        assert session.get_one(WorkItem, item).assignee_id == winner.user_id


def test_everybody_of_a_countersign_signs_at_the_same_moment(office: Office) -> None:
    heads = [office.person(f"负责人{n}", "county_head") for n in range(4)]
    drawing = Drawing("countersign").start()
    drawing.user("sign", groups="county_head", organisation="county", outputs="decision", completionRule="all",
                 decisions="pass:通过,reject:不通过")  # fmt: skip
    office.deploy(drawing.end().chain("begin", "sign", "over"))
    case = office.start("countersign")
    acts = [(CompleteWorkItem(office.todo(head)[0].work_item_id, "pass"), head, None) for head in heads]
    assert failures(at_once(office, *acts)) == []
    with office.engine.reading() as session:
        assert session.get_one(ProcessInstance, case).state == "completed"
    assert submissions(office) == 4


def test_two_workers_apply_each_of_many_due_jobs_once(office: Office, trace: Trace) -> None:
    drawing = Drawing("waiting").start().timer("pause", "PT1H").service("note", "durable.note").end()
    office.deploy(drawing.chain("begin", "pause", "note", "over"))
    for n in range(12):
        office.start("waiting", key=f"A-{n}")
    office.clock.advance(timedelta(hours=1))

    def work(name: str) -> None:
        engine = engine_on(office.engine.store, office.engine.settings, office.clock)
        while run_due_jobs(engine, name, limit=2):
            pass

    assert failures(together(*(lambda name=name: work(name) for name in ("one", "two", "three")))) == []
    assert len(trace.served) == 12
    assert count(office, Job) == 0


def test_a_worker_that_lost_its_lease_has_no_effect(office: Office, trace: Trace) -> None:
    drawing = Drawing("waiting").start().timer("pause", "PT1H").service("note", "durable.note").end()
    office.deploy(drawing.chain("begin", "pause", "note", "over"))
    office.start("waiting")
    office.clock.advance(timedelta(hours=1))
    (job,) = office.engine.execute(ClaimJobs("slow"), actor=SYSTEM)
    office.clock.advance(LEASE + timedelta(seconds=1))
    assert office.engine.execute(ClaimJobs("quick"), actor=SYSTEM) == [job]
    results = at_once(office, (RunJob(job, "slow"), SYSTEM, None), (RunJob(job, "quick"), SYSTEM, None))
    assert results == [None, None]
    assert trace.served == ["note"]


def test_a_lease_from_a_clock_gone_wrong_is_taken_again(office: Office, trace: Trace) -> None:
    drawing = Drawing("waiting").start().timer("pause", "PT1H").service("note", "durable.note").end()
    office.deploy(drawing.chain("begin", "pause", "note", "over"))
    office.start("waiting")
    office.clock.advance(timedelta(days=30))
    assert office.engine.execute(ClaimJobs("killed"), actor=SYSTEM)
    office.clock.advance(timedelta(days=-29))
    office.work()
    assert trace.served == ["note"]


def listening(*names: str) -> Drawing:
    drawing = Drawing("listening").start()
    for name in names:
        drawing.message(f"heard_{name}", name, "= businessKey")
    return drawing.end().chain("begin", *(f"heard_{name}" for name in names), "over")


@pytest.mark.parametrize("turn", range(3))
def test_a_message_published_while_its_receiver_begins_to_wait_is_not_lost(office: Office, turn: int) -> None:
    office.deploy(listening("paid"))
    start = StartProcess("listening", f"A-{turn}", office.street, "事项")

    def publish_and_deliver() -> None:
        engine = engine_on(office.engine.store, office.engine.settings, office.clock)
        engine.execute(Publish("paid", f"A-{turn}"), actor=SYSTEM)
        run_due_jobs(engine, "other")

    results = together(lambda: office.engine.execute(start, actor=SYSTEM), publish_and_deliver)
    assert failures(results) == []
    office.work()
    with office.engine.reading() as session:
        assert session.scalars(select(ProcessInstance.state)).all() == ["completed"]
    assert count(office, Message) == 0


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_message_that_its_receiver_takes_at_the_last_moment_is_not_delivered_twice(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker has read the message when the case takes it out of the buffer and waits for the next of that name."""
    office.deploy(_twice())
    office.engine.execute(Publish("paid", "A-1"), actor=SYSTEM)
    read, taken = Event(), Event()
    receiver = messages.receiver

    def late(context: CommandContext, name: str, key: str) -> object:
        read.set()
        assert taken.wait(30)
        return receiver(context, name, key)

    def start() -> None:
        assert read.wait(30)
        engine_on(office.engine.store, office.engine.settings, office.clock).execute(
            StartProcess("twice", "A-1", office.street, "事项"), actor=SYSTEM)  # fmt: skip
        taken.set()

    with monkeypatch.context() as patch:
        patch.setattr(messages, "receiver", late)
        assert failures(together(start, lambda: run_due_jobs(office.engine, "worker"))) == []
    with office.engine.reading() as session:
        assert session.scalars(select(ProcessInstance.state)).all() == ["active"]


def _twice() -> Drawing:
    drawing = Drawing("twice").start().message("first", "paid", "= businessKey")
    return drawing.message("second", "paid", "= businessKey").end().chain("begin", "first", "second", "over")


def test_messages_of_one_key_reach_their_receivers_one_each(office: Office) -> None:
    office.deploy(listening("paid"))
    office.deploy(_twice())
    office.start("twice")
    for _ in range(2):
        office.engine.execute(Publish("paid", "A-1"), actor=SYSTEM)
    engines = [engine_on(office.engine.store, office.engine.settings, office.clock) for _ in range(2)]
    results = together(*(lambda e=e, n=n: run_due_jobs(e, f"worker-{n}", limit=1) for n, e in enumerate(engines)))
    assert failures(results) == []
    office.clock.advance(timedelta(minutes=1))
    office.work()
    with office.engine.reading() as session:
        assert session.scalars(select(ProcessInstance.state)).all() == ["completed"]


def many(chunks_gate: Barrier | None = None) -> Drawing:
    drawing = Drawing("many").start().service("each", "durable.many")
    return drawing.end().chain("begin", "each", "over")


def test_chunks_of_one_batch_run_at_the_same_time_and_the_step_ends_once(office: Office, trace: Trace) -> None:
    office.deploy(many())
    case = office.start("many")
    engines = [engine_on(office.engine.store, office.engine.settings, office.clock) for _ in range(4)]
    results = together(*(lambda e=e, n=n: run_due_jobs(e, f"worker-{n}", limit=1) for n, e in enumerate(engines)))
    assert failures(results) == []
    office.clock.advance(timedelta(minutes=1))
    office.work()
    assert sorted(trace.items) == list(range(12))
    with office.engine.reading() as session:
        assert session.get_one(ProcessInstance, case).state == "completed"
        assert session.scalars(select(Batch.done)).all() == [12]


def holders_of(office: Office, role: str) -> Sequence[int]:
    with office.engine.reading() as session:
        return session.scalars(select(RoleMembership.user_id).where(RoleMembership.role == role)).all()


def test_the_last_two_auditors_cannot_be_removed_at_the_same_moment(office: Office) -> None:
    chiefs = [office.person(f"安全{n}", "security_admin") for n in range(2)]
    auditors = [office.person(f"审计{n}", "audit_admin") for n in range(2)]
    acts = [
        (RevokeRole(auditor.user_id or 0, "audit_admin", office.county), chief, None)
        for auditor, chief in zip(auditors, chiefs, strict=True)
    ]
    assert [type(error) for error in failures(at_once(office, *acts))] == [Conflict]
    assert len(holders_of(office, "audit_admin")) == 1


def test_two_guardian_roles_cannot_be_granted_to_one_person_at_the_same_moment(office: Office) -> None:
    chiefs = [office.person(f"安全{n}", "security_admin") for n in range(2)]
    clerk = office.person("王敏")
    acts = [
        (GrantRole(clerk.user_id or 0, role, office.county), chief, None)
        for role, chief in zip(("audit_admin", "system_admin"), chiefs, strict=True)
    ]
    assert [type(error) for error in failures(at_once(office, *acts))] == [Invalid]
