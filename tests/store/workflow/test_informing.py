"""抄送, 已阅, 催办, 沟通 and the rules of who gets a step; rights of fields."""

from datetime import timedelta
from typing import cast

import pytest
from sqlalchemy import select

from engine.kernel.actor import Actor
from engine.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from engine.workflow.case_trace import timeline, visible_instance
from engine.workflow.choosing import ChooseHandlers, choices
from engine.workflow.copies import MarkCopyRead, my_copies, unread_copies
from engine.workflow.definitions import DefinitionCache
from engine.workflow.informing import AddComment, MarkItemRead, SendCopies, UrgeCase, notes_of
from engine.workflow.instances import StartProcess
from engine.workflow.tables import Notification, ProcessInstance, Submission, WorkItem
from engine.workflow.work_items import CompleteWorkItem
from tests.store.workflow.approving import check_rows, in_a_row, item_at, nodes_of, sign, state_of
from tests.store.workflow.conftest import Office
from tests.store.workflow.drawing import Drawing


def id_of(actor: Actor) -> int:
    assert actor.user_id is not None
    return actor.user_id


def test_a_copy_lies_in_a_list_of_its_own_and_blocks_nothing(office: Office) -> None:
    clerk, reader = office.person("王敏"), office.person("孙丽", "street_clerk", office.street)
    office.deploy(in_a_row("a"))
    case = office.start("in_a_row")
    with office.engine.reading() as session, pytest.raises(NotFound):
        visible_instance(session, reader, case, office.clock.now())
    office.do(SendCopies(item_at(office, clerk, "a"), (id_of(reader),), "请知悉"), clerk)
    assert nodes_of(office, reader) == []
    with office.engine.reading() as session:
        (row,) = my_copies(session, reader)
        assert (row.note, row.sender, row.read_at, unread_copies(session, reader)) == ("请知悉", "王敏", None, 1)
        assert visible_instance(session, reader, case, office.clock.now()).id == case
    with pytest.raises(NotFound):
        office.do(MarkCopyRead(row.copy_id), clerk)
    office.do(MarkCopyRead(row.copy_id), reader)
    sign(office, clerk, "a")
    assert state_of(office, case)[0] == "completed"
    with office.engine.reading() as session:
        assert (unread_copies(session, reader), len(my_copies(session, reader))) == (0, 1)


def test_the_diagram_sends_copies_when_a_step_is_done(office: Office) -> None:
    clerk, head = office.person("王敏"), office.person("甲", "county_head")
    starter = office.person("孙丽", "street_clerk", office.street)
    drawing = in_a_row("a", copies="initiator,county_head")
    drawing.properties["starters"] = "street_clerk"
    office.deploy(drawing)
    office.start("in_a_row", starter)
    sign(office, clerk, "a")
    with office.engine.reading() as session:
        assert [unread_copies(session, person) for person in (head, starter, clerk)] == [1, 1, 0]


