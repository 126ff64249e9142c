"""挂起, 激活 and 跳转: clocks that stand still, and moves that are shown before they are made."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from engine.kernel.clock import CHINA
from engine.kernel.errors import Conflict, Forbidden, Invalid
from engine.kernel.history import HistoryEvent
from engine.workflow.control import JumpInstance, PreviewJump, ResumeInstance, SuspendInstance
from engine.workflow.definitions import DefinitionCache
from engine.workflow.instances import TerminateInstance, WithdrawInstance
from engine.workflow.operations import case_operations
from engine.workflow.tables import Job, ProcessInstance, Step, WorkItem
from engine.workflow.work_items import CompleteWorkItem
from tests.store.workflow.approving import check_rows, forked, in_a_row, item_at, nodes_of, sign, state_of
from tests.store.workflow.conftest import Office
from tests.store.workflow.drawing import Drawing


def dates(office: Office, case: int) -> tuple[list[datetime | None], list[datetime]]:
    with office.engine.reading() as session:
        due = list(session.scalars(select(Step.due_at).where(Step.instance_id == case, Step.state == "open")))
        order = session.scalars(select(WorkItem.due_order).where(WorkItem.instance_id == case)).all()
        assert {each for each in due if each} == set(order)
        jobs = list(session.scalars(select(Job.due_at).where(Job.instance_id == case).order_by(Job.due_at)))
        return due, jobs


def test_hours_stand_still_while_a_case_is_suspended(office: Office) -> None:
    clerk, admin = office.person("王敏"), office.person("管理", "process_admin")
    office.deploy(in_a_row("a", deadlineHours="10", deadlineWarning="2"))
    case = office.start("in_a_row")
    began = office.clock.now()
    office.clock.advance(timedelta(hours=4))
    office.do(SuspendInstance(case, "等待核查"), admin)
    with pytest.raises(Conflict, match="挂起"):
        sign(office, clerk, "a")
    office.clock.advance(timedelta(hours=100))
    office.work()
    office.do(ResumeInstance(case, "核查完毕"), admin)
    due = began + timedelta(hours=110)
    assert dates(office, case) == ([due], [due - timedelta(hours=2), due])
    check_rows(office, case)
    sign(office, clerk, "a")
    assert state_of(office, case)[0] == "completed"


def test_working_days_that_were_left_are_left_again(office: Office) -> None:
    admin = office.person("管理", "process_admin")
    office.person("王敏")
    office.deploy(in_a_row("a", deadlineWorkdays="3"))
    case = office.start("in_a_row")  # Monday, due on Thursday
    office.clock.advance(timedelta(days=1))
    office.do(SuspendInstance(case, "等待核查"), admin)
    office.clock.advance(timedelta(days=3))  # Friday: two working days are left, the weekend does not count
    office.do(ResumeInstance(case, "继续"), admin)
    assert dates(office, case)[0] == [datetime(2026, 12, 1, 9, 0, tzinfo=CHINA)]


def timed(text: str, kind: str) -> Drawing:
    return Drawing("timed").start().timer("wait", text, kind).end().chain("begin", "wait", "over")


@pytest.mark.parametrize(("text", "kind", "moved"), [("PT5H", "timeDuration", True),
                                                     ("2026-11-23T20:00:00+08:00", "timeDate", False)])  # fmt: skip
def test_durations_move_and_fixed_dates_stay(office: Office, text: str, kind: str, moved: bool) -> None:
    admin = office.person("管理", "process_admin")
    office.deploy(timed(text, kind))
    case = office.start("timed")
    before = dates(office, case)[1]
    office.do(SuspendInstance(case, "等待"), admin)
    office.clock.advance(timedelta(hours=2))
    office.do(ResumeInstance(case, "继续"), admin)
    shift = timedelta(hours=2) if moved else timedelta(0)
    assert dates(office, case)[1] == [each + shift for each in before]
    office.clock.advance(timedelta(hours=12))
    office.work()
    assert state_of(office, case)[0] == "completed"


def timers(office: Office, case: int) -> list[datetime]:
    with office.engine.reading() as session:
        return list(session.scalars(select(Job.due_at).where(Job.instance_id == case)))


def test_a_repeating_timer_counts_on_from_where_it_was_moved(office: Office) -> None:
    admin = office.person("管理", "process_admin")
    office.person("王敏")
    drawing = in_a_row("a").reminder("again", "a", "R3/PT10H").end("told").flow("again", "told")
    office.deploy(drawing)
    case = office.start("in_a_row")
    began = office.clock.now()
    office.clock.advance(timedelta(hours=4))
    office.do(SuspendInstance(case, "等待"), admin)
    office.clock.advance(timedelta(hours=100))
    office.do(ResumeInstance(case, "继续"), admin)
    assert timers(office, case) == [began + timedelta(hours=110)]
    office.clock.advance(timedelta(hours=6))
    office.work()
    assert timers(office, case) == [began + timedelta(hours=120)]
    office.clock.advance(timedelta(hours=10))
    office.work()
    assert timers(office, case) == [began + timedelta(hours=130)]


def test_nothing_fires_in_a_suspended_case(office: Office) -> None:
    admin = office.person("管理", "process_admin")
    office.deploy(timed("PT5H", "timeDuration"))
    case = office.start("timed")
    office.do(SuspendInstance(case, "等待"), admin)
    office.clock.advance(timedelta(days=30))
    office.work()
    assert state_of(office, case)[0] == "suspended"


def test_only_those_named_suspend_and_only_what_runs(office: Office) -> None:
    clerk, admin = office.person("王敏"), office.person("管理", "process_admin")
    office.deploy(in_a_row("a"))
    case = office.start("in_a_row")
    with pytest.raises(Forbidden):
        office.do(SuspendInstance(case, "我想"), clerk)
    with pytest.raises(Invalid):
        office.do(SuspendInstance(case, " "), admin)
    with pytest.raises(Conflict, match="没有挂起"):
        office.do(ResumeInstance(case, "继续"), admin)
    sign(office, clerk, "a")
    with pytest.raises(Conflict, match="结束"):
        office.do(SuspendInstance(case, "太晚"), admin)


def test_a_jump_is_shown_before_it_is_made_and_noted_as_exceptional(office: Office) -> None:
    clerk, admin = office.person("王敏"), office.person("管理", "process_admin")
    office.deploy(forked())
    case = office.start("forked")
    sign(office, clerk, "first")
    preview = office.do(PreviewJump(case, "last"), admin)
    assert (preview.cancelled, preview.kept, preview.opened) == (["办理a1", "办理b1"], [], "办理last")
    assert nodes_of(office, clerk) == ["a1", "b1"]
    office.do(JumpInstance(case, "last", "领导批示"), admin)
    assert nodes_of(office, clerk) == ["last"]
    check_rows(office, case)
    with office.engine.reading() as session:
        event = session.scalars(select(HistoryEvent).where(HistoryEvent.type == "process_instance.jumped")).one()
    assert (event.facts["exceptional"], event.facts["reason"], event.facts["cancelled"]) == (
        True, "领导批示", ["a1", "b1"],
    )  # fmt: skip


def test_a_jump_may_leave_the_other_branch_alone(office: Office) -> None:
    clerk, admin = office.person("王敏"), office.person("管理", "process_admin")
    office.deploy(forked())
    case = office.start("forked")
    sign(office, clerk, "first")
    office.do(JumpInstance(case, "a2", "跳过", cancel=("a1",)), admin)
    assert nodes_of(office, clerk) == ["a2", "b1"]
    for node in ("a2", "b1", "b2", "last"):
        sign(office, clerk, node)
    assert state_of(office, case)[0] == "completed"


def test_nobody_jumps_to_a_join_or_without_authority(office: Office) -> None:
    clerk, admin = office.person("王敏"), office.person("管理", "process_admin")
    office.deploy(forked())
    case = office.start("forked")
    with pytest.raises(Invalid, match="不能跳转"):
        office.do(JumpInstance(case, "join", "试试"), admin)
    with pytest.raises(Forbidden):
        office.do(JumpInstance(case, "last", "试试"), clerk)
    with pytest.raises(Forbidden):
        office.do(PreviewJump(case, "last"), clerk)


def test_the_buttons_of_a_case_follow_rights_and_state(office: Office) -> None:
    clerk, admin = office.person("王敏"), office.person("管理", "process_admin")
    office.deploy(in_a_row("a"))
    case = office.start("in_a_row")

    def labels() -> list[list[str]]:
        with office.engine.reading() as session:
            instance = session.get_one(ProcessInstance, case)
            cache = office.engine.service(DefinitionCache)
            return [[each.label for each in case_operations(session, cache, who, instance)] for who in (clerk, admin)]

    office.do(SuspendInstance(case, "核查"), admin)
    assert labels()[1] == ["沟通", "终止", "激活"]
    office.do(ResumeInstance(case, "继续"), admin)
    assert labels()[1] == ["沟通", "催办", "终止", "挂起", "跳转"]
    office.do(CompleteWorkItem(item_at(office, clerk, "a"), "pass"), clerk)
    assert labels() == [["沟通"], ["沟通"]]


def test_a_suspended_case_is_ended_by_an_operator_but_not_withdrawn(office: Office) -> None:
    street, admin = office.person("孙丽", "street_clerk", office.street), office.person("管理", "process_admin")
    office.person("王敏")
    drawing = in_a_row("a", withdrawable="true", deadlineHours="5")
    drawing.properties["starters"] = "street_clerk"
    office.deploy(drawing)
    case = office.start("in_a_row", street)
    office.do(SuspendInstance(case, "核查"), admin)
    with pytest.raises(Conflict, match="挂起"):
        office.do(WithdrawInstance(case), street)
    office.do(TerminateInstance(case, "查实"), admin)
    assert state_of(office, case) == ("terminated", "查实")
    check_rows(office, case)
