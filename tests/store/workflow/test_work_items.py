"""Claiming, completing and deciding work items."""

import pytest
from sqlalchemy import select, update

from engine.kernel.actor import SYSTEM
from engine.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from engine.workflow.instances import TerminateInstance, WithdrawInstance
from engine.workflow.runs import MarkingForged, ProcessFault
from engine.workflow.tables import Incident, ProcessInstance, Submission, WorkItem
from engine.workflow.work_items import (
    ClaimWorkItem,
    CompleteWorkItem,
    ReleaseWorkItem,
    SaveWorkItemDraft,
    SendBack,
)
from tests.store.workflow.conftest import Office
from tests.store.workflow.drawing import Drawing

DECISIONS = {"decisions": "pass:通过,reject:不通过", "opinionRequired": "reject", "operations": "claim,return"}


def two_reviews(**first: str) -> Drawing:
    drawing = Drawing("two_reviews", {"starters": "street_clerk"}).start()
    drawing.user("first", groups="county_clerk", organisation="county", outputs="decision", **{**DECISIONS, **first})
    drawing.user("second", groups="county_head", organisation="county", outputs="decision", **DECISIONS)
    drawing.gateway("agreed", default="agreed_to_refused").end("granted", "通过").end("refused", "不通过")
    drawing.chain("begin", "first", "second", "agreed")
    return drawing.flow("agreed", "granted", '= decision = "pass"').flow("agreed", "refused")


def state_of(office: Office, instance_id: int) -> tuple[str, str | None]:
    with office.engine.reading() as session:
        instance = session.get_one(ProcessInstance, instance_id)
        return instance.state, instance.outcome


def test_a_case_goes_from_step_to_step_to_its_end(office: Office) -> None:
    clerk, head = office.person("王敏"), office.person("李强", "county_head")
    office.deploy(two_reviews())
    case = office.start("two_reviews")
    assert [row.node_id for row in office.todo(clerk)] == ["first"]
    office.do(CompleteWorkItem(office.todo(clerk)[0].work_item_id, "pass", "同意"), clerk)
    assert office.todo(clerk) == []
    office.do(CompleteWorkItem(office.todo(head)[0].work_item_id, "pass"), head)
    assert state_of(office, case) == ("completed", "通过")


def test_the_decision_chooses_the_way(office: Office) -> None:
    clerk, head = office.person("王敏"), office.person("李强", "county_head")
    office.deploy(two_reviews())
    case = office.start("two_reviews")
    office.do(CompleteWorkItem(office.todo(clerk)[0].work_item_id, "pass"), clerk)
    office.do(CompleteWorkItem(office.todo(head)[0].work_item_id, "reject", "材料不实"), head)
    assert state_of(office, case) == ("completed", "不通过")


def test_second_approver_is_told_who_was_first_and_when(office: Office) -> None:
    first, second = office.person("王敏"), office.person("赵磊")
    office.deploy(two_reviews())
    office.start("two_reviews")
    item = office.todo(first)[0].work_item_id
    office.do(CompleteWorkItem(item, "pass"), first)
    with pytest.raises(Conflict, match="王敏于2026-11-23 09:00办理"):
        office.do(CompleteWorkItem(item, "reject", "不同意"), second)


