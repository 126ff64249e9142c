"""What begins a year's appraisal: the county's guide, and each street's plan [N 9.6, 9.9]."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.delegates.appraisal.commands import StartGuide, StartPlan, StartPlans
from engine.kernel.clock import local_date
from engine.kernel.command import Command
from engine.personnel.appraisal.guides import published_guide, published_years
from engine.personnel.appraisal.plans import PlanDates, streets_to_begin
from forms.base import BaseForm
from forms.work_items.appraisal import GuideStartForm, PlanStartForm
from webapp.appraisal.blueprint import blueprint
from webapp.appraisal.places import units_of
from webapp.binding import bind, reasons_above, status_of, submitted
from webapp.numbers import whole
from webapp.permissions import requires
from webapp.visit import actor, engine, execute, found, reading


@blueprint.route("/start/guide", methods=["GET", "POST"])
@requires("county_clerk")
def start_guide() -> ResponseReturnValue:
    """启动年度考核."""
    units = _units("county_clerk")
    form = bind(GuideStartForm, year=_this_year())
    if submitted(form):
        started = _begin(form, StartGuide(_chosen(units), form.year.data or 0))
        if started is not None:
            flash("年度考核已启动，请拟定指导方案。", "success")
            return redirect(url_for("worklist.case", instance_id=started))
    return render_template("appraisal/start_guide.html", form=form, units=units), status_of(form)


@blueprint.route("/start/plan", methods=["GET", "POST"])
@requires("street_clerk")
def start_plan() -> ResponseReturnValue:
    """制定考核方案: everybody of the street gets his case."""
    units = _units("street_clerk")
    form = bind(PlanStartForm, year=_this_year())
    if submitted(form):
        started = _begin(form, StartPlan(_chosen(units), form.year.data or 0, _dates(form)))
        if started is not None:
            flash("考核已启动，系统正在逐人发起，可以在看板查看进度。", "success")
            return redirect(url_for("appraisal.board"))
    return render_template("appraisal/start_plan.html", form=form, units=units), status_of(form)


@blueprint.route("/start/plans", methods=["GET", "POST"])
@requires("county_clerk")
def start_plans() -> ResponseReturnValue:
    """统一启动: every street that has not begun, in one act of the county."""
    units = _units("county_clerk")
    county_id = _chosen(units)
    with reading() as session:
        known = published_years(session, county_id) or [_this_year()]
        typed = request.values.get("year", type=whole)
        year = typed if typed in known else known[0]
        published = published_guide(session, county_id, year) is not None
        streets = streets_to_begin(session, county_id, year)
    form = bind(PlanStartForm, year=year)
    if submitted(form):
        begun: list[int] = []
        with reasons_above(form):
            begun = execute(StartPlans(county_id, form.year.data or 0, _dates(form)))
        if begun:
            flash(f"已为 {len(begun)} 个街道启动考核，系统正在逐人发起，可以离开本页，进度显示在看板上。", "success")
            return redirect(url_for("appraisal.board", year=form.year.data))
    page = render_template(
        "appraisal/start_plans.html", form=form, units=units, place=county_id, county=dict(units)[county_id], year=year,
        streets=streets, published=published,
    )  # fmt: skip
    return page, status_of(form)


def _this_year() -> int:
    return local_date(engine().clock.now()).year


def _dates(form: PlanStartForm) -> PlanDates | None:
    if form.summary_on.data is None or form.ballots_on.data is None:
        return None
    return PlanDates(form.summary_on.data, form.ballots_on.data)


def _units(role: str) -> Sequence[tuple[int, str]]:
    with reading() as session:
        return found(units_of(session, actor(), role) or None)


def _chosen(units: Sequence[tuple[int, str]]) -> int:
    typed = request.values.get("place", "")
    known = [id_ for id_, _ in units]
    return next((id_ for id_ in known if str(id_) == typed), known[0])


def _begin(form: BaseForm, command: Command[int]) -> int | None:
    """Starts the case; None with the reasons on the page."""
    started: int | None = None
    with reasons_above(form):
        started = execute(command)
    return None if form.errors or form.form_errors else started
