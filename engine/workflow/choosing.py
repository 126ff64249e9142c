"""Chosen handlers (自选): the initiator or an earlier handler names who does a later node, from its candidates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import delete
from sqlalchemy.orm import Session

from engine.decision import Value
from engine.identity.users import User
from engine.kernel.errors import Invalid
from engine.workflow.assignment import candidates
from engine.workflow.definitions import Definition
from engine.workflow.diagram import Node
from engine.workflow.runs import Run
from engine.workflow.tables import ChosenHandler, ProcessInstance

INITIATOR = "initiator"


@dataclass(frozen=True, slots=True)
class Choice:
    """A later node whose handlers may be named here, and the people who can be."""

    node_id: str
    name: str
    people: Sequence[tuple[int, str]]


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
