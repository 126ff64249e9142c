"""What officers begin: a street's request for posts, and the county's announcement."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.delegates.recruitment.commands import RequestPosts, StartCampaign
from engine.delegates.recruitment.requests import wanted_posts
from engine.identity.organisations import Organisation, OrganisationKind, ancestor_of_kind
from engine.kernel.clock import local_date
from engine.kernel.command import Command
from engine.kernel.errors import NotFound
from engine.personnel.quota import QuotaStanding
from engine.personnel.quota_ledger import quota_standing
from engine.personnel.recruitment.planning import pooled_requests
from forms.base import BaseForm
from forms.work_items.post_request import PostRequestForm
from forms.work_items.recruitment_campaign import CampaignStartForm
from webapp.binding import bind, reasons_above, status_of, submitted
from webapp.numbers import whole
from webapp.permissions import requires
from webapp.resume import resuming
from webapp.visit import actor, engine, execute, reading
from webapp.worklist.blueprint import blueprint
from webapp.worklist.line_forms import grow
from webapp.worklist.subjects.post_request import offer_communities


@blueprint.route("/start/post-request", methods=["GET", "POST"])
@requires("street_clerk")
def start_post_request() -> ResponseReturnValue:
    """用人需求申请."""
    places = _places("street_clerk")
    street_id = _chosen_place(places)
    form = bind(PostRequestForm)
    growing = request.method == "POST" and not resuming() and grow(form)
    with reading() as session:
        offer_communities(session, street_id, form)
    if not growing and submitted(form):
        started = _begin(form, RequestPosts(street_id, form.reason.data or "", wanted_posts(form.values()["lines"])))
        if started is not None:
            flash("用人需求已提交，请街道党工委审核。", "success")
            return redirect(url_for("worklist.case", instance_id=started))
    page = render_template(
        "worklist/start_post_request.html", form=form, places=places, street_id=street_id, standing=_standing(street_id)
    )
    return page, 200 if growing else status_of(form)


@blueprint.route("/start/campaign", methods=["GET", "POST"])
@requires("county_clerk")
def start_campaign() -> ResponseReturnValue:
    """发起公开招聘."""
    places = _places("county_clerk")
    county_id = _chosen_place(places)
    form = bind(CampaignStartForm)
    with reading() as session:
        pool = _pool(session, county_id)
    form.requests.choices = [(entry.id, f"{entry.number} {entry.street}（{entry.heads} 名）") for entry in pool]
    if submitted(form):
        chosen = [int(id_) for id_ in form.requests.data or ()]
        command = StartCampaign(county_id, form.title.data or "", chosen, form.publish_on.data)
        started = _begin(form, command)
        if started is not None:
            flash("公开招聘已发起，请编制招聘方案。", "success")
            return redirect(url_for("worklist.case", instance_id=started))
    page = render_template(
        "worklist/start_campaign.html", form=form, places=places, county_id=county_id, pool=pool
    )
    return page, status_of(form)


@dataclass(frozen=True, slots=True)
class Pooled:
    """An accepted request that waits for an announcement."""

    id: int
    number: str
    street: str
    heads: int
    posts: str


def _pool(session: Session, county_id: int) -> list[Pooled]:
    requests = pooled_requests(session, county_id)
    query = select(Organisation.id, Organisation.name).where(Organisation.id.in_({r.street_id for r in requests}))
    names: dict[int, str] = dict(session.execute(query).all())
    return [
        Pooled(row.id, row.number or "", names[row.street_id], row.heads, "、".join(line.name for line in row.lines))
        for row in requests
    ]


def _places(role: str) -> list[tuple[int, str]]:
    """The units at which the person may start this, by name."""
    with reading() as session:
        query = select(Organisation.id, Organisation.name).where(Organisation.id.in_(actor().organisations(role)))
        return list(session.execute(query.order_by(Organisation.path)))


def _chosen_place(places: list[tuple[int, str]]) -> int:
    """The unit the person starts it for: the one he chose, else his first."""
    known = [id_ for id_, _ in places]
    if not known:
        raise NotFound()
    chosen = request.values.get("place", type=whole)
    return chosen if chosen in known else known[0]


def _standing(street_id: int) -> QuotaStanding | None:
    """The county's places, so that nobody asks for what cannot be given [N 1.3]."""
    with reading() as session:
        county_id = ancestor_of_kind(session, street_id, OrganisationKind.COUNTY)
        return None if county_id is None else quota_standing(session, county_id, local_date(engine().clock.now()))


def _begin(form: BaseForm, command: Command[int]) -> int | None:
    """Starts the case; None with the reasons beside the fields."""
    started: int | None = None
    with reasons_above(form):
        started = execute(command)
    return None if form.errors or form.form_errors else started
