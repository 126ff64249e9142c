"""The legal calendar: announced days off and make-up days, by year."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from engine.kernel.clock import local_date
from engine.kernel.errors import Invalid
from engine.personnel.holidays import DayRule, HolidayYear, SaveHolidayDays, days_of_year
from forms.registry import DayKind, HolidayForm, HolidayRow
from webapp.binding import bind, status_of, submitted
from webapp.permissions import requires
from webapp.registry.blueprint import blueprint
from webapp.visit import actor, engine, execute, found, reading

READERS = ("system_admin", "process_admin", "county_clerk", "county_head", "audit_admin")
EDITORS = ("system_admin", "process_admin")
SPARE_ROWS = 3


@blueprint.get("/holidays")
@requires(*READERS)
def holidays() -> str:
    """The years that are announced, and the next one that is missing."""
    this_year = local_date(engine().clock.now()).year
    with reading() as session:
        years = list(session.scalars(select(HolidayYear).order_by(HolidayYear.year.desc())))
        session.expunge_all()
    known = {line.year for line in years}
    missing = [year for year in (this_year, this_year + 1) if year not in known]
    return render_template("registry/holidays.html", years=years[:6], missing=missing, this_year=this_year)


@blueprint.route("/holidays/<int:year>", methods=["GET", "POST"])
@requires(*READERS)
def holiday_year(year: int) -> ResponseReturnValue:
    """One year; editors may change it, each change is a new version."""
    found(year if 2004 <= year <= 2100 else None)
    with reading() as session:
        spans = list(_spans(days_of_year(session, year)))
        entry = session.get(HolidayYear, year)
        source, version = (entry.source, entry.version) if entry else ("", 0)
    rows = [{"first": first, "last": last, "kind": kind, "name": name} for first, last, kind, name in spans]
    form = bind(HolidayForm, source=source, days=[*rows, *({} for _ in range(SPARE_ROWS))])
    may_edit = actor().has_role(*EDITORS)
    if may_edit and submitted(form):
        _save(form, year)
        if not form.errors and not form.form_errors:
            flash(f"{year} 年放假安排已保存；之后计算的期限按新安排，已有期限不变。", "success")
            return redirect(url_for("registry.holiday_year", year=year))
    page = render_template(
        "registry/holiday_year.html", form=form, year=year, version=version, may_edit=may_edit, spans=spans
    )
    return page, 422 if form.form_errors else status_of(form)


def _save(form: HolidayForm, year: int) -> None:
    days = [rule for row in form.days for rule in _days(row.form)]
    try:
        execute(SaveHolidayDays(year, days, form.source.data or ""))
    except Invalid as error:
        form.add_errors(error.fields or {"": error.message})


def _days(row: HolidayRow) -> Iterator[DayRule]:
    """The days of a span; a weekend inside days off belongs to them."""
    first = row.first.data
    if first is None:
        return
    works = row.kind.data == DayKind.WORK.value
    for number in range(((row.last.data or first) - first).days + 1):
        yield DayRule(first + timedelta(days=number), works, row.name.data or "")


def _spans(days: list[DayRule]) -> Iterator[tuple[date, date, str, str]]:
    """Days that follow each other under one name, as people announce them."""
    for (works, name, _), group in groupby(enumerate(days), lambda p: (p[1].is_workday, p[1].name, _run(days, p[0]))):
        span = [rule.day for _, rule in group]
        yield span[0], span[-1], (DayKind.WORK if works else DayKind.OFF).value, name


def _run(days: list[DayRule], index: int) -> int:
    """The same number for days that follow each other without a gap."""
    return days[index].day.toordinal() - index
