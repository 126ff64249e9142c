"""转办, 委派, 加签, 减签, 代理, 离职转办: who has the item, who decides, and that a step never hangs."""

from datetime import date, timedelta

import pytest

from engine.identity.users import load_actor
from engine.kernel.actor import Actor
from engine.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from engine.workflow.case_trace import timeline
from engine.workflow.definitions import DefinitionCache
from engine.workflow.deputies import AppointDeputy, EndDeputy, my_deputies
from engine.workflow.handing_over import DelegateWorkItem, HandOverWork, TransferWorkItem, preview_hand_over
from engine.workflow.memberships import DisableUser, RevokeRole
from engine.workflow.operations import available_operations
from engine.workflow.signers import AddSignersAfter, AddSignersBefore, AddSignersBeside, RemoveSigner
from engine.workflow.work_items import ClaimWorkItem, CompleteWorkItem
from tests.store.workflow.approving import (
    DECISIONS,
    check_rows,
    in_a_row,
    item_at,
    nodes_of,
    operations_done,
    sign,
    state_of,
)
from tests.store.workflow.conftest import Office
from tests.store.workflow.drawing import Drawing


def id_of(actor: Actor) -> int:
    assert actor.user_id is not None
    return actor.user_id


def countersign(rule: str, groups: str = "county_head", **settings: str) -> Drawing:
    drawing = Drawing("countersign").start()
    drawing.user("sign", groups=groups, organisation="county", completionRule=rule, outputs="decision",
                 **{**DECISIONS, **settings})  # fmt: skip
    drawing.gateway("agreed", default="agreed_to_refused").end("granted", "通过").end("refused", "不通过")
    drawing.chain("begin", "sign", "agreed").flow("agreed", "granted", '= decision = "pass"')
    return drawing.flow("agreed", "refused")


def test_who_was_given_the_item_decides(office: Office) -> None:
    clerk, other = office.person("王敏"), office.person("李强", "county_head")
    office.deploy(in_a_row("a"))
    case = office.start("in_a_row")
    item = item_at(office, clerk, "a")
    office.do(TransferWorkItem(item, id_of(other), "出差"), clerk)
    assert (nodes_of(office, clerk), nodes_of(office, other)) == ([], ["a"])
    check_rows(office, case)
    with pytest.raises(Conflict):
        office.do(CompleteWorkItem(item, "pass"), clerk)
    sign(office, other, "a")
    assert state_of(office, case)[0] == "completed"
    assert operations_done(office, case) == ["start", "transfer", "complete"]


def test_nothing_is_given_to_people_outside_of_the_county_or_without_a_post(office: Office) -> None:
    clerk, admin = office.person("王敏"), office.person("安全", "security_admin")
    office.deploy(in_a_row("a"))
    office.start("in_a_row")
    for stranger in (id_of(admin), 9_999):
        with pytest.raises(Invalid, match="本县"):
            office.do(TransferWorkItem(item_at(office, clerk, "a"), stranger), clerk)


def test_nothing_is_given_to_who_may_not_handle_it(office: Office) -> None:
    street, clerk = office.person("孙丽", "street_clerk", office.street), office.person("王敏")
    drawing = in_a_row("a", exclude="initiator")
    drawing.properties["starters"] = "street_clerk"
    office.deploy(drawing)
    office.start("in_a_row", street)
    with pytest.raises(Forbidden, match="本人发起"):
        office.do(TransferWorkItem(item_at(office, clerk, "a"), id_of(street)), clerk)


def test_an_operation_the_node_does_not_name_is_refused_and_not_offered(office: Office) -> None:
    clerk, other = office.person("王敏"), office.person("赵磊")
    office.deploy(in_a_row("a", operations="claim"))
    office.start("in_a_row")
    item = item_at(office, clerk, "a")
    for command in (TransferWorkItem(item, id_of(other)), DelegateWorkItem(item, id_of(other), "请看"),
                    AddSignersBefore(item, (id_of(other),)),
                    AddSignersAfter(item, (id_of(other),), "pass")):  # fmt: skip
        with pytest.raises(Forbidden, match="不允许"):
            office.do(command, clerk)
    with office.engine.reading() as session:
        offered = available_operations(session, office.engine.service(DefinitionCache), clerk, item, office.clock)
    assert [(each.id, each.label) for each in offered] == [("decide", "办理"), ("claim", "认领")]


