"""Announcements: the list, the page with its posts, and the check of what one may apply for."""

from dataclasses import dataclass
from datetime import timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from engine.personnel.decisions import DecisionTables
from engine.personnel.recruitment import settings
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.eligibility import ApplicantFacts, Obstacle, obstacles
from engine.personnel.vocabulary import CertificateLevel, Education, Household, Politics, Target
from forms.applicant import EligibilityForm
from webapp.binding import bind, status_of, submitted
from webapp.limits import limited
from webapp.permissions import public
from webapp.public import listings
from webapp.public.blueprint import blueprint
from webapp.public.listings import PostRow
from webapp.visit import engine, reading


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether somebody may apply for a post, and why not."""

    post: PostRow
    obstacles: tuple[Obstacle, ...]


@blueprint.get("/announcements")
@public
def announcements() -> str:
    """All announcements."""
    with reading() as session:
        return render_template("public/announcements.html", campaigns=listings.campaigns(session, engine().clock.now()))


@blueprint.get("/announcements/<number>")
@public
def announcement(number: str) -> str:
    """One announcement: facts first, then the posts."""
    now = engine().clock.now()
    with reading() as session:
        campaign = listings.campaign_of(session, number)
        posts = listings.post_rows(session, campaign)
        county = listings.organisation_names(session, [campaign.county_id])[campaign.county_id]
        return render_template(
            "public/announcement.html", campaign=campaign, row=listings.campaign_row(campaign, county, now),
            stages=listings.stages(campaign), posts=_narrowed(posts), all_posts=posts,
            streets=sorted({(post.street_id, post.street) for post in posts}), targets=Target.choices(),
            open=listings.accepts_registrations(campaign, now), fee=campaign.policy[settings.FEE],
            notices=listings.notices(session, campaign.id),
        )  # fmt: skip


@blueprint.route("/announcements/<number>/eligibility", methods=["GET", "POST"])
@public
@limited("eligibility", most=200, per=timedelta(hours=1))
def eligibility(number: str) -> ResponseReturnValue:
    """我能报哪些岗位: answered at once, kept nowhere."""
    form = bind(EligibilityForm)
    answers: list[Answer] | None = None
    with reading() as session:
        campaign = listings.campaign_of(session, number)
        if submitted(form):
            answers = _answers(campaign, listings.post_rows(session, campaign), _facts(form))
        return render_template(
            "public/eligibility.html", campaign=campaign, form=form, answers=answers,
            open=listings.accepts_registrations(campaign, engine().clock.now()),
        ), status_of(form)  # fmt: skip


def _narrowed(posts: list[PostRow]) -> list[PostRow]:
    """The posts that match the filters of the address."""
    street, target = request.args.get("street", ""), request.args.get("target", "")
    words = request.args.get("q", "").split()
    return [
        post
        for post in posts
        if (not street or str(post.street_id) == street)
        and (not target or post.target.value == target)
        and all(word in _searchable(post) for word in words)
    ]


def _searchable(post: PostRow) -> str:
    return " ".join([post.code, post.name, post.street, post.place, *(text for _, text in post.conditions)])


def _answers(campaign: Campaign, rows: list[PostRow], facts: ApplicantFacts) -> list[Answer]:
    """Posts open to the person first."""
    decide = engine().service(DecisionTables).decide
    conditions = {post.id: post.conditions for post in campaign.posts}
    found = [Answer(row, tuple(obstacles(decide, conditions[row.id], facts))) for row in rows if not row.cancelled]
    return sorted(found, key=lambda answer: len(answer.obstacles) > 0)


def _facts(form: EligibilityForm) -> ApplicantFacts:
    assert form.born.data is not None  # noqa: S101 - required by the form
    return ApplicantFacts(
        born=form.born.data,
        education=Education(form.education.data),
        major=form.major.data or "",
        household=Household(form.household.data),
        politics=Politics(form.politics.data),
        veteran=bool(form.veteran.data),
        grid_worker=bool(form.grid_worker.data),
        fresh_graduate=bool(form.fresh_graduate.data),
        new_employment=bool(form.new_employment.data),
        certificate=CertificateLevel(form.certificate.data or CertificateLevel.NONE.value),
        community_years=form.community_years.data or 0,
    )
