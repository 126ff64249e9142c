"""Where cases stand, for lists of cases: present steps with who has them, and acts that may still be taken back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from engine.identity.users import User
from engine.kernel.actor import Actor
from engine.workflow.definitions import DefinitionCache
from engine.workflow.diagram import Operation
from engine.workflow.going_back import HARMLESS
from engine.workflow.items import allows
from engine.workflow.readers import readable
from engine.workflow.roads import roads_of
from engine.workflow.states import OPEN_ITEMS, InstanceState, StepState, WorkItemState
from engine.workflow.tables import ProcessDefinition, ProcessInstance, Step, WorkItem
from engine.workflow.worklist import WorkRow


@dataclass(frozen=True, slots=True)
class Present:
    """An open step of a case: names of who has it, and the lists in which it waits to be taken.

    Of a confidential case, for who does not read it, everything is empty.
    """

    step_name: str
    people: tuple[str, ...]
    queues: tuple[str, ...]


def present_steps(session: Session, actor: Actor, instance_ids: Collection[int]) -> Mapping[int, Sequence[Present]]:
    """The open steps by case; of a confidential case only that there is one, but for those who read it."""
    reads = or_(ProcessDefinition.readers == "", readable(session, actor))
    query = (
        select(Step.instance_id, Step.id, Step.name, WorkItem.offered_to, User.name, reads)
        .join(ProcessInstance, ProcessInstance.id == Step.instance_id)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .outerjoin(WorkItem, (WorkItem.step_id == Step.id) & WorkItem.state.in_(sorted(OPEN_ITEMS)))
        .outerjoin(User, User.id == WorkItem.assignee_id)
        .where(Step.instance_id.in_(instance_ids), Step.state == StepState.OPEN)
        .order_by(Step.id, WorkItem.position, WorkItem.id)
    )
    steps: dict[tuple[int, int, str], tuple[list[str], list[str]]] = {}
    for case, step, name, offered_to, person, read in session.execute(query):
        if not read:
            steps[case, 0, ""] = ([], [])
            continue
        people, queues = steps.setdefault((case, step, name), ([], []))
        # outer joins: a step may be without items, an item without a person
        people += [person] if person else []
        queues += [offered_to] if offered_to and not person else []
    found: dict[int, list[Present]] = {}
    for (case, _, name), (people, queues) in steps.items():
        found.setdefault(case, []).append(Present(name, tuple(dict.fromkeys(people)), tuple(dict.fromkeys(queues))))
    return found


def withdrawable(session: Session, definitions: DefinitionCache, rows: Sequence[WorkRow]) -> frozenset[int]:
    """Those of the reader's decided items that he may probably still take back (撤回); the command looks closely.

    Nobody acted elsewhere in the case since, and nothing with an effect outside lies between it and where the case
    stands.
    """
    own = [row for row in rows if _was_decided(session, definitions, row)]
    if not own:
        return frozenset()
    latest, standing = _latest(session, own), _standing(session, own)
    return frozenset(
        row.work_item_id
        for row in own
        if (row.completed_at, row.node_id) == latest.get(row.instance_id, (row.completed_at, row.node_id))
        and _reached(session, row, standing.get(row.instance_id, []))
    )


def _was_decided(session: Session, definitions: DefinitionCache, row: WorkRow) -> bool:
    if row.state != WorkItemState.COMPLETED or row.case_state != InstanceState.ACTIVE:
        return False
    return allows(definitions.get(session, row.definition_id).node(row.node_id).settings, Operation.WITHDRAW)


def _latest(session: Session, rows: Sequence[WorkRow]) -> Mapping[int, tuple[object, str]]:
    """Case -> when and at which node somebody decided last."""
    cases = {row.instance_id for row in rows}
    decided = (WorkItem.instance_id.in_(cases), WorkItem.completed_by.is_not(None))
    last = select(WorkItem.instance_id, func.max(WorkItem.completed_at).label("at")).where(*decided)
    last_of = last.group_by(WorkItem.instance_id).subquery()
    query = select(WorkItem.instance_id, WorkItem.completed_at, WorkItem.node_id).join(
        last_of, (last_of.c.instance_id == WorkItem.instance_id) & (last_of.c.at == WorkItem.completed_at)
    )
    return {case: (at, node) for case, at, node in session.execute(query)}


def _standing(session: Session, rows: Sequence[WorkRow]) -> Mapping[int, Sequence[str]]:
    cases = {row.instance_id for row in rows}
    query = select(Step.instance_id, Step.node_id).where(Step.instance_id.in_(cases), Step.state == StepState.OPEN)
    found: dict[int, list[str]] = {}
    for case, node in session.execute(query):
        found.setdefault(case, []).append(node)
    return found


def _reached(session: Session, row: WorkRow, standing: Sequence[str]) -> bool:
    """Whether the case stands at this very step or at one that only harmless nodes lie before."""
    if row.node_id in standing:
        return True
    roads = roads_of(session, row.definition_id)
    before = roads.between([row.node_id])
    passed = [roads.between([row.node_id, node]) - before - {row.node_id} for node in standing]
    return any(all(roads.nodes[id_].kind in HARMLESS for id_ in way) for way in passed)
