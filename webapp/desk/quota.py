"""The quota board of a county: places, staffed, reserved and vacant, and how they lie over the streets [N 1.2, 1.3]."""

from collections import Counter
from dataclasses import dataclass

from flask import render_template
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation, OrganisationKind
from engine.kernel.clock import local_date
from engine.personnel.quota_ledger import QuotaEntry, QuotaMove, quota_standing
from engine.personnel.workers import Worker
from webapp.desk.blueprint import blueprint
from webapp.desk.overview import counties_of
from webapp.permissions import requires
from webapp.visit import actor, engine, found, reading

READERS = ("county_clerk", "county_head", "organisation_officer", "finance_officer", "process_admin")


@dataclass(frozen=True, slots=True)
class StreetPlaces:
    """What one street has and is promised."""

    id: int
    name: str
    communities: int
    staffed: int
    reserved: int


@blueprint.get("/quota")
@requires(*READERS)
def quota() -> str:
    """The board."""
    today = local_date(engine().clock.now())
    with reading() as session:
        counties = counties_of(session, actor(), *READERS)
        query = select(Organisation).where(Organisation.id.in_(counties), Organisation.kind == OrganisationKind.COUNTY)
        county = found(session.scalars(query.order_by(Organisation.id)).first())
        standing = quota_standing(session, county.id, today)
        streets = _streets(session, county.id)
        entries = select(QuotaEntry).where(QuotaEntry.county_id == county.id).order_by(QuotaEntry.id.desc()).limit(20)
        return render_template(
            "desk/quota.html", county=county.name, standing=standing, streets=streets, today=today,
            entries=session.scalars(entries).all(), names={street.id: street.name for street in streets},
            chart=_chart(streets),
        )  # fmt: skip


def _streets(session: Session, county_id: int) -> list[StreetPlaces]:
    query = select(Organisation).where(
        Organisation.parent_id == county_id, Organisation.kind == OrganisationKind.STREET, Organisation.active
    )
    counted = select(Worker.street_id, func.count()).where(Worker.county_id == county_id, Worker.active)
    staffed: dict[int, int] = dict(session.execute(counted.group_by(Worker.street_id)).all())
    children = select(Organisation.parent_id, func.count()).where(Organisation.kind == OrganisationKind.COMMUNITY)
    communities: dict[int | None, int] = dict(session.execute(children.group_by(Organisation.parent_id)).all())
    reserved = _reserved(session, county_id)
    return [
        StreetPlaces(
            street.id, street.name, communities.get(street.id, 0), staffed.get(street.id, 0), reserved[street.id]
        )
        for street in sorted(session.scalars(query), key=lambda street: street.lineage)
    ]


def _reserved(session: Session, county_id: int) -> Counter[int]:
    """Places reserved and neither used nor released, by the street that asked for them."""
    query = select(QuotaEntry).where(QuotaEntry.county_id == county_id).order_by(QuotaEntry.id)
    owner: dict[str, int] = {}
    left: Counter[int] = Counter()
    for entry in session.scalars(query):
        street = owner.setdefault(entry.subject, entry.street_id or 0)
        left[street] += entry.heads if entry.move is QuotaMove.RESERVED else -entry.heads
    return left


def _chart(streets: list[StreetPlaces]) -> dict[str, object]:
    names = [street.name for street in streets]
    bars = {"type": "bar", "stack": "places", "barMaxWidth": 36}
    return {
        "tooltip": {}, "legend": {"data": ["在岗", "预留"], "top": 0},
        "grid": {"left": 96, "right": 24, "top": 40, "bottom": 24},
        "xAxis": {"type": "value"}, "yAxis": {"type": "category", "data": names[::-1]},
        "series": [
            {**bars, "name": "在岗", "data": [s.staffed for s in streets][::-1], "itemStyle": {"color": "#1f3a6e"}},
            {**bars, "name": "预留", "data": [s.reserved for s in streets][::-1], "itemStyle": {"color": "#9db4dc"}},
        ],
    }  # fmt: skip
