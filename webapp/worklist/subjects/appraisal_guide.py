"""The county's guide of a year's appraisal, as those judge it who draw it up and sign it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.delegates.appraisal.commands import ReviseGuide
from engine.identity.organisations import Organisation
from engine.kernel.command import Command
from engine.personnel.appraisal.guides import DATES, AppraisalGuide, GuideContent, content_of, guide_numbered
from engine.personnel.appraisal.scoring import Weights
from forms.work_items.appraisal import WEIGHTS, GuideForm
from forms.work_items.base import WorkItemForm
from webapp.worklist.subjects.kind import Asked, SubjectKind


@dataclass(frozen=True, slots=True)
class Guide:
    """The guide as it stands."""

    number: str
    year: int
    county: str
    state: str
    title: str
    content: str
    excellent_percent: Decimal
    weights: Sequence[tuple[str, str, Decimal]]
    """Field, label and percent."""
    dates: Sequence[tuple[str, str, date]]
    """Field, label and day."""


def load(session: Session, asked: Asked) -> Guide:
    """The guide of that number."""
    row = guide_numbered(session, asked.business_key)
    county = session.get_one(Organisation, row.county_id)
    content = content_of(row)
    weights = row.weights
    shares = (weights.routine, weights.street, weights.community, weights.peers, weights.residents)
    return Guide(
        row.number, row.year, county.name, row.state.label, row.title, row.content, row.excellent_percent,
        [(field, label, share) for (field, label), share in zip(WEIGHTS, shares, strict=True)],
        [(field, label, content.dates[field]) for field, label in DATES],
    )  # fmt: skip


def prefill(guide: Guide, form_id: str) -> Mapping[str, Any]:
    """The draft as it stands."""
    if form_id != "appraisal_guide":
        return {}
    values = {field: value for field, _, value in (*guide.weights, *guide.dates)}
    return {"title": guide.title, "content": guide.content, "excellent_percent": guide.excellent_percent, **values}


def effect(business_key: str, form: WorkItemForm) -> Command[None] | None:
    """What is handed in is written into the guide."""
    if not isinstance(form, GuideForm) or form.decision.data != "submit":
        return None
    shares = [form[field].data for field, _ in WEIGHTS]
    dates = {field: form[field].data for field, _ in DATES}
    content = GuideContent(
        form.title.data or "", form.content.data or "", Weights(*shares), form["excellent_percent"].data, dates
    )
    return ReviseGuide(business_key, content)


def find(session: Session, typed: str, limit: int) -> Sequence[str]:
    """Guides by a part of their title."""
    query = select(AppraisalGuide.number).where(AppraisalGuide.title.contains(typed, autoescape=True))
    return list(session.scalars(query.order_by(AppraisalGuide.id.desc()).limit(limit)))


KIND = SubjectKind("appraisal_guide", "worklist/subjects/appraisal_guide.html", load, find, prefill, effect=effect)
