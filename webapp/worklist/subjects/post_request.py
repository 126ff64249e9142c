"""A street's request for posts, as street and county judge it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from engine.identity.organisations import Organisation, OrganisationKind
from engine.kernel.errors import NotFound
from engine.personnel.quota import QuotaStanding
from engine.personnel.quota_ledger import quota_standing
from engine.personnel.recruitment.requests import PostRequest, PostRequestLine
from forms.work_items.post_request import CorrectionForm, PostRequestForm
from webapp.worklist.subjects.kind import Asked, SubjectKind


@dataclass(frozen=True, slots=True)
class Line:
    """Posts of one kind that are asked for."""

    id: int
    name: str
    community_id: int | None
    community: str
    wanted: int
    accepted: int | None
    target: str
    target_label: str
    education: str
    education_label: str
    duties: str


@dataclass(frozen=True, slots=True)
class Request:
    """The request with the county's places as they stand."""

    number: str
    street_id: int
    street: str
    county: str
    state: str
    reason: str
    opinion: str
    created_at: datetime
    lines: Sequence[Line]
    standing: QuotaStanding

    @property
    def wanted(self) -> int:
        return sum(line.wanted for line in self.lines)

    @property
    def enough(self) -> bool:
        """Whether the county has places for everything that is asked for [N 1.3]."""
        return self.wanted <= self.standing.vacant


def load(session: Session, asked: Asked) -> Request:
    """The request of that number."""
    query = select(PostRequest).where(PostRequest.number == asked.business_key)
    row = session.scalar(query.options(selectinload(PostRequest.lines)))
    if row is None:
        raise NotFound()
    places = {line.community_id for line in row.lines} | {row.street_id, row.county_id}
    found = session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(places - {None})))
    names: dict[int | None, str] = dict(found.all())
    return Request(
        row.number or "", row.street_id, names.get(row.street_id, ""), names.get(row.county_id, ""), row.state.label,
        row.reason, row.opinion, row.created_at, tuple(_line(line, names) for line in row.lines),
        quota_standing(session, row.county_id, asked.today),
    )  # fmt: skip


def _line(line: PostRequestLine, names: Mapping[int | None, str]) -> Line:
    return Line(
        line.id, line.name, line.community_id, names.get(line.community_id, "由街道统筹分配"), line.heads_wanted,
        line.heads_accepted, line.target.value, line.target.label, line.education.value, line.education.label,
        line.duties,
    )  # fmt: skip


def prefill(request: Request, form_id: str) -> Mapping[str, Any]:
    """Heads to accept as they were asked for; the whole request for its correction."""
    if form_id == "post_request_county_review":
        lines = request.lines
        return {"accepted": [{"line": line.id, "wanted": line.wanted, "heads": line.wanted} for line in lines]}
    if form_id == "post_request_correction":
        return {"reason": request.reason, "lines": [_typed(line) for line in request.lines]}
    return {}


def _typed(line: Line) -> dict[str, Any]:
    return {
        "name": line.name, "heads": line.wanted, "community_id": line.community_id, "target": line.target,
        "education": line.education, "duties": line.duties,
    }  # fmt: skip


def choices(session: Session, request: Request, form: Any) -> None:
    """Communities of the street."""
    if isinstance(form, CorrectionForm):
        offer_communities(session, request.street_id, form)


def offer_communities(session: Session, street_id: int, form: PostRequestForm | CorrectionForm) -> None:
    """The street's communities as choices of every line."""
    query = select(Organisation.id, Organisation.name).where(
        Organisation.parent_id == street_id, Organisation.kind == OrganisationKind.COMMUNITY.value, Organisation.active
    )
    found = [(id_, name) for id_, name in session.execute(query.order_by(Organisation.name))]
    for line in form.lines:
        select_field: Any = line.form.community_id
        select_field.choices = [("", "由街道统筹分配"), *found]


def find(session: Session, typed: str, limit: int) -> Sequence[str]:
    """Requests by the beginning of the street's name."""
    query = (
        select(PostRequest.number)
        .join(Organisation, Organisation.id == PostRequest.street_id)
        .where(Organisation.name.startswith(typed, autoescape=True), PostRequest.number.is_not(None))
    )
    return [number for number in session.scalars(query.order_by(PostRequest.id.desc()).limit(limit)) if number]


KIND = SubjectKind("post_request", "worklist/subjects/post_request.html", load, find, prefill, choices)
