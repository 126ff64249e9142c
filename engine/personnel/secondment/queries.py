"""Boards of secondments: who is away, who is late, what a street has had, and the monthly return [domain 4]."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from engine.identity.organisations import Organisation, OrganisationKind
from engine.personnel.secondment.rules import Spell, latest_end
from engine.personnel.secondment.secondments import Secondment
from engine.personnel.secondment.states import ASKED, ON_LOAN, VOID, SecondmentState


@dataclass(frozen=True, slots=True)
class SecondmentRow:
    """A line of the board."""

    number: str
    worker: str
    street_id: int
    street: str
    community: str
    office: str
    state: SecondmentState
    starts_on: date
    ends_on: date
    returned_on: date | None
    days_left: int | None
    """Calendar days up to the last one; None unless somebody is away."""
    overdue_workdays: int
    violation: bool
    document_number: str


@dataclass(frozen=True, slots=True)
class StreetMonth:
    """One street's monthly return; without anybody it is a zero return (零报告)."""

    street_id: int
    street: str
    before: int
    begun: int
    ended: int
    away: int
    overdue: int
    people: Sequence[SecondmentRow]

    @property
    def zero(self) -> bool:
        return not self.people


def board(
    session: Session, street_ids: Collection[int], kind: str, today: date, limit: int = 500
) -> list[SecondmentRow]:
    """Secondments of the streets: `current`, `overdue`, `pending` or `history`, the newest first."""
    states = {
        "current": ON_LOAN, "overdue": frozenset({SecondmentState.OVERDUE}),
        "pending": ASKED | {SecondmentState.APPROVED}, "history": frozenset(SecondmentState),
    }[kind]  # fmt: skip
    query = _loaded().where(Secondment.street_id.in_(street_ids), Secondment.state.in_(states))
    return [_row(row, today) for row in session.scalars(query.order_by(Secondment.id.desc()).limit(limit))]


def monthly_return(session: Session, street_ids: Collection[int], month: date, today: date) -> list[StreetMonth]:
    """What each street reports for the month that begins on `month`, streets without anybody included."""
    span = Spell(month, latest_end(month, 1))
    streets = select(Organisation).where(
        Organisation.id.in_(street_ids), Organisation.kind == OrganisationKind.STREET.value
    )
    query = _loaded().where(
        Secondment.street_id.in_(street_ids), Secondment.state.not_in(VOID | ASKED | {SecondmentState.APPROVED})
    )
    away = [row for row in session.scalars(query) if row.spell(today).overlaps(span)]
    return [
        _month(street, [row for row in away if row.street_id == street.id], span, today)
        for street in session.scalars(streets.order_by(Organisation.path))
    ]


def _month(street: Organisation, rows: Sequence[Secondment], span: Spell, today: date) -> StreetMonth:
    before = [row for row in rows if row.starts_on < span.starts_on]
    ended = [row for row in rows if row.returned_on is not None and row.returned_on <= span.ends_on]
    cut = min(span.ends_on, today)
    late = [row for row in rows if row not in ended and row.ends_on < cut]
    return StreetMonth(
        street.id, street.name, len(before), len(rows) - len(before), len(ended), len(rows) - len(ended), len(late),
        [_row(row, today) for row in rows],
    )  # fmt: skip


def _loaded() -> Select[Secondment]:
    return select(Secondment).options(
        joinedload(Secondment.worker), joinedload(Secondment.community), joinedload(Secondment.street),
        joinedload(Secondment.county),
    )  # fmt: skip


def _row(row: Secondment, today: date) -> SecondmentRow:
    return SecondmentRow(
        str(row.number), row.worker.name, row.street_id, row.street.name, row.community.name, row.office, row.state,
        row.starts_on, row.ends_on, row.returned_on,
        (row.ends_on - today).days if row.state in ON_LOAN else None,
        row.overdue_workdays, row.violation, row.document_number,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a borrower wrote about somebody when he went back (鉴定)."""

    office: str
    starts_on: date
    returned_on: date
    performance: str
    text: str


def evaluations_of(session: Session, worker_id: int, year: int) -> list[Evaluation]:
    """The evaluations of a year for its appraisal; the home street appraises who was borrowed [domain 3.5]."""
    query = select(Secondment).where(
        Secondment.worker_id == worker_id, Secondment.returned_on >= date(year, 1, 1),
        Secondment.returned_on <= date(year, 12, 31), Secondment.performance.is_not(None),
    )  # fmt: skip
    return [
        Evaluation(row.office, row.starts_on, row.returned_on, row.performance.label, row.evaluation)
        for row in session.scalars(query.order_by(Secondment.id)) if row.performance and row.returned_on
    ]  # fmt: skip
