"""退回 and 撤回: what is open afterwards, what stays valid, what comes back."""

import pytest
from sqlalchemy import select

from engine.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from engine.workflow.control import SuspendInstance
from engine.workflow.going_back import ReturnTargets, SendBack, WithdrawAct
from engine.workflow.operations import prefill
from engine.workflow.signers import AddSignersAfter
from engine.workflow.states import StepState
from engine.workflow.tables import ProcessInstance, Step, WorkItem
from engine.workflow.work_items import CompleteWorkItem
from tests.store.workflow.approving import (
    DECISIONS,
    check_rows,
    forked,
    in_a_row,
    item_at,
    nodes_of,
    operations_done,
    sign,
    state_of,
)
from tests.store.workflow.conftest import Office
from tests.store.workflow.drawing import Drawing


def test_the_nodes_passed_on_the_way_are_offered_the_last_one_first(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(in_a_row("a", "b", "c"))
    office.start("in_a_row")
    for node in ("a", "b"):
        sign(office, clerk, node)
    targets = office.do(ReturnTargets(item_at(office, clerk, "c")), clerk)
    assert [(target.node_id, target.name) for target in targets] == [("b", "办理b"), ("a", "办理a")]


def test_a_corrected_case_runs_through_all_nodes_again(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(in_a_row("a", "b", "c"))
    case = office.start("in_a_row")
    for node in ("a", "b"):
        sign(office, clerk, node)
    office.do(SendBack(item_at(office, clerk, "c"), "a", "请补充"), clerk)
    for node in ("a", "b", "c"):
        assert nodes_of(office, clerk) == [node]
        check_rows(office, case)
        sign(office, clerk, node)
    assert state_of(office, case)[0] == "completed"


def test_a_corrected_case_comes_straight_back_to_who_sent_it(office: Office) -> None:
    clerk, other = office.person("王敏"), office.person("赵磊")
    office.deploy(in_a_row("a", "b", "c"))
    case = office.start("in_a_row")
    for node in ("a", "b"):
        sign(office, clerk, node)
    office.do(SendBack(item_at(office, other, "c"), "a", "请补充", direct=True), other)
    assert nodes_of(office, clerk) == ["a"]
    check_rows(office, case)
    sign(office, clerk, "a", score=2)
    assert nodes_of(office, other) == ["c"]
    assert nodes_of(office, clerk) == []
    check_rows(office, case)
    sign(office, other, "c")
    assert state_of(office, case)[0] == "completed"


def test_no_second_branch_lives_on_after_a_return_before_the_fork(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(forked())
    case = office.start("forked")
    for node in ("first", "a1", "b1", "b2"):
        sign(office, clerk, node)
    office.do(SendBack(item_at(office, clerk, "a2"), "first", "重来"), clerk)
    assert nodes_of(office, clerk) == ["first"]
    check_rows(office, case)
    for node in ("first", "a1", "a2", "b1", "b2", "last"):
        sign(office, clerk, node)
    assert state_of(office, case)[0] == "completed"


def test_a_direct_return_keeps_what_the_other_branch_has_approved(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(forked())
    case = office.start("forked")
    for node in ("first", "a1", "b1"):
        sign(office, clerk, node)
    office.do(SendBack(item_at(office, clerk, "a2"), "first", "补充", direct=True), clerk)
    assert nodes_of(office, clerk) == ["first"]
    check_rows(office, case)
    sign(office, clerk, "first")
    assert nodes_of(office, clerk) == ["a2", "b2"]
    check_rows(office, case)
    for node in ("a2", "b2", "last"):
        sign(office, clerk, node)
    assert state_of(office, case)[0] == "completed"


def test_a_return_after_the_join_keeps_the_other_branch(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(forked())
    case = office.start("forked")
    for node in ("first", "a1", "a2", "b1", "b2"):
        sign(office, clerk, node)
    office.do(SendBack(item_at(office, clerk, "last"), "a2", "重签"), clerk)
    assert nodes_of(office, clerk) == ["a2"]
    with office.engine.reading() as session:
        valid = select(Step.node_id).where(Step.instance_id == case, Step.state == StepState.COMPLETED)
        assert sorted(session.scalars(valid)) == ["a1", "b1", "b2", "first"]
    sign(office, clerk, "a2")
    assert nodes_of(office, clerk) == ["last"]


def countersign(rule: str) -> Drawing:
    drawing = Drawing("countersign").start()
    drawing.user("draft", groups="county_clerk", organisation="county", **DECISIONS)
    drawing.user("sign", groups="county_head", organisation="county", completionRule=rule, **DECISIONS)
    return drawing.end().chain("begin", "draft", "sign", "over")


def test_sending_back_out_of_a_countersign_closes_all_of_it(office: Office) -> None:
    clerk = office.person("王敏")
    heads = [office.person(name, "county_head") for name in "甲乙丙"]
    office.deploy(countersign("all"))
    case = office.start("countersign")
    sign(office, clerk, "draft")
    sign(office, heads[0], "sign")
    office.do(SendBack(item_at(office, heads[1], "sign"), "draft", "补充"), heads[1])
    assert [nodes_of(office, head) for head in heads] == [[], [], []]
    check_rows(office, case)
    sign(office, clerk, "draft")
    assert [nodes_of(office, head) for head in heads] == [["sign"]] * 3


def test_a_direct_return_keeps_the_signatures_of_the_countersign(office: Office) -> None:
    clerk = office.person("王敏")
    heads = [office.person(name, "county_head") for name in "甲乙丙"]
    office.deploy(countersign("all"))
    case = office.start("countersign")
    sign(office, clerk, "draft")
    sign(office, heads[0], "sign")
    office.do(SendBack(item_at(office, heads[1], "sign"), "draft", "补充", direct=True), heads[1])
    sign(office, clerk, "draft")
    assert [nodes_of(office, head) for head in heads] == [[], ["sign"], ["sign"]]
    check_rows(office, case)
    for head in heads[1:]:
        sign(office, head, "sign")
    assert state_of(office, case)[0] == "completed"


def test_an_ordered_countersign_goes_on_at_who_sent_it_back(office: Office) -> None:
    clerk = office.person("王敏")
    heads = [office.person(name, "county_head") for name in "甲乙丙"]
    office.deploy(countersign("ordered"))
    case = office.start("countersign")
    sign(office, clerk, "draft")
    sign(office, heads[0], "sign")
    office.do(SendBack(item_at(office, heads[1], "sign"), "draft", "补充", direct=True), heads[1])
    sign(office, clerk, "draft")
    assert [nodes_of(office, head) for head in heads] == [[], ["sign"], []]
    for head in heads[1:]:
        sign(office, head, "sign")
    assert state_of(office, case)[0] == "completed"


def test_what_was_typed_comes_back(office: Office) -> None:
    clerk, other = office.person("王敏"), office.person("赵磊")
    office.deploy(in_a_row("a", "b"))
    office.start("in_a_row")
    sign(office, clerk, "a", score=90, remark="材料齐全")
    office.do(SendBack(item_at(office, other, "b"), "a", "请核对"), other)
    with office.engine.reading() as session:
        begins = prefill(session, item_at(office, clerk, "a"), clerk.user_id)
    assert begins == {"score": 90, "remark": "材料齐全", "opinion": "意见"}


def test_a_colleague_s_opinion_of_a_countersign_is_not_shown_as_one_s_own(office: Office) -> None:
    clerk = office.person("王敏")
    heads = [office.person(name, "county_head") for name in "甲乙"]
    office.deploy(countersign("all"))
    office.start("countersign")
    sign(office, clerk, "draft")
    sign(office, heads[0], "sign", secret=1)
    office.do(SendBack(item_at(office, heads[1], "sign"), "draft", "补充"), heads[1])
    sign(office, clerk, "draft")
    with office.engine.reading() as session:
        assert prefill(session, item_at(office, heads[1], "sign"), heads[1].user_id) == {}
        assert prefill(session, item_at(office, heads[0], "sign"), heads[0].user_id) == {"secret": 1, "opinion": "意见"}


def test_the_last_act_is_taken_back_while_nobody_has_acted_after_it(office: Office) -> None:
    clerk, other = office.person("王敏"), office.person("赵磊")
    office.deploy(in_a_row("a", "b"))
    case = office.start("in_a_row")
    item = item_at(office, clerk, "a")
    sign(office, clerk, "a")
    with pytest.raises(NotFound):
        office.do(WithdrawAct(item), other)
    office.do(WithdrawAct(item, "填错了"), clerk)
    assert (nodes_of(office, clerk), nodes_of(office, other)) == (["a"], [])
    check_rows(office, case)
    assert operations_done(office, case) == ["start", "complete", "withdraw"]
    sign(office, clerk, "a")
    sign(office, other, "b")
    assert state_of(office, case)[0] == "completed"


def test_an_act_on_which_somebody_has_built_stays(office: Office) -> None:
    clerk, other = office.person("王敏"), office.person("赵磊")
    office.deploy(in_a_row("a", "b", "c"))
    office.start("in_a_row")
    item = item_at(office, clerk, "a")
    sign(office, clerk, "a")
    sign(office, other, "b")
    with pytest.raises(Conflict, match="已经有人办理"):
        office.do(WithdrawAct(item), clerk)


def test_a_signature_in_a_running_countersign_is_taken_back(office: Office) -> None:
    clerk = office.person("王敏")
    heads = [office.person(name, "county_head") for name in "甲乙"]
    office.deploy(countersign("ordered"))
    case = office.start("countersign")
    sign(office, clerk, "draft")
    item = item_at(office, heads[0], "sign")
    sign(office, heads[0], "sign")
    office.do(WithdrawAct(item), heads[0])
    assert [nodes_of(office, head) for head in heads] == [["sign"], []]
    check_rows(office, case)
    for head in heads:
        sign(office, head, "sign")
    assert state_of(office, case)[0] == "completed"


def test_the_signatures_of_the_others_stay_when_the_last_one_is_taken_back(office: Office) -> None:
    clerk = office.person("王敏")
    heads = [office.person(name, "county_head") for name in "甲乙"]
    drawing = countersign("all")
    drawing.user("after", groups="county_clerk", organisation="county", **DECISIONS)
    drawing._flows.pop()
    drawing._shapes.pop(-2)
    office.deploy(drawing.chain("sign", "after", "over"))
    case = office.start("countersign")
    sign(office, clerk, "draft")
    sign(office, heads[0], "sign")
    item = item_at(office, heads[1], "sign")
    sign(office, heads[1], "sign")
    assert nodes_of(office, clerk) == ["after"]
    office.do(WithdrawAct(item), heads[1])
    assert [nodes_of(office, person) for person in (*heads, clerk)] == [[], ["sign"], []]
    check_rows(office, case)
    sign(office, heads[1], "sign")
    assert nodes_of(office, clerk) == ["after"]


def test_who_was_added_behind_loses_the_item_with_the_act(office: Office) -> None:
    clerk, other = office.person("王敏"), office.person("李强", "county_head")
    office.deploy(in_a_row("a"))
    case = office.start("in_a_row")
    item = item_at(office, clerk, "a")
    office.do(AddSignersAfter(item, (other.user_id or 0,), "pass", "同意"), clerk)
    office.do(WithdrawAct(item), clerk)
    assert (nodes_of(office, clerk), nodes_of(office, other)) == (["a"], [])
    check_rows(office, case)
    sign(office, clerk, "a")
    assert state_of(office, case)[0] == "completed"


def test_nothing_is_withdrawn_where_the_node_does_not_say_so(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(in_a_row("a", "b", operations="return"))
    office.start("in_a_row")
    item = item_at(office, clerk, "a")
    office.do(CompleteWorkItem(item, "pass"), clerk)
    with pytest.raises(Forbidden):
        office.do(WithdrawAct(item), clerk)


def test_a_return_needs_a_reason(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(in_a_row("a", "b"))
    office.start("in_a_row")
    sign(office, clerk, "a")
    with pytest.raises(Invalid, match="原因"):
        office.do(SendBack(item_at(office, clerk, "b"), "a", " "), clerk)


def test_nothing_goes_back_while_the_case_is_suspended(office: Office) -> None:
    clerk, admin = office.person("王敏"), office.person("管理", "process_admin")
    office.deploy(in_a_row("a", "b"))
    case = office.start("in_a_row")
    first = item_at(office, clerk, "a")
    sign(office, clerk, "a")
    office.do(SuspendInstance(case, "核查"), admin)
    with pytest.raises(Conflict, match="挂起"):
        office.do(SendBack(item_at(office, clerk, "b"), "a", "重来"), clerk)
    with pytest.raises(Conflict, match="挂起"):
        office.do(WithdrawAct(first), clerk)


def test_a_return_into_a_case_that_runs_for_years_leaves_old_items_closed(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(in_a_row("a", "b"))
    case = office.start("in_a_row")
    for _ in range(3):
        sign(office, clerk, "a")
        office.do(SendBack(item_at(office, clerk, "b"), "a", "再改"), clerk)
        check_rows(office, case)
    with office.engine.reading() as session:
        assert session.get_one(ProcessInstance, case).state == "active"
        opened = select(WorkItem.id).where(WorkItem.instance_id == case, WorkItem.queue.is_not(None))
        assert len(session.scalars(opened).all()) == 1
