"""Whose record the person of the visit may look at here: his own, nobody else's."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.personnel.workers import Worker
from webapp.visit import actor

ROLES = ("community_worker", "community_secretary")


def own_record(session: Session) -> Worker | None:
    """The worker's record of the person, also after he has left; None for somebody without one."""
    user_id = actor().user_id
    return None if user_id is None else session.scalar(select(Worker).where(Worker.user_id == user_id))
