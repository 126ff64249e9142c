"""代理: who stands in for whom, appointed by the person himself or by a process administrator."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine.identity.roles import LABELS
from engine.identity.users import User
from engine.kernel.clock import local_date
from engine.workflow.deputies import (
    AppointDeputy,
    DeputyRow,
    EndDeputy,
    deputies_of,
    manages,
    my_deputies,
    possible_deputies,
    roles_held,
)
from engine.workflow.worklist import process_names
from forms.worklists import DeputyForm
from webapp.binding import beside_fields, bind, status_of
from webapp.numbers import whole
from webapp.permissions import officers
from webapp.resume import local_path, resuming
from webapp.visit import actor, engine, execute, found, reading
from webapp.worklist.blueprint import blueprint
from webapp.worklist.people import Found, find_among

EVERYTHING = "everything"
ROLE, PROCESS = "role:", "process:"


@dataclass(frozen=True, slots=True)
class Standing:
    """One deputy as the page shows it."""

    row: DeputyRow
    scope: str
    state: str
    tone: str


@blueprint.route("/deputies", methods=["GET", "POST"])
@officers
def deputies() -> ResponseReturnValue:
    """Who stands in for the person, for whom he stands in, and a new deputy."""
    form = bind(DeputyForm, starts_on=local_date(engine().clock.now()))
    with reading() as session:
        principal = _principal(session)
        names = process_names(session)
        form.offer(_scopes(session, principal.id, names))
        rows = my_deputies(session, actor()) if principal.id == actor().user_id else deputies_of(session, principal.id)
        standing = [_standing(row, names) for row in rows]
        people = _people(session, principal.id, form)
        principal_id, name = principal.id, principal.name
    if request.method == "POST" and not resuming() and "_find" not in request.form and form.validate():
        with beside_fields(form):
            execute(_appointment(form, principal_id))
        if not form.errors:
            flash(f"已设置代理，{_span(*form.period())}。对方会收到消息，期间能看到并办理这些事项。", "success")
            return redirect(request.full_path.rstrip("?"))
    return render_template(
        "worklist/deputies.html", form=form, people=people, given=_of(standing, principal_id, given=True),
        taken=_of(standing, principal_id, given=False), principal=name, own=principal_id == actor().user_id,
    ), status_of(form)  # fmt: skip


@blueprint.post("/deputies/<int:substitution_id>/end")
@officers
def end_deputy(substitution_id: int) -> ResponseReturnValue:
    """From now on the deputy sees nothing any more."""
    execute(EndDeputy(substitution_id))
    flash("代理已结束，对方不再看到这些事项；已经办理的保留在办理过程中。", "success")
    return redirect(local_path(request.form.get("_back")) or url_for("worklist.deputies"))


def _principal(session: Session) -> User:
    """Whose deputies these are: the person's own, or those of somebody he administers."""
    user_id = request.args.get("for", type=whole) or actor().user_id or 0
    mine = user_id == actor().user_id or manages(session, actor(), user_id)
    return found(session.get(User, user_id) if mine else None)


def _scopes(session: Session, user_id: int, processes: dict[str, str]) -> Sequence[tuple[str, str]]:
    roles = [(f"{ROLE}{role}", f"只代理岗位：{LABELS.get(role, role)}") for role in roles_held(session, user_id)]
    kinds = [(f"{PROCESS}{key}", f"只代理流程：{name}") for key, name in processes.items()]
    return [(EVERYTHING, "全部事项"), *roles, *kinds]


def _appointment(form: DeputyForm, principal_id: int) -> AppointDeputy:
    scope, (starts_on, ends_on) = form.scope.data or "", form.period()
    process = scope.removeprefix(PROCESS) if scope.startswith(PROCESS) else None
    role = scope.removeprefix(ROLE) if scope.startswith(ROLE) else None
    return AppointDeputy(principal_id, form.deputy.data[0], starts_on, ends_on, process, role)


def _people(session: Session, user_id: int, form: DeputyForm) -> Found:
    typed = request.form.get("_typed", "").strip()[:40]
    near = {membership.organisation_id for membership in actor().memberships}
    return find_among(session, possible_deputies(session, user_id), typed=typed, chosen=form.deputy.data, near=near)


def _standing(row: DeputyRow, processes: dict[str, str]) -> Standing:
    parts = [LABELS.get(row.role, row.role)] if row.role else []
    parts += [processes.get(row.process_key, row.process_key)] if row.process_key else []
    state, tone = _state(row, local_date(engine().clock.now()))
    return Standing(row, " · ".join(parts) or "全部事项", state, tone)


def _state(row: DeputyRow, today: date) -> tuple[str, str]:
    if row.ends_on < today:
        return "已到期", "wait"
    return ("代理中", "good") if row.starts_on <= today else ("未开始", "go")


def _of(standing: Sequence[Standing], user_id: int, *, given: bool) -> Sequence[Standing]:
    return [each for each in standing if (each.row.principal_id == user_id) is given]


def _span(starts_on: date, ends_on: date) -> str:
    return f"{starts_on.isoformat()} 至 {ends_on.isoformat()}"
