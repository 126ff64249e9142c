"""Who reads cases that are not his own: the supervisors, or only the roles that a confidential process names."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation
from engine.kernel.actor import Actor
from engine.workflow.tables import ProcessDefinition, ProcessInstance

SUPERVISORS = ("county_head", "county_clerk", "street_leader", "process_admin", "audit_admin", "city_officer")
"""Roles that see all cases at or below their organisation."""
PROPERTY = "readers"
"""The process property that names, instead of the supervisors, the roles that read cases of the process."""


def reads(session: Session, actor: Actor, instance: ProcessInstance) -> bool:
    """Whether the actor reads the whole case by his role, whoever handles it."""
    named = session.scalar(select(ProcessDefinition.readers).where(ProcessDefinition.id == instance.definition_id))
    lineage = session.get_one(Organisation, instance.organisation_id).lineage
    return any(actor.has_role(*_roles(named or ""), organisation_id=place) for place in lineage)


def reader_roles(session: Session, instance: ProcessInstance) -> Sequence[str]:
    """The roles that a confidential process names; empty when it names none."""
    query = select(ProcessDefinition.readers).where(ProcessDefinition.id == instance.definition_id)
    named = session.scalar(query)
    return _roles(named) if named else ()


def is_confidential(session: Session, instance: ProcessInstance) -> bool:
    """Whether the process names its readers: others who take part then see their own part only."""
    query = select(ProcessDefinition.readers).where(ProcessDefinition.id == instance.definition_id)
    return bool(session.scalar(query))


def readable(session: Session, actor: Actor) -> ColumnElement[bool]:
    """The cases that the actor reads by his roles."""
    query = select(ProcessDefinition.id, ProcessDefinition.readers).where(ProcessDefinition.readers != "")
    named: dict[str, list[int]] = {}
    for id_, readers in session.execute(query):
        named.setdefault(readers, []).append(id_)
    confidential = [id_ for ids in named.values() for id_ in ids]
    parts = [
        and_(_below(session, actor, _roles(readers)), ProcessInstance.definition_id.in_(ids))
        for readers, ids in named.items()
    ]
    others = _below(session, actor, SUPERVISORS)
    if confidential:
        others = and_(others, ProcessInstance.definition_id.not_in(confidential))
    return or_(others, *parts)


def _roles(named: str) -> Sequence[str]:
    return [role.strip() for role in named.split(",")] if named else SUPERVISORS


def _below(session: Session, actor: Actor, roles: Sequence[str]) -> ColumnElement[bool]:
    places = actor.organisations(*roles)
    if not places:
        return false()
    paths = session.scalars(select(Organisation.path).where(Organisation.id.in_(places)))
    below = select(Organisation.id).where(or_(*(Organisation.path.startswith(path) for path in paths)))
    return ProcessInstance.organisation_id.in_(below)
