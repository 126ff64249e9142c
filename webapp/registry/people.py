"""Officers as the registry lists them: only those the administrator serves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from engine.identity.administration import served_organisations
from engine.identity.organisations import Organisation
from engine.identity.roles import LABELS
from engine.identity.users import RoleMembership, User
from engine.kernel.actor import Actor
from engine.kernel.history import HistoryEvent
from engine.personnel.workers import Worker
from engine.workflow.assignment import user_queue
from engine.workflow.tables import WorkItem
from engine.workflow.worklist import COUNT_LIMIT
from webapp.registry.organisations import ADMINISTRATORS


@dataclass(frozen=True, slots=True)
class OfficerRow:
    """One account of an officer."""

    user_id: int
    sort_key: str
    name: str
    login: str
    active: bool
    created_at: datetime
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role at a unit."""

    role: str
    label: str
    organisation_id: int
    organisation: str
    since: datetime | None
    """When it was granted, as the history says."""
    ends_on: date | None


def officer_rows(
    session: Session, actor: Actor, words: str, organisation_id: int | None, after: Any | None, limit: int
) -> Sequence[OfficerRow]:
    """Officers in the order of their names."""
    query = _visible(session, actor)
    if words:
        begins = or_(User.name.startswith(words, autoescape=True), User.login.startswith(words, autoescape=True))
        query = query.where(begins)
    if organisation_id is not None:
        query = query.where(User.id.in_(_holders_at([organisation_id])))
    if isinstance(after, list) and len(after) == 2:
        query = query.where(or_(User.sort_key > after[0], and_(User.sort_key == after[0], User.id > after[1])))
    return _rows(session, session.scalars(query.order_by(User.sort_key, User.id).limit(limit)))


def officer_row(session: Session, actor: Actor, user_id: int) -> OfficerRow | None:
    """One officer whom the administrator serves."""
    rows = _rows(session, session.scalars(_visible(session, actor).where(User.id == user_id)))
    return rows[0] if rows else None


def roles_held(session: Session, user_id: int) -> list[HeldRole]:
    """What somebody holds where."""
    query = (
        select(RoleMembership.role, Organisation.id, Organisation.name, RoleMembership.ends_on)
        .join(Organisation, Organisation.id == RoleMembership.organisation_id)
        .where(RoleMembership.user_id == user_id)
        .order_by(Organisation.path, RoleMembership.role)
    )
    since = _granted(session, user_id)
    return [
        HeldRole(role, LABELS.get(role, role), place, name, since.get((role, place)), ends_on)
        for role, place, name, ends_on in session.execute(query)
    ]


def record_of(session: Session, user_id: int) -> tuple[str, str] | None:
    """(name, number) of the community worker whose record the account belongs to."""
    row = session.execute(select(Worker.name, Worker.number).where(Worker.user_id == user_id)).first()
    return None if row is None else (row.name, row.number or "无编号")


def work_in_hand(session: Session, user_id: int) -> int:
    """How many items wait in somebody's own list; read no further than COUNT_LIMIT."""
    mine = select(WorkItem.id).where(WorkItem.queue == user_queue(user_id)).limit(COUNT_LIMIT)
    return session.scalar(select(func.count()).select_from(mine.subquery())) or 0


def _granted(session: Session, user_id: int) -> dict[tuple[str, int], datetime]:
    query = select(HistoryEvent).where(HistoryEvent.subject == f"user:{user_id}", HistoryEvent.type == "role.granted")
    rows = session.scalars(query.order_by(HistoryEvent.id))
    return {(str(row.facts.get("role")), int(row.facts.get("at") or 0)): row.at for row in rows}


def _visible(session: Session, actor: Actor) -> Select[User]:
    """Accounts that are no applicants' and belong to the administrator's part of the tree, by role or unit."""
    places = [unit.id for unit in served_organisations(session, actor, *ADMINISTRATORS)]
    held = exists().where(RoleMembership.user_id == User.id)
    own_login = literal("p").concat(func.substr(User.phone_index, 1, 24))
    applicant = and_(
        User.phone_index.is_not(None), User.login == own_login
    )
    at_counter = User.login.startswith("counter-")
    at_home = and_(~held, or_(User.home_id.in_(places), User.home_id.is_(None)))
    return select(User).where(~applicant, ~at_counter, or_(User.id.in_(_holders_at(places)), at_home))


def _holders_at(places: Iterable[int]) -> Any:
    return select(RoleMembership.user_id).where(RoleMembership.organisation_id.in_(list(places)))


def _rows(session: Session, users: Iterable[User]) -> list[OfficerRow]:
    people = list(users)
    query = (
        select(RoleMembership.user_id, RoleMembership.role, Organisation.name)
        .join(Organisation, Organisation.id == RoleMembership.organisation_id)
        .where(RoleMembership.user_id.in_([user.id for user in people]))
        .order_by(Organisation.path, RoleMembership.role)
    )
    roles: dict[int, list[str]] = {}
    for user_id, role, place in session.execute(query):
        roles.setdefault(user_id, []).append(f"{place} {LABELS.get(role, role)}")
    return [
        OfficerRow(
            user.id, user.sort_key, user.name, user.login, user.active, user.created_at,
            tuple(roles.get(user.id, ())),
        )
        for user in people
    ]  # fmt: skip