def test_the_buttons_are_what_the_node_allows_and_what_makes_sense(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(in_a_row("a"))
    office.start("in_a_row")
    item = item_at(office, clerk, "a")
    office.do(ClaimWorkItem(item), clerk)
    with office.engine.reading() as session:
        offered = available_operations(session, office.engine.service(DefinitionCache), clerk, item, office.clock)
    assert [each.label for each in offered] == [
        "办理", "退回认领池", "退回", "转办", "委派", "前加签", "后加签", "抄送",
    ]  # fmt: skip


def test_a_delegated_item_returns_and_only_its_handler_moves_the_case(office: Office) -> None:
    clerk, other = office.person("王敏"), office.person("李强", "county_head")
    office.deploy(in_a_row("a"))
    case = office.start("in_a_row")
    item = item_at(office, clerk, "a")
    office.do(DelegateWorkItem(item, id_of(other), "请核实工龄"), clerk)
    assert (nodes_of(office, clerk), nodes_of(office, other)) == ([], ["a"])
    check_rows(office, case)
    with pytest.raises(Conflict, match="等待他人"):
        office.do(CompleteWorkItem(item, "pass"), clerk)
    with pytest.raises(Invalid, match="答复"):
        office.do(CompleteWorkItem(item_at(office, other, "a")), other)
    office.do(CompleteWorkItem(item_at(office, other, "a"), opinion="工龄属实"), other)
    assert (state_of(office, case)[0], nodes_of(office, clerk)) == ("active", ["a"])
    check_rows(office, case)
    sign(office, clerk, "a")
    assert state_of(office, case)[0] == "completed"


def test_who_is_added_before_signs_first_then_it_returns(office: Office) -> None:
    clerk = office.person("王敏")
    heads = [office.person(name, "county_head") for name in "甲乙"]
    office.deploy(in_a_row("a"))
    case = office.start("in_a_row")
    office.do(AddSignersBefore(item_at(office, clerk, "a"), tuple(map(id_of, heads)), "请先审"), clerk)
    assert nodes_of(office, clerk) == []
    sign(office, heads[0], "a")
    assert nodes_of(office, clerk) == []
    sign(office, heads[1], "a", "reject")
    assert nodes_of(office, clerk) == ["a"]
    check_rows(office, case)
    sign(office, clerk, "a")
    assert state_of(office, case)[0] == "completed"


def test_who_is_added_behind_signs_before_the_step_is_done(office: Office) -> None:
    clerk, other, head = office.person("王敏"), office.person("赵磊"), office.person("甲", "county_head")
    office.deploy(in_a_row("a", "b"))
    case = office.start("in_a_row")
    office.do(AddSignersAfter(item_at(office, clerk, "a"), (id_of(head),), "pass", "同意", {"x": 1}), clerk)
    assert (nodes_of(office, other), nodes_of(office, head)) == ([], ["a"])
    check_rows(office, case)
    sign(office, head, "a")
    assert nodes_of(office, other) == ["b"]


def test_adding_behind_supposes_agreement(office: Office) -> None:
    clerk, head = office.person("王敏"), office.person("甲", "county_head")
    office.deploy(in_a_row("a"))
    office.start("in_a_row")
    with pytest.raises(Invalid, match="同意"):
        office.do(AddSignersAfter(item_at(office, clerk, "a"), (id_of(head),), "reject", "不行"), clerk)


def test_a_refusal_behind_an_approval_refuses_the_step(office: Office) -> None:
    first, second, extra = (office.person("甲", "county_head"), office.person("乙", "county_head"),
                            office.person("丙"))  # fmt: skip
    office.deploy(countersign("all"))
    case = office.start("countersign")
    sign(office, second, "sign")
    office.do(AddSignersAfter(item_at(office, first, "sign"), (id_of(extra),), "pass", "同意"), first)
    assert state_of(office, case)[0] == "active"
    sign(office, extra, "sign", "reject")
    assert state_of(office, case) == ("completed", "不通过")


def test_who_is_added_beside_joins_the_countersign(office: Office) -> None:
    head, extra = office.person("甲", "county_head"), office.person("丙")
    office.deploy(countersign("all"))
    case = office.start("countersign")
    office.do(AddSignersBeside(item_at(office, head, "sign"), (id_of(extra),)), head)
    sign(office, head, "sign")
    assert (state_of(office, case)[0], nodes_of(office, extra)) == ("active", ["sign"])
    sign(office, extra, "sign")
    assert state_of(office, case) == ("completed", "通过")


def test_nobody_is_in_a_step_twice(office: Office) -> None:
    heads = [office.person(name, "county_head") for name in "甲乙"]
    office.deploy(countersign("all"))
    office.start("countersign")
    with pytest.raises(Conflict, match="已经是本环节"):
        office.do(AddSignersBeside(item_at(office, heads[0], "sign"), (id_of(heads[1]),)), heads[0])


def test_removing_the_last_open_signer_completes_the_step(office: Office) -> None:
    head, extra = office.person("甲", "county_head"), office.person("丙")
    office.deploy(countersign("all"))
    case = office.start("countersign")
    (added,) = office.do(AddSignersBeside(item_at(office, head, "sign"), (id_of(extra),)), head)
    sign(office, head, "sign")
    office.do(RemoveSigner(added, "不需要"), head)
    assert state_of(office, case) == ("completed", "通过")
    check_rows(office, case)


def test_removing_who_was_asked_first_gives_the_item_back(office: Office) -> None:
    clerk, head = office.person("王敏"), office.person("甲", "county_head")
    office.deploy(in_a_row("a"))
    case = office.start("in_a_row")
    (added,) = office.do(AddSignersBefore(item_at(office, clerk, "a"), (id_of(head),)), clerk)
    office.do(RemoveSigner(added), clerk)
    assert (nodes_of(office, clerk), nodes_of(office, head)) == (["a"], [])
    check_rows(office, case)


def test_removing_the_present_signer_of_a_line_lets_the_next_begin(office: Office) -> None:
    heads = [office.person(name, "county_head") for name in "甲乙"]
    admin = office.person("管理", "process_admin")
    office.deploy(countersign("ordered"))
    case = office.start("countersign")
    office.do(RemoveSigner(item_at(office, heads[0], "sign"), "休假"), admin)
    assert [nodes_of(office, head) for head in heads] == [[], ["sign"]]
    check_rows(office, case)
    with pytest.raises(Conflict, match="至少要保留"):
        office.do(RemoveSigner(item_at(office, heads[1], "sign"), "休假"), admin)


def test_only_one_s_own_additions_are_removed(office: Office) -> None:
    heads = [office.person(name, "county_head") for name in "甲乙"]
    extra, stranger = office.person("丙"), office.person("丁")
    office.deploy(countersign("all"))
    office.start("countersign")
    (added,) = office.do(AddSignersBeside(item_at(office, heads[0], "sign"), (id_of(extra),)), heads[0])
    with pytest.raises(Forbidden, match="自己加签"):
        office.do(RemoveSigner(added), heads[1])
    with pytest.raises(Forbidden, match="自己加签"):
        office.do(RemoveSigner(item_at(office, heads[1], "sign")), heads[0])
    with pytest.raises(NotFound):
        office.do(RemoveSigner(added), stranger)


def test_votes_weigh_what_the_diagram_says(office: Office) -> None:
    head = office.person("甲", "county_head")
    clerks = [office.person(name) for name in "乙丙"]
    office.deploy(countersign("vote:60", groups="county_head,county_clerk", weights="county_head=3"))
    case = office.start("countersign")
    sign(office, clerks[0], "sign", "reject")
    assert state_of(office, case)[0] == "active"
    sign(office, head, "sign")
    assert state_of(office, case) == ("completed", "通过")
    check_rows(office, case)


def test_a_deputy_acts_and_both_are_shown(office: Office) -> None:
    principal, deputy = office.person("甲", "county_head"), office.person("乙")
    office.deploy(countersign("all"))
    case = office.start("countersign")
    today = date(2026, 11, 23)
    office.do(AppointDeputy(id_of(principal), id_of(deputy), today, today + timedelta(days=3)), principal)
    assert nodes_of(office, deputy) == ["sign"]
    sign(office, deputy, "sign")
    assert nodes_of(office, principal) == []
    with office.engine.reading() as session:
        act = timeline(session, case)[-1]
        assert [row.deputy for row in my_deputies(session, principal)] == ["乙"]
    assert (act.actor, act.on_behalf_of) == ("乙", "甲")


def test_a_deputy_sees_what_the_groups_of_the_principal_are_offered(office: Office) -> None:
    principal, deputy = office.person("甲"), office.person("乙", "county_head")
    office.deploy(in_a_row("a"))
    office.start("in_a_row")
    today = date(2026, 11, 23)
    line = office.do(AppointDeputy(id_of(principal), id_of(deputy), today, today, role="county_clerk"), principal)
    assert nodes_of(office, deputy) == ["a"]
    office.do(EndDeputy(line), principal)
    assert nodes_of(office, deputy) == []


def test_a_deputy_who_claims_still_acts_for_the_principal(office: Office) -> None:
    principal, deputy = office.person("甲"), office.person("乙", "county_head")
    office.deploy(in_a_row("a"))
    case = office.start("in_a_row")
    today = date(2026, 11, 23)
    office.do(AppointDeputy(id_of(principal), id_of(deputy), today, today, role="county_clerk"), principal)
    office.do(ClaimWorkItem(item_at(office, deputy, "a")), deputy)
    sign(office, deputy, "a")
    with office.engine.reading() as session:
        act = timeline(session, case)[-1]
    assert (act.actor, act.on_behalf_of) == ("乙", "甲")


def test_a_deputy_for_another_process_or_past_the_period_has_nothing(office: Office) -> None:
    principal, deputy = office.person("甲"), office.person("乙", "county_head")
    office.deploy(in_a_row("a"))
    office.start("in_a_row")
    today = date(2026, 11, 23)
    office.do(AppointDeputy(id_of(principal), id_of(deputy), today, today, process_key="other"), principal)
    with pytest.raises(NotFound):
        office.do(CompleteWorkItem(item_at(office, principal, "a"), "pass"), deputy)
    assert nodes_of(office, deputy) == []


def test_a_deputy_never_approves_his_own_case_for_another(office: Office) -> None:
    street, clerk = office.person("孙丽", "street_clerk", office.street), office.person("王敏")
    drawing = in_a_row("a", exclude="initiator")
    drawing.properties["starters"] = "street_clerk"
    office.deploy(drawing)
    office.start("in_a_row", street)
    today = date(2026, 11, 23)
    office.do(AppointDeputy(id_of(clerk), id_of(street), today, today), clerk)
    with pytest.raises(Forbidden, match="本人发起"):
        office.do(CompleteWorkItem(item_at(office, street, "a"), "pass"), street)


def test_everything_of_who_leaves_goes_to_a_colleague_with_a_preview(office: Office) -> None:
    leaver, heir = office.person("甲", "county_head"), office.person("乙")
    admin, stranger = office.person("管理", "process_admin"), office.person("丁")
    office.deploy(countersign("all"))
    cases = [office.start("countersign", key=f"A-{n}") for n in range(3)]
    with office.engine.reading() as session:
        assert len(preview_hand_over(session, admin, id_of(leaver))) == 3
        assert preview_hand_over(session, stranger, id_of(leaver)) == []
    with pytest.raises(NotFound):
        office.do(HandOverWork(id_of(leaver), id_of(heir), "离职"), stranger)
    assert len(office.do(HandOverWork(id_of(leaver), id_of(heir), "离职"), admin)) == 3
    assert (nodes_of(office, leaver), len(nodes_of(office, heir))) == ([], 3)
    for case, row in zip(cases, office.todo(heir), strict=True):
        office.do(CompleteWorkItem(row.work_item_id, "pass"), heir)
        assert state_of(office, case)[0] == "completed"


def test_a_turn_that_has_not_come_yet_is_handed_over_too(office: Office) -> None:
    heads = [office.person(name, "county_head") for name in "甲乙"]
    heir, admin = office.person("丙"), office.person("管理", "process_admin")
    office.deploy(countersign("ordered"))
    case = office.start("countersign")
    office.do(HandOverWork(id_of(heads[1]), id_of(heir), "离职"), admin)
    assert nodes_of(office, heir) == []
    sign(office, heads[0], "sign")
    assert nodes_of(office, heir) == ["sign"]
    sign(office, heir, "sign")
    assert state_of(office, case) == ("completed", "通过")


def test_a_closed_account_leaves_no_step_that_never_completes(office: Office) -> None:
    clerk, helper = office.person("王敏"), office.person("甲", "county_head")
    security, admin = office.person("系统", "system_admin"), office.person("管理", "process_admin")
    office.person("系统二", "system_admin")
    office.deploy(in_a_row("a"))
    case = office.start("in_a_row")
    office.do(TransferWorkItem(item_at(office, clerk, "a"), id_of(helper)), clerk)
    office.do(DisableUser(id_of(helper)), security)
    check_rows(office, case)
    sign(office, admin, "a")
    assert state_of(office, case)[0] == "completed"


def present(office: Office, actor: Actor) -> Actor:
    with office.engine.reading() as session:
        return load_actor(session, id_of(actor))


def test_a_turn_of_somebody_who_lost_the_role_comes_to_the_group(office: Office) -> None:
    security = office.person("安全", "security_admin")
    heads = [office.person(name, "county_head") for name in "甲乙"]
    office.deploy(countersign("ordered"))
    case = office.start("countersign")
    office.do(RevokeRole(id_of(heads[1]), "county_head", office.county), security)
    sign(office, heads[0], "sign")
    assert nodes_of(office, present(office, heads[1])) == []
    successor = office.person("丙", "county_head")
    assert nodes_of(office, successor) == ["sign"]
    check_rows(office, case)


def test_an_escalation_neither_blocks_a_countersign_nor_waits_for_it(office: Office) -> None:
    heads = [office.person(name, "county_head") for name in "甲乙"]
    city = office.person("丙", "county_reviewer")
    office.deploy(countersign("ordered", deadlineHours="2", afterDeadline="escalate:county_reviewer"))
    blocked, decided = office.start("countersign", key="A-1"), office.start("countersign", key="A-2")
    office.clock.advance(timedelta(hours=3))
    office.work()
    for head in heads:
        row = next(row for row in office.todo(head) if row.instance_id == blocked)
        office.do(CompleteWorkItem(row.work_item_id, "pass"), head)
    assert state_of(office, blocked) == ("completed", "通过")
    sign(office, city, "sign", "reject")
    assert state_of(office, decided) == ("completed", "不通过")
