"""Deadlines at risk in a part of the tree: open steps of the cases a supervisor reads that are late or nearly so."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
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


@dataclass(frozen=True, slots=True)
class AtRisk:
    """An open step that is late or nearly so."""

    instance_id: int
    process_key: str
    process: str
    title: str
    step: str
    offered_to: str
    """Whose list it lies in: a role, or 本人."""
    due_at: datetime
    late: bool


def at_risk(look: Look) -> Sequence[AtRisk]:
    """Late and nearly late steps of the cases the person reads, the latest first; read up to MOST."""
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
    return [
        AtRisk(case, key, process, title, step, LABELS.get(offered.partition("@")[0], "本人"), at, at <= look.now)
        for key, case, step, at, offered, title, process in look.session.execute(query)
        if at is not None
    ]


def risks(look: Look) -> Sequence[Panel]:
    """Late steps by process, and the oldest of them by name."""
    found = at_risk(look)
    late = Counter((line.process_key, line.process) for line in found if line.late)
    figures = [
        Figure(f"{name}逾期", number, look.address("home.at_risk", process=key), late=True)
        for (key, name), number in late.most_common()
    ]
    soon = Figure(f"{SOON_WORKDAYS} 个工作日内到期", len(found) - late.total(), look.address("home.at_risk", soon=1))
    rows = [
        Row(line.title, look.address("worklist.case", instance_id=line.instance_id),
            f"{line.step}，{line.offered_to}", due=due(line.due_at, look.now))
        for line in found[:SHOWN]
    ]  # fmt: skip
    return [Panel("时限风险", [*figures, soon], rows=rows, empty="没有逾期和即将到期的环节。",
                  href=look.address("home.at_risk") if found else None, link="全部")]  # fmt: skip


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
