"""What pages show of a case: working time against the limit, what comes next, files of comments, signatures."""

from datetime import UTC, datetime, timedelta

import pytest

from engine.kernel.errors import Invalid
from engine.workflow.case_trace import StepRow, steps_of, timeline
from engine.workflow.control import ResumeInstance, SuspendInstance
from engine.workflow.definitions import DefinitionCache
from engine.workflow.informing import AddComment, notes_of
from engine.workflow.item_trace import signature_of
from engine.workflow.prediction import PredictedNode, predicted_nodes
from engine.workflow.signers import AddSignersAfter
from engine.workflow.tables import ProcessInstance
from engine.workflow.work_items import CompleteWorkItem, SendBack
from tests.store.workflow.approving import in_a_row, item_at, sign
from tests.store.workflow.conftest import Office
from tests.store.workflow.drawing import Drawing

FRIDAY_AFTERNOON = datetime(2026, 3, 6, 15, 0, tzinfo=UTC) - timedelta(hours=8)


def steps(office: Office, case: int) -> list[StepRow]:
    with office.engine.reading() as session:
        return steps_of(session, case, office.engine.service(DefinitionCache), office.clock.now())


def ahead(office: Office, case: int) -> tuple[PredictedNode, ...]:
    with office.engine.reading() as session:
        instance = session.get_one(ProcessInstance, case)
        return predicted_nodes(session, office.engine.service(DefinitionCache), instance)


def test_working_time_leaves_out_the_day_of_arrival_and_the_weekend(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(in_a_row("a", deadlineWorkdays="2"))
    office.clock.move_to(FRIDAY_AFTERNOON)
    case = office.start("in_a_row")
    office.clock.advance(timedelta(days=3, hours=-3))  # Monday at noon
    sign(office, clerk, "a")
    (step,) = steps(office, case)
    assert (step.work_minutes_used, step.limit) == (180, 960)
    assert step.time is not None
    assert (step.time.text, step.time.late) == ("用时 3 小时，限 2 个工作日", False)
    assert [(item.person, item.finished_at, item.time) for item in step.items] == [
        ("王敏", office.clock.now(), step.time)
    ]


def test_suspended_time_is_not_used_and_hours_run_by_the_clock(office: Office) -> None:
    admin = office.person("周", "process_admin")
    office.deploy(in_a_row("a", deadlineHours="24"))
    office.clock.move_to(FRIDAY_AFTERNOON)
    case = office.start("in_a_row")
    office.clock.advance(timedelta(hours=20))
    office.do(SuspendInstance(case, "等材料"), admin)
    office.clock.advance(timedelta(hours=50))
    assert steps(office, case)[0].work_minutes_used == 20 * 60
    office.do(ResumeInstance(case, "材料已到"), admin)
    office.clock.advance(timedelta(hours=5))
    (step,) = steps(office, case)
    assert (step.work_minutes_used, step.limit) == (25 * 60, 24 * 60)
    assert step.time is not None
    assert step.time.late


def test_what_comes_next_is_told_with_who_would_have_it(office: Office) -> None:
    drawing = Drawing("choice").start()
    decided = {"decisions": "pass:同意,return:补正", "organisation": "county"}
    for node in ("first", "correct", "second"):
        drawing.user(node, groups="county_clerk", **decided)
    drawing.gateway("decided", default="decided_to_correct").end()
    drawing.chain("begin", "first", "decided").flow("decided", "second", '= decision = "pass"')
    drawing.chain("decided", "correct", "first").chain("second", "over")
    office.deploy(drawing)
    clerk = office.person("王敏")
    case = office.start("choice")
    queue = f"county_clerk@{office.county}"
    assert ahead(office, case) == (PredictedNode("second", "办理second", ("county_clerk",), (queue,)),)
    sign(office, clerk, "first")
    assert ahead(office, case) == ()
    sign(office, clerk, "second")
    assert ahead(office, case) == ()


def test_a_comment_carries_files_and_the_database_does_not_tell_their_names(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(in_a_row("a"))
    case = office.start("in_a_row")
    office.do(AddComment(case, "见附件", ((7, "身份证.pdf"), (8, "照片.jpg"))), clerk)
    office.do(AddComment(case, "无附件"), clerk)
    with office.engine.reading() as session:
        assert [note.attachments for note in notes_of(session, case)] == [((7, "身份证.pdf"), (8, "照片.jpg")), ()]
        kept = session.connection().exec_driver_sql("SELECT attachments FROM case_note ORDER BY id").scalars().all()
    assert kept[1] is None
    assert "身份证".encode() not in bytes(kept[0])


def test_a_required_signature_is_asked_for_and_kept_with_the_act(office: Office) -> None:
    clerk = office.person("王敏")
    other = office.person("赵磊", "county_reviewer")
    office.deploy(in_a_row("a", "b", signature="required"))
    case = office.start("in_a_row")
    item = item_at(office, clerk, "a")
    with pytest.raises(Invalid) as refused:
        office.do(CompleteWorkItem(item, "pass", "同意"), clerk)
    assert refused.value.fields == {"signature": "此环节须手写签名，请签名后再提交。"}
    office.do(CompleteWorkItem(item, "pass", "同意", signature=41), clerk)
    assert other.user_id is not None
    added = AddSignersAfter(item_at(office, clerk, "b"), (other.user_id,), "pass", "同意", signature=42)
    office.do(added, clerk)
    office.do(SendBack(item_at(office, other, "b"), "a", "材料不全", signature=43), other)
    with office.engine.reading() as session:
        signed = [entry.signature for entry in timeline(session, case)]
        assert [id_ for id_ in signed if id_ is not None] == [41, 42, 43]
        assert signature_of(session, item) == 41


def test_without_the_setting_no_signature_is_kept(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(in_a_row("a"))
    case = office.start("in_a_row")
    office.do(CompleteWorkItem(item_at(office, clerk, "a"), "pass", "同意", signature=41), clerk)
    with office.engine.reading() as session:
        assert [entry.signature for entry in timeline(session, case)][1:] == [None]
