"""Policy parameters of a county: what holds today, what will hold, and every change with its reason."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine.identity.users import User
from engine.kernel.clock import local_date
from engine.kernel.errors import Invalid, RuleViolation, citation
from engine.personnel.parameters import CATALOGUE, Parameter
from engine.personnel.policy import PolicyParameter, SetPolicyParameter, Setting, parameter_history, settings_at
from engine.personnel.quota_ledger import SetUrbanPopulation
from forms.registry import ParameterForm, PopulationForm, parameter_form
from webapp.binding import beside_fields, bind, status_of, submitted
from webapp.permissions import requires
from webapp.registry.blueprint import blueprint
from webapp.visit import actor, engine, execute, found, reading

READERS = ("county_head", "county_clerk", "process_admin", "audit_admin")
EDITORS = ("county_head", "process_admin")
GROUP_LABELS = {
    "quota": "员额", "recruitment": "公开招聘", "grade": "岗位等级", "appraisal": "年度考核", "secondment": "借调",
    "exit": "退出", "byElection": "届中补选", "allRound": "全科社工",
}  # fmt: skip


@blueprint.get("/parameters")
@requires(*READERS)
def parameters() -> str:
    """Every setting with its value today."""
    today = local_date(engine().clock.now())
    with reading() as session:
        settings = settings_at(session, county_of_actor(), today)
    grouped = groupby(settings, lambda setting: setting.parameter.group)
    groups = [(GROUP_LABELS.get(key, key), list(lines)) for key, lines in grouped]
    return render_template("registry/parameters.html", groups=groups, shown=shown, today=today)


@blueprint.route("/parameters/<key>", methods=["GET", "POST"])
@requires(*READERS)
def parameter(key: str) -> ResponseReturnValue:
    """One setting: its history, and changing it from a day on."""
    entry = found(CATALOGUE.get(key))
    with reading() as session:
        now_in_force, lines = _standing(session, entry)
    tomorrow = local_date(engine().clock.now()) + timedelta(days=1)
    current = now_in_force.value if isinstance(now_in_force.value, tuple) else now_in_force.text
    form = bind(parameter_form(entry), effective_from=tomorrow, value=current)
    if actor().has_role(*EDITORS) and submitted(form):
        _change(form, entry)
        if not form.errors and not form.form_errors:
            flash(f"“{entry.label}”已修改，自 {form.effective_from.data} 起生效。", "success")
            return redirect(url_for("registry.parameter", key=key))
    page = render_template(
        "registry/parameter.html", entry=entry, setting=now_in_force, lines=lines, form=form, shown=shown,
        may_edit=actor().has_role(*EDITORS), value_of=lambda text: shown(entry, entry.parse(text)),
    )  # fmt: skip
    return page, 422 if form.form_errors else status_of(form)


@blueprint.route("/population", methods=["GET", "POST"])
@requires(*EDITORS)
def population() -> ResponseReturnValue:
    """The urban population from which the quota is computed."""
    form = bind(PopulationForm)
    if submitted(form):
        with beside_fields(form):
            quota = execute(SetUrbanPopulation(
                county_of_actor(), form.urban_population.data or 0, found(form.effective_from.data),
                form.source.data or "",
            ))  # fmt: skip
        if not form.errors and not form.form_errors:
            flash(f"已保存，核定员额 {quota} 名（每万城镇常住人口 18 名）。", "success")
            return redirect(url_for("desk.quota"))
    return render_template("registry/population.html", form=form), status_of(form)


def county_of_actor() -> int:
    """The county whose settings the person reads or sets."""
    return found(min(actor().organisations(*READERS), default=None))


def shown(entry: Parameter[Any], value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    options = entry.options or {}
    if isinstance(value, tuple):
        return "、".join(options.get(item, item) for item in value) or "（无）"
    text = options.get(str(value), entry.write(value))
    return f"{text} {entry.unit}".strip()


def _standing(session: Session, entry: Parameter[Any]) -> tuple[Setting, Sequence[tuple[PolicyParameter, str]]]:
    today = local_date(engine().clock.now())
    current = next(s for s in settings_at(session, county_of_actor(), today) if s.parameter.key == entry.key)
    lines = parameter_history(session, county_of_actor(), entry.key)
    names = {line.set_by: _name(session, line.set_by) for line in lines}
    session.expunge_all()
    return current, [(line, names[line.set_by]) for line in lines]


def _name(session: Session, user_id: int | None) -> str:
    user = session.get(User, user_id) if user_id else None
    return user.name if user else "系统"


def _change(form: ParameterForm, entry: Parameter[Any]) -> None:
    """Sets the value; a bound that is law stands at the field with its clause."""
    data = form["value"].data
    text = ",".join(data) if isinstance(data, list) else str(data or "")
    command = SetPolicyParameter(
        county_of_actor(), entry.key, text, found(form.effective_from.data), form.reason.data or "",
        form.effective_to.data,
    )  # fmt: skip
    try:
        execute(command)
    except RuleViolation as error:
        form.add_errors({"value": f"{error.message}。这是上级规定的硬性要求（{citation(error.clause)}），不能突破。"})
    except Invalid as error:
        named = {name: text for name, text in error.fields.items() if name != "value"}
        form.add_errors(named or {"value": error.message})
