"""Chosen handlers (自选): the initiator or an earlier handler names who does a later node, from its candidates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.decision import Value
from engine.identity.users import User
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid, NotFound
from engine.workflow.assignment import candidates
from engine.workflow.definitions import Definition
from engine.workflow.diagram import Node
from engine.workflow.runs import Run, lock_instance, open_run
from engine.workflow.states import InstanceState, StepState
from engine.workflow.tables import ChosenHandler, ProcessInstance, Step

INITIATOR = "initiator"


@dataclass(frozen=True, slots=True)
class Choice:
    """A later node whose handlers may be named here, and the people who can be."""

    node_id: str
    name: str
    people: Sequence[tuple[int, str]]


@dataclass(frozen=True)
class ChooseHandlers:
    """The initiator names who does later nodes of his running case (自选); with none, all candidates have it."""

    instance_id: int
    handlers: Mapping[str, Sequence[int]]

    def execute(self, context: CommandContext) -> None:
        instance = lock_instance(context, self.instance_id)
        if context.actor.user_id is None or instance.initiator_id != context.actor.user_id:
            raise NotFound()
        if instance.state != InstanceState.ACTIVE:
            raise Conflict("此件已挂起或已结束，现在不能选择办理人。")
        begun = set(self.handlers) & _open_nodes(context.session, self.instance_id)
        if begun:
            raise Conflict("该环节已经到达，办理人不能再选；需要换人的，请由现在的办理人转办。")
        choose_handlers(open_run(context, instance), self.handlers, INITIATOR, None)


def later_nodes(session: Session, definition: Definition, instance: ProcessInstance) -> list[Node]:
    """The nodes whose handlers the initiator may still name: those where the case does not stand."""
    nodes = nodes_chosen_by(definition, INITIATOR)
    begun = _open_nodes(session, instance.id) if nodes else set()
    return [node for node in nodes if node.id not in begun]


def chosen_handlers(session: Session, instance_id: int) -> set[tuple[str, int]]:
    """(node, user) of everybody who was named."""
    query = select(ChosenHandler.node_id, ChosenHandler.user_id).where(ChosenHandler.instance_id == instance_id)
    return {(node_id, user_id) for node_id, user_id in session.execute(query)}


def _open_nodes(session: Session, instance_id: int) -> set[str]:
    query = select(Step.node_id).where(Step.instance_id == instance_id, Step.state == StepState.OPEN)
    return set(session.scalars(query))


def nodes_chosen_by(definition: Definition, chooser: str) -> list[Node]:
    """The nodes whose handlers are named at `chooser` (a node, or `initiator`)."""
    return [node for node in definition.process.nodes.values() if node.settings.chosen_by == chooser]


def choices(
    session: Session, definition: Definition, instance: ProcessInstance, chooser: str, variables: Mapping[str, Value]
) -> list[Choice]:
    """What may be chosen at a node of a case (`chooser`), or by its initiator."""
    return [
        Choice(node.id, node.name, [(user.id, user.name) for user in _people(session, instance, node, variables)])
        for node in nodes_chosen_by(definition, chooser)
    ]


def choose_handlers(run: Run, handlers: Mapping[str, Sequence[int]], chooser: str, token: str | None) -> None:
    """Notes who is to do later nodes. Without a choice a node is offered to all of its candidates."""
    allowed = {node.id: node for node in nodes_chosen_by(run.definition, chooser)}
    for node_id, user_ids in handlers.items():
        if node_id not in allowed:
            raise Invalid(fields={"handlers": "此处不能选择该环节的办理人。"})
        possible = {user.id for user in _people(run.context.session, run.instance, allowed[node_id],
                                                run.variables(token))}  # fmt: skip
        if not set(user_ids) <= possible:
            raise Invalid(fields={"handlers": f"“{allowed[node_id].name}”的办理人只能从候选人中选择。"})
        _note(run, node_id, list(dict.fromkeys(user_ids)))


def _note(run: Run, node_id: str, user_ids: Sequence[int]) -> None:
    context = run.context
    context.session.execute(
        delete(ChosenHandler).where(ChosenHandler.instance_id == run.instance.id, ChosenHandler.node_id == node_id)
    )
    context.session.add_all(
        ChosenHandler(instance_id=run.instance.id, node_id=node_id, user_id=user_id, chosen_by=context.actor.user_id)
        for user_id in user_ids
    )
    context.session.flush()
    run.record("handlers.chosen", f"node:{node_id}", people=list(user_ids))


def _people(session: Session, instance: ProcessInstance, node: Node, variables: Mapping[str, Value]) -> list[User]:
    return candidates(session, instance, node.settings, variables)
