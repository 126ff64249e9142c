"""The ranking, opened up: how each score came about and what decided each tie."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.kernel.errors import citation
from engine.personnel.recruitment import settings
from engine.personnel.recruitment.campaigns import Campaign, CampaignPost
from engine.personnel.recruitment.exams import InterviewScore, RankEntry
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.results import latest_interviews
from forms.desk import ExtraForm
from webapp.binding import bind, status_of, submitted
from webapp.desk.blueprint import blueprint
from webapp.desk.campaigns import found_campaign
from webapp.desk.completion import complete
from webapp.permissions import requires
from webapp.visit import reading

READERS = ("exam_officer", "county_clerk", "county_head", "discipline_officer")


@dataclass(frozen=True, slots=True)
class RankRow:
    """One place with everything behind it."""

    rank: int
    number: str
    name: str
    state: str
    paper: Decimal | None
    bonus: Decimal | None
    bonus_reason: str
    written: Decimal | None
    marks: Sequence[tuple[str, bool]]
    """(mark, whether it counts)."""
    interview: Decimal | None
    extra: Decimal | None
    total: Decimal | None
    weight: Decimal
    reason: str
    keys: Sequence[str]

    @property
    def sum_text(self) -> str:
        """75.50 × 50% + 81.36 × 50% = 78.43."""
        parts = ((self.written, self.weight), (self.interview, 100 - self.weight))
        return " + ".join(f"{score} × {share.normalize():f}%" for score, share in parts) + f" = {self.total}"


@blueprint.get("/campaigns/<number>/ranking")
@requires("exam_officer", "county_clerk", "county_head")
def ranking(number: str) -> str:
    """The ranking of every post."""
    campaign = found_campaign(number)
    with reading() as session:
        interviews = latest_interviews(session, campaign.id)
        posts = [(post, _rows(session, campaign, post, interviews)) for post in campaign.posts]
    return render_template("desk/ranking.html", campaign=campaign, posts=posts)


@blueprint.route("/campaigns/<number>/extra", methods=["GET", "POST"])
@requires("exam_officer")
def extra_test(number: str) -> ResponseReturnValue:
    """Scores of the extra test between those whom nothing else tells apart."""
    campaign = found_campaign(number)
    with reading() as session:
        tied = [entry for post in campaign.posts for entry in tied_at_the_end(session, post)]
        session.expunge_all()
    form = bind(ExtraForm, scores=[{"number": entry.number} for entry in tied])
    if submitted(form):
        known = {entry.number for entry in tied}
        rows = [row.form for row in form.scores if row.form.number.data in known]
        values = {"scores": {row.number.data: str(row.score.data) for row in rows}}
        if complete(number, "extra_test", "scored", "", values):
            flash("加试成绩已录入，已重新排名。", "success")
            return redirect(url_for("desk.ranking", number=number))
    names = {entry.number: entry for entry in tied}
    return render_template("desk/extra.html", campaign=campaign, form=form, names=names), status_of(form)


def tied_at_the_end(session: Session, post: CampaignPost) -> list[Registration]:
    """Those who share the last rank that still gets a place, when there are more of them than places."""
    query = select(Registration).where(Registration.post_id == post.id, Registration.rank.is_not(None))
    ranked = list(session.scalars(query.order_by(Registration.rank, Registration.id)))
    if post.heads <= 0 or len(ranked) <= post.heads or ranked[post.heads - 1].rank != ranked[post.heads].rank:
        return []
    return [entry for entry in ranked if entry.rank == ranked[post.heads - 1].rank]


def _rows(
    session: Session, campaign: Campaign, post: CampaignPost, interviews: Mapping[int, InterviewScore]
) -> list[RankRow]:
    newest = select(func.max(RankEntry.round)).where(RankEntry.post_id == post.id).scalar_subquery()
    query = (
        select(RankEntry, Registration)
        .join(Registration, Registration.id == RankEntry.registration_id)
        .where(RankEntry.post_id == post.id, RankEntry.round == newest)
        .order_by(RankEntry.rank, RankEntry.id)
    )
    dropped = campaign.policy[settings.JUDGES_DROPPED]
    return [
        RankRow(
            entry.rank, who.exam_number or "", who.name, who.state.label, who.written_paper, who.bonus,
            who.bonus_reason, who.written_final, _marks(interviews.get(who.id), dropped), who.interview_score,
            who.extra_score, entry.total, post.written_weight, entry.reason,
            [key["label"] + (f"（{citation(key['clause'])}）" if key["clause"] else "") for key in entry.keys],
        )
        for entry, who in session.execute(query)
    ]  # fmt: skip


def _marks(score: InterviewScore | None, dropped: int) -> list[tuple[str, bool]]:
    """The judges' marks in their order; the dropped extremes do not count."""
    if score is None:
        return []
    order = sorted(range(len(score.marks)), key=lambda place: Decimal(score.marks[place]))
    left_out = {*order[:dropped], *order[len(order) - dropped :]} if dropped else set()
    return [(mark, place not in left_out) for place, mark in enumerate(score.marks)]
