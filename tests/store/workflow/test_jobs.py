"""Timers, messages, service tasks, batches, incidents and deadlines, done by workers."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from engine.kernel.actor import SYSTEM
from engine.kernel.clock import CHINA
from engine.kernel.command import CommandContext
from engine.kernel.errors import Forbidden, RuleViolation
from engine.workflow import messages
from engine.workflow.definitions import Deploy
from engine.workflow.delegates import BATCHES, DELEGATES, BatchCall, BpmnError, Pending, ServiceCall
from engine.workflow.incidents import RetryIncident
from engine.workflow.instances import AdjustTimer
from engine.workflow.jobs import LEASE, ClaimJobs, RunJob
from engine.workflow.tables import Batch, Incident, Job, Notification, ProcessInstance
from engine.workflow.work_items import CompleteWorkItem
from tests.store.workflow.conftest import Office
from tests.store.workflow.drawing import Drawing


@pytest.fixture(autouse=True)
def delegates() -> Iterator[dict[str, list[object]]]:
    """Delegates of these tests; `calls` notes what they were given, `faults` what they shall raise."""
    calls: dict[str, list[object]] = {"calls": [], "faults": [], "items": []}

    def note(call: ServiceCall) -> dict[str, object]:
        if calls["faults"]:
            raise calls["faults"].pop(0)  # type: ignore[misc]
        calls["calls"].append(call.node_id)
        return {"noted": True}

    def many(call: ServiceCall) -> Pending:
        return call.start_batch("test.each", list(range(7)), chunk=3)

    def each(call: BatchCall) -> None:
        if calls["faults"]:
            raise calls["faults"].pop(0)  # type: ignore[misc]
        calls["items"] += list(call.items)

    DELEGATES.update({"test.note": note, "test.many": many})
    BATCHES["test.each"] = each
    yield calls
    for name in ("test.note", "test.many"):
        del DELEGATES[name]
    del BATCHES["test.each"]


class Publish:
    def __init__(self, name: str, key: str, **payload: object) -> None:
        self.arguments = name, key, payload

    def execute(self, context: CommandContext) -> None:
        messages.publish(context, *self.arguments)


def ended(office: Office, instance_id: int) -> bool:
    with office.engine.reading() as session:
        return session.get_one(ProcessInstance, instance_id).state == "completed"


def rows(office: Office, table: type) -> list[object]:
    with office.engine.reading() as session:
        return list(session.scalars(select(table)))


def waiting(text: str = "PT48H", kind: str = "timeDuration", **settings: str) -> Drawing:
    drawing = Drawing("waiting", {"adjusters": "county_clerk"}).start().timer("pause", text, kind, **settings)
    return drawing.end().chain("begin", "pause", "over")


def test_a_timer_fires_when_its_time_has_come_and_not_before(office: Office) -> None:
    office.deploy(waiting())
    case = office.start("waiting")
    office.clock.advance(timedelta(hours=47))
    office.work()
    assert not ended(office, case)
    office.clock.advance(timedelta(hours=1))
    office.work()
    assert ended(office, case)


def test_days_of_a_working_timer_skip_the_weekend(office: Office) -> None:
    office.deploy(waiting("P5D", calendar="working"))
    case = office.start("waiting")
    office.clock.advance(timedelta(days=6, hours=23))
    office.work()
    assert not ended(office, case)
    office.clock.advance(timedelta(hours=1))
    office.work()
    assert ended(office, case)


def test_an_officer_brings_an_adjustable_timer_forward_with_a_reason(office: Office) -> None:
    clerk, stranger = office.person("王敏"), office.person("孙丽", "street_clerk", office.street)
    office.deploy(waiting(adjustable="true"))
    case = office.start("waiting")
    sooner = office.clock.now() + timedelta(minutes=5)
    with pytest.raises(Forbidden):
        office.do(AdjustTimer(case, "pause", sooner, "提前"), stranger)
    office.do(AdjustTimer(case, "pause", sooner, "名额已满"), clerk)
    office.clock.advance(timedelta(minutes=5))
    office.work()
    assert ended(office, case)


def test_a_timer_that_is_not_adjustable_stays(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(waiting())
    case = office.start("waiting")
    with pytest.raises(Forbidden):
        office.do(AdjustTimer(case, "pause", office.clock.now(), "提前"), clerk)


def listening() -> Drawing:
    drawing = Drawing("listening").start().message("heard", "paid", "= businessKey")
    drawing.user("after", groups="county_clerk", organisation="county").end()
    return drawing.chain("begin", "heard", "after", "over")


def test_a_message_reaches_the_case_with_its_key_only(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(listening())
    office.start("listening", key="A-1")
    office.start("listening", key="A-2")
    office.do(Publish("paid", "A-2", amount=5), SYSTEM)
    office.work()
    assert [row.business_key for row in office.todo(clerk)] == ["A-2"]


@pytest.mark.parametrize("waits_first", [True, False])
def test_numbers_and_dates_of_a_message_stay_numbers_and_dates(office: Office, waits_first: bool) -> None:
    drawing = Drawing("counting").start().message("heard", "paid", "= businessKey")
    drawing.script("later", 'if paid_on + duration("P1D") = date("2026-11-23") then amount * 2 else 1 / 0', "total")
    office.deploy(drawing.end().chain("begin", "heard", "later", "over"))
    paid = Publish("paid", "A-1", amount=Decimal("2.50"), paid_on=date(2026, 11, 22))
    case = office.start("counting") if waits_first else 0
    office.do(paid, SYSTEM)
    office.work()
    assert ended(office, case or office.start("counting"))


def test_today_in_a_diagram_is_the_day_in_china(office: Office) -> None:
    office.clock.move_to(datetime(2026, 11, 25, 0, 30, tzinfo=CHINA))  # in UTC it is still the day before
    right = 'today() = date("2026-11-25") and now() = date and time("2026-11-25T00:30:00+08:00")'
    drawing = Drawing("daily").start().script("check", f"if {right} then 1 else 1 / 0", "found")
    office.deploy(drawing.end().chain("begin", "check", "over"))
    assert ended(office, office.start("daily"))


def test_a_message_that_comes_before_anybody_waits_is_kept(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(listening())
    office.do(Publish("paid", "A-1"), SYSTEM)
    office.work()
    office.start("listening")
    assert len(office.todo(clerk)) == 1


def test_a_message_is_used_up_by_its_receiver(office: Office) -> None:
    office.deploy(listening())
    office.do(Publish("paid", "A-1"), SYSTEM)
    office.start("listening")
    office.work()
    clerk = office.person("王敏")
    office.do(CompleteWorkItem(office.todo(clerk)[0].work_item_id), clerk)
    assert rows(office, Job) == []


def served(type_: str = "test.note", retries: int = 3) -> Drawing:
    drawing = Drawing("served").start().user("ask", groups="county_clerk", organisation="county")
    drawing.service("note", type_, retries).end()
    return drawing.chain("begin", "ask", "note", "over")


def test_a_delegate_runs_with_the_completion_that_leads_to_it(
    office: Office, delegates: dict[str, list[object]]
) -> None:
    clerk = office.person("王敏")
    office.deploy(served())
    case = office.start("served")
    office.do(CompleteWorkItem(office.todo(clerk)[0].work_item_id), clerk)
    assert delegates["calls"] == ["note"]
    assert ended(office, case)


def test_a_failing_delegate_loses_no_completion_and_is_tried_again(
    office: Office, delegates: dict[str, list[object]]
) -> None:
    clerk = office.person("王敏")
    office.deploy(served())
    case = office.start("served")
    delegates["faults"] = [RuntimeError("mail server away")]
    office.do(CompleteWorkItem(office.todo(clerk)[0].work_item_id), clerk)
    assert not ended(office, case)
    assert office.todo(clerk) == []
    office.clock.advance(timedelta(minutes=1))
    office.work()
    assert ended(office, case)


def test_a_job_out_of_retries_is_an_incident_that_an_administrator_retries(
    office: Office, delegates: dict[str, list[object]]
) -> None:
    clerk, admin = office.person("王敏"), office.person("周管理", "process_admin")
    office.deploy(served())
    case = office.start("served")
    delegates["faults"] = [RuntimeError("away") for _ in range(3)]
    office.do(CompleteWorkItem(office.todo(clerk)[0].work_item_id), clerk)
    for _ in range(4):
        office.clock.advance(timedelta(hours=1))
        office.work()
    (incident,) = rows(office, Incident)
    assert incident.node_id == "note"
    with pytest.raises(Forbidden):
        office.do(RetryIncident(incident.id), clerk)
    office.do(RetryIncident(incident.id), admin)
    office.work()
    assert ended(office, case)
    assert rows(office, Incident)[0].resolved_at is not None


def test_a_rule_that_the_person_can_mend_refuses_his_act_and_changes_nothing(
    office: Office, delegates: dict[str, list[object]]
) -> None:
    clerk = office.person("王敏")
    office.deploy(served())
    office.start("served")
    delegates["faults"] = [RuleViolation("员额已用完，不能再招聘。", clause="1.3")]
    with pytest.raises(RuleViolation, match="员额"):
        office.do(CompleteWorkItem(office.todo(clerk)[0].work_item_id), clerk)
    assert len(office.todo(clerk)) == 1
    assert rows(office, Job) == []


def test_a_bpmn_error_nobody_catches_is_an_incident(office: Office, delegates: dict[str, list[object]]) -> None:
    clerk = office.person("王敏")
    office.deploy(served())
    office.start("served")
    delegates["faults"] = [BpmnError("no_seat", "没有座位")]
    with pytest.raises(Exception, match="流程管理员"):
        office.do(CompleteWorkItem(office.todo(clerk)[0].work_item_id), clerk)
    assert len(rows(office, Incident)) == 1


def test_a_batch_goes_through_in_chunks_and_then_the_case_goes_on(
    office: Office, delegates: dict[str, list[object]]
) -> None:
    office.deploy(Drawing("batched").start().service("each", "test.many").end().chain("begin", "each", "over"))
    case = office.start("batched")
    assert len(rows(office, Job)) == 3
    office.work()
    assert delegates["items"] == list(range(7))
    assert ended(office, case)
    assert rows(office, Batch)[0].done == 7


def test_a_failed_chunk_is_repeated_without_the_others(office: Office, delegates: dict[str, list[object]]) -> None:
    office.deploy(Drawing("batched").start().service("each", "test.many").end().chain("begin", "each", "over"))
    case = office.start("batched")
    delegates["faults"] = [RuntimeError("once")]
    office.work()
    assert not ended(office, case)
    office.clock.advance(timedelta(minutes=1))
    office.work()
    assert sorted(delegates["items"]) == list(range(7))  # type: ignore[type-var]
    assert ended(office, case)


def test_the_job_of_a_killed_worker_is_taken_again_and_applied_once(office: Office) -> None:
    office.deploy(waiting())
    case = office.start("waiting")
    office.clock.advance(timedelta(hours=48))
    (job,) = office.engine.execute(ClaimJobs("dead"), actor=SYSTEM)
    assert office.engine.execute(ClaimJobs("alive"), actor=SYSTEM) == []
    office.clock.advance(LEASE + timedelta(seconds=1))
    assert office.engine.execute(ClaimJobs("alive"), actor=SYSTEM) == [job]
    office.engine.execute(RunJob(job, "dead"), actor=SYSTEM)
    assert not ended(office, case)
    office.engine.execute(RunJob(job, "alive"), actor=SYSTEM)
    office.engine.execute(RunJob(job, "alive"), actor=SYSTEM)
    assert ended(office, case)


def due(**settings: str) -> Drawing:
    drawing = Drawing("due").start()
    drawing.user("review", groups="county_clerk", organisation="county", decisions="pass:通过,reject:不通过",
                 deadlineWorkdays="2", **settings)  # fmt: skip
    return drawing.end().chain("begin", "review", "over")


def test_handlers_are_warned_before_and_reminded_after_the_deadline(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(due(deadlineWarning="1", afterDeadline="remind"))
    office.start("due")
    office.clock.advance(timedelta(days=3))
    office.work()
    notes = rows(office, Notification)
    assert [note.template for note in notes] == ["deadline_warning", "deadline_passed"]
    assert {note.user_id for note in notes} == {clerk.user_id}


def test_an_overdue_step_is_offered_to_the_superior_too(office: Office) -> None:
    clerk, head = office.person("王敏"), office.person("李强", "county_head")
    office.deploy(due(afterDeadline="escalate:county_head"))
    office.start("due")
    office.clock.advance(timedelta(days=3))
    office.work()
    office.do(CompleteWorkItem(office.todo(head)[0].work_item_id, "pass"), head)
    assert office.todo(clerk) == []


def test_an_overdue_step_is_decided_as_the_diagram_says(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(due(afterDeadline="decide:pass"))
    case = office.start("due")
    office.clock.advance(timedelta(days=3))
    office.work()
    assert ended(office, case)
    assert office.todo(clerk) == []


def test_unrelated_diagrams_of_one_deployment_may_use_the_same_ids(office: Office) -> None:
    one = Drawing("one").start().timer("pause", "PT1H").end().chain("begin", "pause", "over")
    two = Drawing("two").start().end().chain("begin", "over")
    office.do(Deploy({"one.bpmn": one.xml(), "two.bpmn": two.xml()}), SYSTEM)
    assert ended(office, office.start("two"))
    assert not ended(office, office.start("one"))


def test_a_delegate_decides_with_the_tables_its_case_began_with(
    office: Office, delegates: dict[str, list[object]]
) -> None:
    def ask(call: ServiceCall) -> dict[str, object]:
        assert call.context.case_decide is not None
        delegates["calls"].append(call.context.case_decide("answer", {}).value)
        return {}

    DELEGATES["test.note"] = ask
    clerk = office.person("王敏")
    office.do(Deploy({"served.bpmn": served().xml(), "answer.dmn": answering("1")}), SYSTEM)
    office.start("served")
    office.do(Deploy({"answer.dmn": answering("2")}), SYSTEM)
    office.do(CompleteWorkItem(office.todo(clerk)[0].work_item_id), clerk)
    assert delegates["calls"] == [1]


def answering(value: str) -> bytes:
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="回答" namespace="test">'
        f'<decision id="answer" name="回答"><literalExpression id="e"><text>{value}</text></literalExpression>'
        "</decision></definitions>"
    ).encode()
