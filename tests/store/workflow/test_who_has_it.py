"""Who has a step when the obvious person is missing: nobody in the role, an account that is closed, a deputy."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from engine.kernel.actor import SYSTEM, Actor
from engine.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from engine.workflow.control import JumpInstance, SuspendInstance
from engine.workflow.copies import unread_copies
from engine.workflow.definitions import DefinitionCache
from engine.workflow.deputies import AppointDeputy, EndDeputy
from engine.workflow.flags import flags_of
from engine.workflow.handing_over import TransferWorkItem
from engine.workflow.housekeeping import Housekeeping
from engine.workflow.informing import SendCopies
from engine.workflow.instances import TerminateInstance
from engine.workflow.item_trace import open_items_of, visible_item
from engine.workflow.memberships import DisableUser
from engine.workflow.operations import available_operations, case_operations
from engine.workflow.tables import Incident, Notification, ProcessInstance, Step
from engine.workflow.work_items import ClaimWorkItem, CompleteWorkItem, SendBack
from engine.workflow.worklist import counts
from tests.store.workflow.approving import check_rows, forked, in_a_row, item_at, nodes_of, sign, state_of
from tests.store.workflow.conftest import Office
from tests.store.workflow.drawing import Drawing

TODAY = date(2026, 11, 23)


def id_of(actor: Actor) -> int:
    assert actor.user_id is not None
    return actor.user_id


def told(office: Office, person: Actor) -> int:
    with office.engine.reading() as session:
        return len(session.scalars(select(Notification).where(Notification.user_id == id_of(person))).all())


def test_a_step_whose_role_nobody_holds_waits_with_the_administrator_who_is_told(office: Office) -> None:
    admin = office.person("管理", "process_admin")
    office.deploy(in_a_row("a"))
    case = office.start("in_a_row")
    assert (nodes_of(office, admin), told(office, admin)) == (["a"], 1)
    newcomer = office.person("王敏")
    assert nodes_of(office, newcomer) == ["a"]
    sign(office, newcomer, "a")
    assert nodes_of(office, admin) == []
    assert state_of(office, case)[0] == "completed"


def test_a_step_whose_role_nobody_holds_goes_to_the_superior_where_the_drawing_says_so(office: Office) -> None:
    superior, admin = office.person("王敏"), office.person("管理", "process_admin")
    drawing = Drawing("local").start()
    drawing.user("a", groups="county_clerk", emptyHandler="superior").end().chain("begin", "a", "over")
    office.deploy(drawing)
    office.start("local")
    assert (nodes_of(office, superior), nodes_of(office, admin)) == (["a"], [])


def test_a_countersign_that_nobody_can_sign_waits_with_the_administrator(office: Office) -> None:
    admin = office.person("管理", "process_admin")
    office.deploy(in_a_row("a", completionRule="all"))
    case = office.start("in_a_row")
    sign(office, admin, "a")
    assert state_of(office, case)[0] == "completed"


def test_a_step_for_an_account_that_is_closed_waits_with_the_administrator(office: Office) -> None:
    admin, system = office.person("管理", "process_admin"), office.person("系统", "system_admin")
    gone = office.person("王敏")
    office.do(DisableUser(id_of(gone)), system)
    drawing = Drawing("personal").start().user("a", assignee="= person").end().chain("begin", "a", "over")
    office.deploy(drawing)
    case = office.start("personal", person=id_of(gone))
    assert nodes_of(office, admin) == ["a"]
    with office.engine.reading() as session:
        (incident,) = session.scalars(select(Incident).where(Incident.instance_id == case)).all()
    assert "停用" in incident.message


def test_the_administrator_is_told_what_a_closed_account_leaves_to_him(office: Office) -> None:
    admin, system = office.person("管理", "process_admin"), office.person("系统", "system_admin")
    gone = office.person("王敏")
    office.deploy(Drawing("personal").start().user("a", assignee="= person").end().chain("begin", "a", "over"))
    for number in range(2):
        office.start("personal", key=f"A-{number}", person=id_of(gone))
    assert office.do(DisableUser(id_of(gone)), system) == 2
    assert (len(nodes_of(office, admin)), told(office, admin)) == (2, 1)


@pytest.mark.parametrize(("rule", "finder"), [("any", "王敏"), ("all", "管理")])
def test_a_step_that_goes_on_does_not_wait_for_a_closed_account(office: Office, rule: str, finder: str) -> None:
    people = {name: office.person(name) for name in ("王敏", "甲")}
    people |= {"管理": office.person("管理", "process_admin"), "系统": office.person("系统", "system_admin")}
    drawing = Drawing("two").start()
    drawing.user("a", groups="county_clerk", organisation="county", operations="return")
    drawing.user("b", groups="county_clerk", organisation="county", operations="return", completionRule=rule)
    office.deploy(drawing.end().chain("begin", "a", "b", "over"))
    office.start("two")
    office.do(CompleteWorkItem(item_at(office, people["王敏"], "a")), people["王敏"])
    office.do(SendBack(item_at(office, people["甲"], "b"), "a", "材料不全", direct=True), people["甲"])
    office.do(DisableUser(id_of(people["甲"])), people["系统"])
    office.do(CompleteWorkItem(item_at(office, people["王敏"], "a")), people["王敏"])
    assert "b" in nodes_of(office, people[finder])


def countersigned(office: Office) -> int:
    office.deploy(in_a_row("a", groups="county_head", completionRule="all"))
    return office.start("in_a_row")


def test_a_deputy_for_a_role_has_what_was_given_to_the_principal_by_that_role(office: Office) -> None:
    principal, deputy = office.person("甲", "county_head"), office.person("乙")
    case = countersigned(office)
    line = office.do(AppointDeputy(id_of(principal), id_of(deputy), TODAY, TODAY, role="county_head"), principal)
    assert nodes_of(office, deputy) == ["a"]
    item = item_at(office, deputy, "a")
    now = office.clock.now()
    with office.engine.reading() as session:
        definitions = office.engine.service(DefinitionCache)
        assert visible_item(session, deputy, item, now).on_behalf_of == "甲"
        assert open_items_of(session, deputy, case, now) == [(item, "办理a")]
        assert "decide" in [act.id for act in available_operations(session, definitions, deputy, item, office.clock)]
        assert [(row.node_id, row.count) for row in counts(session, deputy, now)] == [("a", 1)]
        (row,) = office.todo(deputy)
        assert flags_of(session, deputy, now, [row])[item].on_behalf_of == "甲"
    office.do(EndDeputy(line), principal)
    assert nodes_of(office, deputy) == []
    with pytest.raises(NotFound):
        office.do(CompleteWorkItem(item, "pass"), deputy)


def test_a_deputy_for_a_role_has_nothing_that_the_principal_was_given_otherwise(office: Office) -> None:
    principal, deputy = office.person("甲", "county_head"), office.person("乙", "county_reviewer")
    drawing = Drawing("personal").start().user("a", assignee="= person").end().chain("begin", "a", "over")
    office.deploy(drawing)
    office.start("personal", person=id_of(principal))
    office.do(AppointDeputy(id_of(principal), id_of(deputy), TODAY, TODAY, role="county_head"), principal)
    item = item_at(office, principal, "a")
    assert nodes_of(office, deputy) == []
    with pytest.raises(NotFound):
        office.do(CompleteWorkItem(item), deputy)
    with office.engine.reading() as session:
        assert counts(session, deputy, office.clock.now()) == []
        with pytest.raises(NotFound):
            visible_item(session, deputy, item, office.clock.now())


def test_a_deputy_for_a_role_has_what_a_colleague_transferred_to_the_principal(office: Office) -> None:
    principal, deputy, giver = office.person("甲"), office.person("乙", "county_head"), office.person("丙")
    office.deploy(in_a_row("a"))
    office.start("in_a_row")
    office.do(ClaimWorkItem(item_at(office, giver, "a")), giver)
    office.do(TransferWorkItem(item_at(office, giver, "a"), id_of(principal)), giver)
    office.do(AppointDeputy(id_of(principal), id_of(deputy), TODAY, TODAY, role="county_clerk"), principal)
    sign(office, deputy, "a")
    assert nodes_of(office, principal) == []


@pytest.mark.parametrize("ended", [True, False], ids=["ended", "over"])
def test_what_a_deputy_has_claimed_goes_back_when_his_period_is_over(office: Office, ended: bool) -> None:
    principal, deputy = office.person("甲"), office.person("乙", "county_head")
    office.deploy(in_a_row("a"))
    office.start("in_a_row")
    line = office.do(AppointDeputy(id_of(principal), id_of(deputy), TODAY, TODAY), principal)
    item = item_at(office, deputy, "a")
    office.do(ClaimWorkItem(item), deputy)
    office.do(Housekeeping(), SYSTEM)
    assert (nodes_of(office, principal), nodes_of(office, deputy)) == ([], ["a"])
    if ended:
        office.do(EndDeputy(line), principal)
    else:
        office.clock.advance(timedelta(days=1))
        with pytest.raises(Conflict, match="代理期"):
            office.do(CompleteWorkItem(item, "pass"), deputy)
        office.do(Housekeeping(), SYSTEM)
    assert (nodes_of(office, principal), nodes_of(office, deputy)) == (["a"], [])
    sign(office, principal, "a")


def test_an_administrator_who_may_not_read_a_confidential_case_cannot_touch_it(office: Office) -> None:
    admin, head = office.person("管理", "process_admin"), office.person("甲", "county_head")
    office.person("王敏")
    drawing = in_a_row("a")
    drawing.properties |= {"readers": "county_head", "terminators": "county_head"}
    office.deploy(drawing)
    case = office.start("in_a_row")
    for command in (TerminateInstance(case, "误报"), SuspendInstance(case, "等待"), JumpInstance(case, "a", "试试")):
        with pytest.raises(NotFound):
            office.do(command, admin)
    with office.engine.reading() as session:
        instance = session.get_one(ProcessInstance, case)
        definitions = office.engine.service(DefinitionCache)
        assert "terminate" not in [act.id for act in case_operations(session, definitions, admin, instance)]
        assert "terminate" in [act.id for act in case_operations(session, definitions, head, instance)]
    office.do(TerminateInstance(case, "误报"), head)
    assert state_of(office, case)[0] == "terminated"


def test_a_jump_back_makes_what_was_done_behind_it_count_no_more(office: Office) -> None:
    clerk, admin = office.person("王敏"), office.person("管理", "process_admin")
    office.deploy(forked())
    case = office.start("forked")
    for node in ("first", "a1", "b1", "a2", "b2"):
        sign(office, clerk, node)
    office.do(JumpInstance(case, "a1", "重办"), admin)
    assert steps(office, case) == {"first": "completed", "a1": "open", "a2": "superseded", "b1": "completed",
                                   "b2": "completed", "last": "cancelled"}  # fmt: skip
    check_rows(office, case)
    for node in ("a1", "a2", "last"):
        sign(office, clerk, node)
    assert state_of(office, case)[0] == "completed"


def steps(office: Office, case: int) -> dict[str, str]:
    with office.engine.reading() as session:
        query = select(Step.node_id, Step.state).where(Step.instance_id == case).order_by(Step.id)
        return dict(session.execute(query).all())


def test_a_jump_forward_leaves_what_was_done(office: Office) -> None:
    clerk, admin = office.person("王敏"), office.person("管理", "process_admin")
    office.deploy(in_a_row("a", "b", "c"))
    case = office.start("in_a_row")
    sign(office, clerk, "a")
    office.do(JumpInstance(case, "c", "领导批示"), admin)
    assert steps(office, case) == {"a": "completed", "b": "cancelled", "c": "open"}


def test_a_step_decided_by_its_deadline_sends_its_copies(office: Office) -> None:
    office.person("王敏")
    head = office.person("甲", "county_head")
    office.deploy(in_a_row("a", deadlineHours="10", afterDeadline="decide:pass", copies="county_head"))
    case = office.start("in_a_row")
    office.clock.advance(timedelta(hours=11))
    office.work()
    assert state_of(office, case)[0] == "completed"
    with office.engine.reading() as session:
        assert unread_copies(session, head) == 1


def test_a_key_used_again_with_another_content_is_told(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(in_a_row("a"))
    office.start("in_a_row")
    item = item_at(office, clerk, "a")
    office.do(CompleteWorkItem(item, "pass", "同意", signature=1), clerk, key="page-1")
    office.do(CompleteWorkItem(item, "pass", "同意", signature=2), clerk, key="page-1")
    with pytest.raises(Conflict, match="已经提交过一次"):
        office.do(CompleteWorkItem(item, "reject", "不同意"), clerk, key="page-1")
    with pytest.raises(Forbidden):
        office.do(CompleteWorkItem(item, "pass", "同意"), office.person("丁"), key="page-1")


def test_work_and_copies_of_a_confidential_case_go_to_its_readers_only(office: Office) -> None:
    clerk, head = office.person("王敏"), office.person("甲", "county_head")
    stranger = office.person("丙", "county_reviewer")
    drawing = in_a_row("a")
    drawing.properties["readers"] = "county_head"
    office.deploy(drawing)
    office.start("in_a_row")
    item = item_at(office, clerk, "a")
    for command in (TransferWorkItem(item, id_of(stranger)), SendCopies(item, (id_of(stranger),))):
        with pytest.raises(Invalid, match="保密"):
            office.do(command, clerk)
    office.do(SendCopies(item, (id_of(head),)), clerk)
    office.do(TransferWorkItem(item, id_of(head)), clerk)
    assert nodes_of(office, head) == ["a"]
