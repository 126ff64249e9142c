"""Publicity notices, scores by exam number and ID number, and the draw that anybody can recompute."""

import csv
import io
from datetime import timedelta

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.exceptions import TooManyRequests

from engine.identity.throttling import CountAttempt
from engine.kernel.actor import SYSTEM
from engine.kernel.errors import NotFound
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.notices import is_open
from engine.personnel.recruitment.outcomes import NoticeKind, PublicNotice
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.spreadsheets import harmless
from forms.applicant import ScoreQueryForm
from webapp.binding import bind, status_of, submitted
from webapp.limits import limited
from webapp.paging import page_within
from webapp.permissions import public
from webapp.public import listings
from webapp.public.blueprint import blueprint
from webapp.public.scores import ScoreSheet, score_sheet
from webapp.visit import engine, reading

_HOUR = timedelta(hours=1)
QUERIES_OF_ONE_NUMBER = 10
"""Tries with one exam number within an hour."""
NOTICE_LINES = 500
"""Lines of a notice on one page."""
SEARCHED_FROM = 50
"""Lines from which a notice can be searched for a ticket number."""
DRAW_LINES_SHOWN = 1_000
"""Lines of a seat draw on its page; the whole draw is a download."""


@blueprint.get("/notices")
@public
def notices() -> str:
    """All public notices."""
    with reading() as session:
        return render_template("public/notices.html", notices=listings.notices(session), now=engine().clock.now())


@blueprint.get("/notices/<int:notice_id>")
@public
def notice(notice_id: int) -> str:
    """One notice, exactly as it was published."""
    with reading() as session:
        found, campaign = listings.notice_of(session, notice_id)
        may_object = is_open(found, engine().clock.now()) and found.kind in listings.OBJECTIONABLE
        return notice_page(found, campaign, may_object=may_object)


def notice_page(shown: PublicNotice, campaign: Campaign, *, may_object: bool) -> str:
    """A notice, page by page where it has thousands of lines."""
    lines, sought = shown.content["rows"], request.args.get("q", "").strip()[:40]
    page = page_within([line for line in lines if not sought or sought in line], size=NOTICE_LINES)
    return render_template(
        "public/notice.html", notice=shown, campaign=campaign, may_object=may_object, page=page, sought=sought,
        searchable=len(lines) > SEARCHED_FROM,
    )  # fmt: skip


@blueprint.route("/scores", methods=["GET", "POST"])
@public
@limited("scores", most=300, per=_HOUR)
def scores() -> ResponseReturnValue:
    """Scores of one person; a wrong pair never tells which half was wrong."""
    form = bind(ScoreQueryForm)
    sheet: ScoreSheet | None = None
    if submitted(form):
        _count_query(form.exam_number.data or "")
        with reading() as session:
            index = engine().store.cipher.blind_index(form.id_number.data or "", purpose="id_number")
            found = session.scalar(
                select(Registration).where(
                    Registration.exam_number == form.exam_number.data, Registration.id_index == index
                )
            )
            sheet = None if found is None else score_sheet(found)
        if sheet is None:
            form.add_errors({"": "没有查到成绩。请核对准考证号和身份证号；成绩公布前也查不到。"})
    return render_template("public/scores.html", form=form, sheet=sheet), status_of(form)


@blueprint.get("/announcements/<number>/draw")
@public
def draw(number: str) -> str:
    """The seed of the seat draw and how to recompute it."""
    with reading() as session:
        campaign = _drawn(listings.campaign_of(session, number))
        return render_template(
            "public/draw.html", campaign=campaign, lines=listings.drawn_seats(session, campaign.id),
            rooms=listings.exam_rooms(session, campaign.id), shown=DRAW_LINES_SHOWN,
            notice=next((n for n, _ in listings.notices(session, campaign.id) if n.kind is NoticeKind.SEATS), None),
        )  # fmt: skip


@blueprint.get("/announcements/<number>/draw.csv")
@public
def draw_list(number: str) -> Response:
    """The whole draw as a list to compute with."""
    with reading() as session:
        campaign = _drawn(listings.campaign_of(session, number))
        lines = listings.drawn_seats(session, campaign.id)
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(("报名序号", "SHA-256", "考场", "座位"))
    table.writerows((line.number, line.draw_value, harmless(line.room), line.seat) for line in lines)
    answer = Response("\ufeff" + text.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="draw-{campaign.number}.csv"'
    return answer


def _count_query(exam_number: str) -> None:
    """Many people share one address on the day of the scores, so guesses are counted by exam number too."""
    key = engine().store.cipher.blind_index(exam_number, purpose="score-query")
    if engine().execute(CountAttempt(f"score:{key}", _HOUR), actor=SYSTEM) > QUERIES_OF_ONE_NUMBER:
        raise TooManyRequests(retry_after=int(_HOUR.total_seconds()))


def _drawn(campaign: Campaign) -> Campaign:
    if campaign.draw_seed is None:
        raise NotFound("考场座位还没有抽签，抽签后在这里公布种子和结果。")
    return campaign
