"""The desk's list of recruitments, the page of one, and moving its dates."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.delegates.recruitment.commands import CancelCampaign, MoveCampaignDate
from engine.kernel.errors import Invalid
from engine.personnel.recruitment.announcement import dates_of
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.settlement import Extension, moved_dates
from engine.personnel.recruitment.sheet_imports import open_imports
from forms.desk import CancelForm, MoveDateForm
from webapp.binding import beside_fields, bind, reasons_above, status_of, submitted
from webapp.desk.blueprint import blueprint
from webapp.desk.overview import (
    DATE_LABELS,
    ROLES,
    Overview,
    desk_campaign,
    desk_campaigns,
    numbers_of,
    overview_of,
    stage_url,
)
from webapp.permissions import requires
from webapp.rendering import cn_datetime
from webapp.visit import actor, engine, execute, found, reading

SHEET_LABELS = {"posts": "岗位表", "written": "笔试成绩", "interview": "面试成绩"}
"""Spreadsheets that the desk takes."""


@dataclass(frozen=True, slots=True)
class Shift:
    """A date before and after."""

    label: str
    before: datetime
    after: datetime


@blueprint.get("/")
@requires(*ROLES)
def campaigns() -> str:
    """The recruitments of the county."""
    with reading() as session:
        rows = [(campaign, numbers_of(session, campaign)) for campaign in desk_campaigns(session, actor())]
        return render_template("desk/campaigns.html", rows=rows)


@blueprint.get("/campaigns/<number>")
@requires(*ROLES)
def campaign(number: str) -> ResponseReturnValue:
    """One recruitment; `stage` leads to the page where that step is worked on."""
    stage = request.args.get("stage", "")
    if stage:
        return redirect(stage_url(number, _present_stage(number, stage)))
    return _page(number, MoveDateForm(), CancelForm())


@blueprint.post("/campaigns/<number>/dates")
@requires("county_clerk", "county_head")
def move_date(number: str) -> ResponseReturnValue:
    """Extend a window or bring a step forward, with a reason."""
    row, view = _loaded(number)
    form = bind(MoveDateForm)
    form.field.choices = [(each.field, each.label) for each in view.movable]
    if submitted(form) and form.moment.data is not None:
        moment, following = form.moment.data, bool(form.following.data)
        with reasons_above(form):
            if following and not form.confirmed.data:
                return _page(number, form, CancelForm(), _shifted(row, form.field.data, moment))
            execute(MoveCampaignDate(row.id, form.field.data, moment, form.reason.data or "", following))
        if not form.errors:
            flash(f"{DATE_LABELS[form.field.data]}已调整，理由已记入办理记录。", "success")
            return redirect(url_for("desk.campaign", number=number))
    return _page(number, form, CancelForm())


@blueprint.post("/campaigns/<number>/cancel")
@requires("county_head")
def cancel(number: str) -> ResponseReturnValue:
    """End the recruitment for everybody, with a reason."""
    row, _ = _loaded(number)
    form = bind(CancelForm)
    if submitted(form):
        with beside_fields(form):
            execute(CancelCampaign(row.id, form.reason.data or ""))
        if not form.errors:
            flash("招聘已终止，正在通知全部报考人员。", "success")
            return redirect(url_for("desk.campaign", number=number))
    return _page(number, MoveDateForm(), form)


def found_campaign(number: str) -> Campaign:
    """The campaign with its posts, or 404."""
    with reading() as session:
        row = found(desk_campaign(session, actor(), number))
        _ = [post.id for post in row.posts]
        session.expunge_all()
    return row


def _loaded(number: str) -> tuple[Campaign, Overview]:
    with reading() as session:
        row = found(desk_campaign(session, actor(), number))
        view = overview_of(session, actor(), row, engine().clock.now())
        _ = [post.id for post in row.posts]
        session.expunge_all()
    return row, view


def _shifted(row: Campaign, field: str, moment: datetime) -> list[Shift]:
    """What every later date would be; refuses what is out of order."""
    before = dates_of(row)
    extension = Extension(moment - asdict(before)[field], "", following=True)
    after = moved_dates(row, field, extension)
    if problems := after.problems():
        raise Invalid(fields={"moment": next(iter(problems.values()))})
    pairs = zip(asdict(before).items(), asdict(after).values(), strict=True)
    return [Shift(DATE_LABELS[name], old, new) for (name, old), new in pairs if old != new]


def _page(number: str, move: MoveDateForm, stop: CancelForm, shifts: Sequence[Shift] = ()) -> ResponseReturnValue:
    row, view = _loaded(number)
    move.confirmed.data = "1" if shifts else ""
    move.field.choices = [(each.field, f"{each.label}（现为 {cn_datetime(each.at)}）") for each in view.movable]
    with reading() as session:
        imports = open_imports(session, row.id, actor().user_id)
        session.expunge_all()
    page = render_template(
        "desk/campaign.html", campaign=row, view=view, move=move, stop=stop, stage_url=stage_url, imports=imports,
        sheets=SHEET_LABELS, shifts=shifts,
    )  # fmt: skip
    return page, status_of(move) if move.errors or move.form_errors else status_of(stop)


def _present_stage(number: str, stage: str) -> str:
    """A step of releasing scores has a page of its own beside the import of the same stage."""
    if stage in ("totals", "publicity"):
        return {"totals": "release-totals", "publicity": "release-hiring"}[stage]
    if stage == "written":
        _, view = _loaded(number)
        if any(act.href and act.href.endswith("/release/written") for act in view.acts):
            return "release-written"
    return stage
