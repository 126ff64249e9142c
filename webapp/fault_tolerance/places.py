"""Which cases the person works with: his own, those he opened for others, and for whom he may open one."""

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from engine.kernel.actor import Actor
from engine.personnel.fault_tolerance.cases import ClearingCase, FaultCase
from engine.personnel.fault_tolerance.materials import READERS
from engine.personnel.workers import Worker

__all__ = ["OPENERS", "PEOPLE", "READERS", "own_clearings", "own_faults", "workers_of"]

PEOPLE = ("community_worker", "community_secretary", "street_clerk")
OPENERS = (*PEOPLE, "discipline_officer")


def own_faults(session: Session, person: Actor) -> list[FaultCase]:
    """The cases about the person and those he opened, the newest first."""
    query = select(FaultCase).join(Worker, Worker.id == FaultCase.worker_id)
    query = query.where(or_(Worker.user_id == person.user_id, FaultCase.opened_by == person.user_id))
    return list(session.scalars(query.order_by(FaultCase.id.desc()).limit(100)))


def own_clearings(session: Session, person: Actor) -> list[ClearingCase]:
    """The clearings of the person and those he asked for, the newest first."""
    query = select(ClearingCase).join(Worker, Worker.id == ClearingCase.worker_id)
    query = query.where(or_(Worker.user_id == person.user_id, ClearingCase.opened_by == person.user_id))
    return list(session.scalars(query.order_by(ClearingCase.id.desc()).limit(100)))


def workers_of(session: Session, person: Actor) -> list[tuple[int, str]]:
    """For whom the person may open a case: himself, the workers of his street, those of the county."""
    parts: list[ColumnElement[bool]] = [
        Worker.street_id.in_(person.organisations("street_clerk")),
        Worker.county_id.in_(person.organisations("discipline_officer")),
    ]
    if person.user_id is not None:
        parts.append(Worker.user_id == person.user_id)
    query = select(Worker.id, Worker.name, Worker.number).where(or_(*parts), Worker.active)
    return [(id_, f"{name}（{number}）" if number else name)
            for id_, name, number in session.execute(query.order_by(Worker.name, Worker.id).limit(2000))]  # fmt: skip
