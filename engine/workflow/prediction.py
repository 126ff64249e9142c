"""What probably comes next in a case, by its drawing: shown on timelines, never acted upon."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.decision import FeelError
from engine.workflow.assignment import (
    NobodyResponsible,
    chosen_handlers,
    group_queue,
    resolve_organisation,
    user_queue,
)
from engine.workflow.definitions import DefinitionCache
from engine.workflow.diagram import Node
from engine.workflow.roads import MOST_AHEAD, roads_of
from engine.workflow.states import ENDED, StepState
from engine.workflow.tables import Job, MessageSubscription, ProcessInstance, Step


@dataclass(frozen=True, slots=True)
class PredictedNode:
    """A user task that probably comes next.

    `queues` are the lists it would be offered in (`role@organisation`, `user:<id>` for chosen handlers), as far as the
    drawing tells without variables; `roles` are the role ids that it names. Both are empty where people are computed.
    """

    node_id: str
    name: str
    roles: tuple[str, ...]
    queues: tuple[str, ...]


def predicted_nodes(
    session: Session, definitions: DefinitionCache, instance: ProcessInstance
) -> tuple[PredictedNode, ...]:
    """The user tasks that probably come after what is open now, the nearest first; none when the case has ended.

    Steps are taken to end with an approving decision; gateways that something else decides are followed all ways.
    """
    if instance.state in ENDED:
        return ()
    roads = roads_of(session, instance.definition_id)
    nodes = definitions.get(session, instance.definition_id).process.nodes
    here = [node_id for node_id in _standing(session, instance.id) if roads.holds_a_token(node_id)]
    ahead = {node.id: node for place in here for node in roads.likely_steps(place) if node.id not in here}
    nearest = list(ahead.values())[:MOST_AHEAD]
    return tuple(_predicted(session, instance, nodes.get(node.id, node)) for node in nearest)


def _standing(session: Session, instance_id: int) -> Iterable[str]:
    """Where the case stands: open steps, messages and moments that it waits for."""
    steps = select(Step.node_id).where(Step.instance_id == instance_id, Step.state == StepState.OPEN)
    messages = select(MessageSubscription.node_id).where(MessageSubscription.instance_id == instance_id)
    jobs = select(Job.node_id).where(Job.instance_id == instance_id, Job.token.is_not(None))
    found = [node for query in (steps, messages, jobs) for node in session.scalars(query) if node is not None]
    return dict.fromkeys(found)


def _predicted(session: Session, instance: ProcessInstance, node: Node) -> PredictedNode:
    settings = node.settings
    chosen = chosen_handlers(session, instance.id, node.id) if settings.chosen_by else []
    if chosen:
        return PredictedNode(node.id, node.label, settings.candidate_groups, tuple(map(user_queue, chosen)))
    queues: tuple[str, ...] = ()
    if not settings.organisation.startswith("="):
        try:
            place = resolve_organisation(session, instance, settings.organisation, {})
            queues = tuple(group_queue(role, place) for role in settings.candidate_groups)
        except (NobodyResponsible, FeelError):
            queues = ()
    return PredictedNode(node.id, node.label, settings.candidate_groups, queues)
