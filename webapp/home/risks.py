"""Deadlines at risk in a part of the tree: open steps of the cases a supervisor reads that are late or nearly so."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CompoundSelect, String, cast, false, literal, or_, select, union_all

from engine.identity.organisations import Organisation
from engine.identity.roles import LABELS, ROLES
from engine.identity.users import RoleMembership
from engine.workflow.readers import readable
from engine.workflow.tables import ProcessDefinition, ProcessInstance, Step, WorkItem
from webapp.home.panels import Figure, Look, Panel, Row
from webapp.home.waiting import SOON_WORKDAYS, soon_until
from webapp.worklist.deadlines import due

WATCHERS = ("county_clerk", "county_head", "street_leader", "process_admin")
MOST = 500
SHOWN = 6


def risks(look: Look) -> Sequence[Panel]:
    """Late steps by process, and the oldest of them by name."""
    query = (
        select(WorkItem.process_key, WorkItem.instance_id, Step.name, Step.due_at, WorkItem.offered_to,
               ProcessInstance.title, ProcessDefinition.name)
        .join(Step, Step.id == WorkItem.step_id)
        .join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .where(WorkItem.queue.in_(_lists(look)), WorkItem.due_order < soon_until(look.now))
        .where(readable(look.session, look.actor))
        .order_by(WorkItem.due_order, WorkItem.id)
        .limit(MOST)
    )  # fmt: skip
    found = look.session.execute(query).all()
    late: dict[tuple[str, str], int] = {}
    soon = 0
    for row in found:
        if row.due_at <= look.now:
            late[row.process_key, row[6]] = late.get((row.process_key, row[6]), 0) + 1
        else:
            soon += 1
    figures = [
        Figure(f"{name}逾期", number, look.address("worklist.all_of_them", process=key, state="active"), late=True)
        for (key, name), number in sorted(late.items(), key=lambda entry: -entry[1])
    ]
    cases = look.address("worklist.all_of_them", state="active")
    rows = [
        Row(row.title, look.address("worklist.case", instance_id=row.instance_id),
            f"{row.name}，{LABELS.get(row.offered_to.partition('@')[0], '本人')}", due=due(row.due_at, look.now))
        for row in found[:SHOWN]
    ]  # fmt: skip
    return [Panel("时限风险", [*figures, Figure(f"{SOON_WORKDAYS} 个工作日内到期", soon, cases)], rows=rows,
                  empty="没有逾期和即将到期的环节。")]  # fmt: skip


def _lists(look: Look) -> CompoundSelect[Any]:
    """The open lists of every unit and person in the part of the tree; each is read by its index."""
    places = look.actor.organisations(*WATCHERS)
    paths = look.session.scalars(select(Organisation.path).where(Organisation.id.in_(places))).all()
    inside = or_(false(), *(Organisation.path.startswith(path) for path in paths))
    groups = [
        select(literal(f"{role.id}@") + cast(Organisation.id, String)).where(inside, Organisation.kind.in_(role.kinds))
        for role in ROLES
    ]
    below = select(Organisation.id).where(inside)
    people = select(literal("user:") + cast(RoleMembership.user_id, String)).where(
        RoleMembership.organisation_id.in_(below)
    )
    return union_all(*groups, people)