def test_a_double_click_has_one_effect(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(two_reviews())
    office.start("two_reviews")
    item = office.todo(clerk)[0].work_item_id
    for _ in range(2):
        office.do(CompleteWorkItem(item, "pass"), clerk, key="form-1")
    with office.engine.reading() as session:
        assert len(session.scalars(select(Submission).where(Submission.work_item_id == item)).all()) == 1


def test_a_key_used_by_another_person_is_refused(office: Office) -> None:
    clerk, other = office.person("王敏"), office.person("赵磊")
    office.deploy(two_reviews())
    office.start("two_reviews")
    item = office.todo(clerk)[0].work_item_id
    office.do(ClaimWorkItem(item), clerk, key="form-1")
    with pytest.raises(Forbidden):
        office.do(ClaimWorkItem(item), other, key="form-1")


def test_somebody_else_s_item_does_not_exist(office: Office) -> None:
    clerk = office.person("王敏")
    stranger = office.person("外人", "county_clerk", office.street)
    office.deploy(two_reviews())
    office.start("two_reviews")
    with pytest.raises(NotFound):
        office.do(CompleteWorkItem(office.todo(clerk)[0].work_item_id, "pass"), stranger)


def test_a_claimed_item_leaves_the_list_of_the_others_until_it_is_released(office: Office) -> None:
    clerk, other = office.person("王敏"), office.person("赵磊")
    office.deploy(two_reviews())
    office.start("two_reviews")
    item = office.todo(clerk)[0].work_item_id
    office.do(ClaimWorkItem(item), clerk)
    assert office.todo(other) == []
    assert [row.assignee for row in office.todo(clerk)] == ["王敏"]
    with pytest.raises(Conflict, match="王敏认领"):
        office.do(CompleteWorkItem(item, "pass"), other)
    office.do(ReleaseWorkItem(item), clerk)
    assert len(office.todo(other)) == 1


def test_a_refusal_without_opinion_is_not_accepted(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(two_reviews())
    office.start("two_reviews")
    with pytest.raises(Invalid) as caught:
        office.do(CompleteWorkItem(office.todo(clerk)[0].work_item_id, "reject"), clerk)
    assert "opinion" in caught.value.fields


def test_an_unknown_decision_is_not_accepted(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(two_reviews())
    office.start("two_reviews")
    with pytest.raises(Invalid, match="通过、不通过"):
        office.do(CompleteWorkItem(office.todo(clerk)[0].work_item_id, "maybe"), clerk)


def test_nobody_handles_his_own_case(office: Office) -> None:
    clerk = office.person("王敏")
    street = office.person("王敏二", "street_clerk", office.street)
    office.deploy(two_reviews(exclude="initiator"))
    office.start("two_reviews", street)
    with office.engine.reading() as session:
        item = session.scalars(select(WorkItem.id)).one()
    both = type(street)(street.user_id, street.name, street.memberships | clerk.memberships)
    with pytest.raises(Forbidden, match="本人发起"):
        office.do(CompleteWorkItem(item, "pass"), both)


def test_only_the_starters_of_a_process_may_start_it(office: Office) -> None:
    office.deploy(two_reviews())
    with pytest.raises(Forbidden):
        office.start("two_reviews", office.person("王敏"))
    assert office.start("two_reviews", office.person("孙丽", "street_clerk", office.street))


def test_sending_back_opens_exactly_the_target_and_keeps_the_submission(office: Office) -> None:
    clerk, head = office.person("王敏"), office.person("李强", "county_head")
    office.deploy(two_reviews())
    case = office.start("two_reviews")
    office.do(CompleteWorkItem(office.todo(clerk)[0].work_item_id, "pass", "初审通过"), clerk)
    office.do(SendBack(office.todo(head)[0].work_item_id, "first", "请补充说明"), head)
    assert office.todo(head) == []
    assert [row.node_id for row in office.todo(clerk)] == ["first"]
    with office.engine.reading() as session:
        kept = session.scalars(select(Submission).where(Submission.instance_id == case)).all()
    assert [entry.content["opinion"] for entry in kept if entry.work_item_id] == ["初审通过", "请补充说明"]


def test_a_node_that_was_not_passed_is_no_target(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(two_reviews())
    office.start("two_reviews")
    with pytest.raises(Invalid, match="走过"):
        office.do(SendBack(office.todo(clerk)[0].work_item_id, "second", "回去"), clerk)


def test_a_draft_keeps_what_was_typed_and_moves_nothing(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(two_reviews())
    case = office.start("two_reviews")
    with office.engine.reading() as session:
        before = session.get_one(ProcessInstance, case).revision
    office.do(SaveWorkItemDraft(office.todo(clerk)[0].work_item_id, {"opinion": "想一想"}), clerk)
    with office.engine.reading() as session:
        assert session.get_one(ProcessInstance, case).revision == before


def test_the_initiator_withdraws_while_the_step_allows_it(office: Office) -> None:
    street, clerk = office.person("孙丽", "street_clerk", office.street), office.person("王敏")
    office.deploy(two_reviews(withdrawable="true"))
    case = office.start("two_reviews", street)
    with pytest.raises(NotFound):
        office.do(WithdrawInstance(case), clerk)
    office.do(WithdrawInstance(case, "写错了"), street)
    assert state_of(office, case)[0] == "withdrawn"
    assert office.todo(clerk) == []


def test_a_case_past_the_withdrawable_step_stays(office: Office) -> None:
    street, clerk = office.person("孙丽", "street_clerk", office.street), office.person("王敏")
    office.deploy(two_reviews(withdrawable="true"))
    case = office.start("two_reviews", street)
    office.do(CompleteWorkItem(office.todo(clerk)[0].work_item_id, "pass"), clerk)
    with pytest.raises(Conflict):
        office.do(WithdrawInstance(case), street)


def test_terminating_needs_authority_and_a_reason(office: Office) -> None:
    clerk, admin = office.person("王敏"), office.person("周管理", "process_admin")
    office.deploy(two_reviews())
    case = office.start("two_reviews")
    with pytest.raises(Forbidden):
        office.do(TerminateInstance(case, "重复"), clerk)
    with pytest.raises(Invalid):
        office.do(TerminateInstance(case, " "), admin)
    office.do(TerminateInstance(case, "重复发起"), admin)
    assert state_of(office, case) == ("terminated", "重复发起")
    assert office.todo(clerk) == []


def test_a_countersign_in_parallel_is_done_when_all_have_agreed(office: Office) -> None:
    heads = [office.person(name, "county_head") for name in ("甲", "乙", "丙")]
    office.deploy(countersign("all"))
    case = office.start("countersign")
    for head in heads[:2]:
        office.do(CompleteWorkItem(office.todo(head)[0].work_item_id, "pass"), head)
    assert state_of(office, case)[0] == "active"
    office.do(CompleteWorkItem(office.todo(heads[2])[0].work_item_id, "pass"), heads[2])
    assert state_of(office, case) == ("completed", "通过")


def test_one_refusal_ends_a_countersign_and_closes_the_others(office: Office) -> None:
    heads = [office.person(name, "county_head") for name in ("甲", "乙", "丙")]
    office.deploy(countersign("all"))
    case = office.start("countersign")
    office.do(CompleteWorkItem(office.todo(heads[1])[0].work_item_id, "reject", "不行"), heads[1])
    assert state_of(office, case) == ("completed", "不通过")
    assert office.todo(heads[0]) == []


def test_a_ratio_stops_as_soon_as_nothing_can_change_it(office: Office) -> None:
    heads = [office.person(name, "county_head") for name in ("甲", "乙", "丙")]
    office.deploy(countersign("ratio:60"))
    case = office.start("countersign")
    for head in heads[:2]:
        office.do(CompleteWorkItem(office.todo(head)[0].work_item_id, "pass"), head)
    assert state_of(office, case) == ("completed", "通过")


def test_an_ordered_countersign_goes_one_after_the_other(office: Office) -> None:
    heads = [office.person(name, "county_head") for name in ("甲", "乙")]
    office.deploy(countersign("ordered"))
    case = office.start("countersign")
    assert [len(office.todo(head)) for head in heads] == [1, 0]
    office.do(CompleteWorkItem(office.todo(heads[0])[0].work_item_id, "pass"), heads[0])
    assert [len(office.todo(head)) for head in heads] == [0, 1]
    office.do(CompleteWorkItem(office.todo(heads[1])[0].work_item_id, "pass"), heads[1])
    assert state_of(office, case) == ("completed", "通过")


def countersign(rule: str) -> Drawing:
    drawing = Drawing("countersign").start()
    drawing.user("sign", groups="county_head", organisation="county", outputs="decision", completionRule=rule,
                 **DECISIONS)  # fmt: skip
    drawing.gateway("agreed", default="agreed_to_refused").end("granted", "通过").end("refused", "不通过")
    drawing.chain("begin", "sign", "agreed").flow("agreed", "granted", '= decision = "pass"')
    return drawing.flow("agreed", "refused")


def test_a_mistyped_rule_becomes_an_incident_and_the_item_stays_open(office: Office) -> None:
    clerk = office.person("王敏")
    drawing = Drawing("mistyped").start().user("first", groups="county_clerk", organisation="county")
    drawing.gateway("agreed", default="agreed_to_refused").end("granted").end("refused")
    drawing.chain("begin", "first", "agreed").flow("agreed", "granted", "= scoer > 60").flow("agreed", "refused")
    office.deploy(drawing)
    office.start("mistyped")
    with pytest.raises(ProcessFault, match="没有丢失"):
        office.do(CompleteWorkItem(office.todo(clerk)[0].work_item_id, values={"score": 70}), clerk)
    assert len(office.todo(clerk)) == 1
    with office.engine.reading() as session:
        assert session.scalars(select(Incident.node_id)).all() == ["agreed"]


def test_a_marking_changed_behind_our_back_is_not_run(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(two_reviews())
    case = office.start("two_reviews")
    item = office.todo(clerk)[0].work_item_id
    with office.engine.store.engine.begin() as connection:
        connection.execute(update(ProcessInstance).where(ProcessInstance.id == case).values(
            marking=b"x" * 64, revision=ProcessInstance.revision + 1))  # fmt: skip
    with pytest.raises(MarkingForged):
        office.do(CompleteWorkItem(item, "pass"), clerk)


def test_the_system_may_complete_what_it_must(office: Office) -> None:
    office.person("王敏")
    office.deploy(two_reviews())
    office.start("two_reviews")
    with office.engine.reading() as session:
        item = session.scalars(select(WorkItem.id)).one()
    office.do(CompleteWorkItem(item, "pass"), SYSTEM)
