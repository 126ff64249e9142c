"""What a community and a street keep while somebody is away, and how often the person was away before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from engine.personnel.all_round import valid_holders
from engine.personnel.policy import Policy
from engine.personnel.secondment.rules import Spell
from engine.personnel.secondment.secondments import Secondment
from engine.personnel.secondment.settings import MINIMUM_ALL_ROUND, MINIMUM_STAFF, STREET_PERCENT
from engine.personnel.secondment.states import VOID
from engine.personnel.workers import Worker


@dataclass(frozen=True, slots=True)
class Staffing:
    """Community and street as they would stand with the worker away."""

    staff: int
    away: int
    remaining: int
    all_round: int
    """Present all-round workers whose certificate is valid on the first day [N 8.1, 8.2]."""
    least_staff: int
    least_all_round: int
    street_staff: int
    street_away: int
    street_most: int

    @property
    def enough(self) -> bool:
        """Whether the community can do without the worker."""
        return self.remaining >= self.least_staff and self.all_round >= self.least_all_round

    @property
    def within_share(self) -> bool:
        return self.street_away <= self.street_most


def staffing(
    session: Session, policy: Policy, worker: Worker, period: Spell, today: date, but: int | None = None
) -> Staffing:
    """Counted over everybody who is away in the period, this worker included; `but`: the secondment itself."""
    away = _away(session, worker.street_id, period, today, but) | {worker.id}
    here = _active(session, Worker.community_id == worker.community_id)
    street = _active(session, Worker.street_id == worker.street_id)
    present = here - away
    return Staffing(
        len(here), len(here & away), len(present), valid_holders(session, present, period.starts_on),
        policy[MINIMUM_STAFF], policy[MINIMUM_ALL_ROUND],
        len(street), len(away), len(street) * policy[STREET_PERCENT] // 100,
    )  # fmt: skip


def other_spells(session: Session, worker_id: int, today: date, but: int | None = None) -> Sequence[Spell]:
    """When the person was, is or is going to be away, requests that wait for a decision included."""
    query = select(Secondment).where(Secondment.worker_id == worker_id, Secondment.state.not_in(VOID))
    return [row.spell(today) for row in session.scalars(query) if row.id != but]


def _away(session: Session, street_id: int, period: Spell, today: date, but: int | None) -> set[int]:
    query = select(Secondment).where(Secondment.street_id == street_id, Secondment.state.not_in(VOID))
    rows = [row for row in session.scalars(query) if row.id != but and row.returned_on is None]
    return {row.worker_id for row in rows if row.spell(today).overlaps(period)}


def _active(session: Session, where: ColumnElement[bool]) -> set[int]:
    query = select(Worker.id).where(Worker.active)
    return set(session.scalars(query.where(where)))