def test_the_first_opening_is_stamped_once(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(in_a_row("a"))
    office.start("in_a_row")
    item, first = item_at(office, clerk, "a"), office.clock.now()
    office.do(MarkItemRead(item), clerk)
    office.clock.advance(timedelta(hours=1))
    office.do(MarkItemRead(item), clerk)
    with office.engine.reading() as session:
        assert session.get_one(WorkItem, item).read_at == first


def test_a_case_is_urged_by_those_who_wait_and_not_too_often(office: Office) -> None:
    clerk, other = office.person("王敏"), office.person("赵磊", "county_reviewer")
    starter = office.person("孙丽", "street_clerk", office.street)
    drawing = in_a_row("a")
    drawing.properties["starters"] = "street_clerk"
    office.deploy(drawing)
    case = office.start("in_a_row", starter)
    with pytest.raises(NotFound):
        office.do(UrgeCase(case), other)
    assert office.do(UrgeCase(case, "请抓紧"), starter) == 1
    with pytest.raises(Conflict, match="4小时"):
        office.do(UrgeCase(case), starter)
    office.clock.advance(timedelta(hours=5))
    office.do(UrgeCase(case), starter)
    with office.engine.reading() as session:
        told = session.scalars(select(Notification.user_id).where(Notification.template == "urged")).all()
        assert told == [clerk.user_id] * 2
        assert [note.kind for note in notes_of(session, case)] == ["urge", "urge"]


def test_a_comment_moves_nothing_and_keeps_its_files(office: Office) -> None:
    clerk, stranger = office.person("王敏"), office.person("丁", "street_clerk", office.street)
    head = office.person("甲", "county_head")
    office.deploy(in_a_row("a"))
    case = office.start("in_a_row")
    office.do(AddComment(case, "材料在附件", ((7, "材料.pdf"),), (id_of(head),)), clerk)
    with pytest.raises(NotFound):
        office.do(AddComment(case, "我也说"), stranger)
    with pytest.raises(Invalid):
        office.do(AddComment(case, " "), clerk)
    with office.engine.reading() as session:
        (note,) = notes_of(session, case)
        assert (note.author, note.text, tuple(note.attachments)) == ("王敏", "材料在附件", ((7, "材料.pdf"),))
    assert nodes_of(office, clerk) == ["a"]


def started_by(office: Office, starter: Actor, **settings: str) -> int:
    drawing = in_a_row("a", **settings)
    drawing.properties["starters"] = "county_clerk,street_clerk"
    office.deploy(drawing)
    return office.do(StartProcess("in_a_row", "A-1", office.county, "测试"), starter)


def test_an_initiator_s_own_step_goes_to_the_superior(office: Office) -> None:
    clerk, head = office.person("王敏"), office.person("甲", "county_head")
    case = started_by(office, clerk, selfApproval="superior:county_head")
    assert nodes_of(office, head) == ["a"]
    assert nodes_of(office, clerk) == []
    check_rows(office, case)


def test_colleagues_of_the_initiator_do_it_where_there_are_any(office: Office) -> None:
    clerk, other, head = office.person("王敏"), office.person("赵磊"), office.person("甲", "county_head")
    started_by(office, clerk, selfApproval="superior:county_head")
    assert (nodes_of(office, other), nodes_of(office, head)) == (["a"], [])
    with pytest.raises(Forbidden, match="本人发起"):
        office.do(CompleteWorkItem(item_at(office, other, "a"), "pass"), clerk)


def test_without_a_superior_the_process_administrator_has_it(office: Office) -> None:
    clerk, admin = office.person("王敏"), office.person("管理", "process_admin")
    started_by(office, clerk, selfApproval="superior:county_head")
    assert nodes_of(office, admin) == ["a"]


def test_the_same_approver_is_not_asked_again_at_once(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(in_a_row("a", "b", "c", sameApprover="skip"))
    case = office.start("in_a_row")
    sign(office, clerk, "a")
    assert state_of(office, case)[0] == "completed"
    with office.engine.reading() as session:
        assert [(act.node_id, act.operation) for act in timeline(session, case)][1:] == [
            ("a", "complete"), ("b", "skip"), ("c", "skip"),
        ]  # fmt: skip
    check_rows(office, case)


def test_a_refusal_skips_nothing(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(in_a_row("a", "b", sameApprover="skip"))
    office.start("in_a_row")
    sign(office, clerk, "a", "reject")
    assert nodes_of(office, clerk) == ["b"]


def test_the_present_handler_names_who_comes_next(office: Office) -> None:
    clerk, other, outsider = office.person("王敏"), office.person("赵磊"), office.person("甲", "county_head")
    drawing = in_a_row("a")
    drawing._flows.pop()
    drawing._shapes.pop(-2)
    drawing.user("b", groups="county_clerk", organisation="county", chosenBy="a")
    office.deploy(drawing.chain("a", "b", "over"))
    case = office.start("in_a_row")
    item = item_at(office, clerk, "a")
    with office.engine.reading() as session:
        instance = session.get_one(ProcessInstance, case)
        definition = office.engine.service(DefinitionCache).get(session, instance.definition_id)
        (choice,) = choices(session, definition, instance, "a", {})
    assert (choice.node_id, sorted(name for _, name in choice.people)) == ("b", ["王敏", "赵磊"])
    with pytest.raises(Invalid, match="候选人"):
        office.do(CompleteWorkItem(item, "pass", handlers={"b": (id_of(outsider),)}), clerk)
    with pytest.raises(Invalid, match="不能选择"):
        office.do(CompleteWorkItem(item, "pass", handlers={"a": (id_of(other),)}), clerk)
    office.do(CompleteWorkItem(item, "pass", handlers={"b": (id_of(other),)}), clerk)
    assert (nodes_of(office, clerk), nodes_of(office, other)) == ([], ["b"])


def test_the_initiator_names_a_handler(office: Office) -> None:
    clerk, other = office.person("王敏"), office.person("赵磊")
    office.deploy(in_a_row("a", chosenBy="initiator"))
    command = StartProcess("in_a_row", "A-1", office.street, "测试", handlers={"a": (id_of(other),)})
    office.do(command, _system())
    assert (nodes_of(office, clerk), nodes_of(office, other)) == ([], ["a"])


def test_the_initiator_names_handlers_until_the_step_is_reached(office: Office) -> None:
    begins = office.person("李勇", "street_clerk", office.street)
    clerk, other = office.person("王敏"), office.person("赵磊")
    drawing = Drawing("later", {"starters": "street_clerk"}).start()
    drawing.user("a", groups="county_clerk", organisation="county")
    drawing.user("b", groups="county_clerk", organisation="county", chosenBy="initiator").end()
    office.deploy(drawing.chain("begin", "a", "b", "over"))
    case = cast(int, office.do(StartProcess("later", "A-1", office.street, "测试"), begins))
    with pytest.raises(NotFound):
        office.do(ChooseHandlers(case, {"b": (id_of(other),)}), clerk)
    with pytest.raises(Invalid, match="不能选择"):
        office.do(ChooseHandlers(case, {"over": (id_of(other),)}), begins)
    with pytest.raises(Invalid, match="候选人"):
        office.do(ChooseHandlers(case, {"b": (id_of(begins),)}), begins)
    office.do(ChooseHandlers(case, {"b": (id_of(clerk),)}), begins)
    office.do(ChooseHandlers(case, {"b": (id_of(other),)}), begins)
    office.do(CompleteWorkItem(item_at(office, clerk, "a"), None), clerk)
    assert (nodes_of(office, clerk), nodes_of(office, other)) == ([], ["b"])
    with pytest.raises(Conflict, match="已经到达"):
        office.do(ChooseHandlers(case, {"b": (id_of(clerk),)}), begins)


def _system() -> Actor:
    return Actor(None, "系统", is_system=True)


def test_posted_values_of_hidden_and_read_only_fields_are_ignored(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(in_a_row("a", fieldRights="score=read,phone=hidden,remark=required"))
    case = office.start("in_a_row", score=60)
    item = item_at(office, clerk, "a")
    with pytest.raises(Invalid) as caught:
        office.do(CompleteWorkItem(item, "pass", values={"score": 100}), clerk)
    assert set(caught.value.fields) == {"remark"}
    office.do(CompleteWorkItem(item, "pass", values={"score": 100, "phone": "1", "remark": "好", "x": 1}), clerk)
    with office.engine.reading() as session:
        kept = session.scalars(select(Submission).where(Submission.instance_id == case,
                                                        Submission.operation == "complete")).one()  # fmt: skip
    assert kept.content["values"] == {"remark": "好", "x": 1}
