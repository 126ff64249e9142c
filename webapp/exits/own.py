"""What the person himself does in his exit: defence, hearing, a resignation taken back, another day of retirement."""

from dataclasses import dataclass
from datetime import date, datetime

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from engine.delegates.exits.commands import StateDefence, WaiveDefence, WithdrawResignation
from engine.kernel.command import Command
from engine.personnel.case_files import Material
from engine.personnel.exits.cases import ExitCase
from engine.personnel.exits.retirement_choices import ChooseRetirement, statutory_day
from engine.personnel.exits.terms import ExitGround, ExitState
from engine.personnel.workers import Worker
from forms.base import BaseForm
from forms.exits import DefenceForm, ReasonForm, RetirementForm
from webapp.binding import bind, reasons_above, status_of, submitted
from webapp.exits.blueprint import blueprint
from webapp.permissions import requires
from webapp.visit import actor, engine, execute, found, reading

WORKERS = ("community_worker", "community_secretary")


@dataclass(frozen=True, slots=True)
class OwnExit:
    """The person's exit, as far as he acts in it."""

    number: str
    defence_until: datetime | None
    defence: str
    hearing_asked: bool
    may_defend: bool
    may_withdraw: bool
    last_day: date | None


def own_acts(row: ExitCase, now: datetime) -> OwnExit:
    """What the person may do in his exit now."""
    defends = row.state is ExitState.DEFENCE and row.defence_until is not None and now <= row.defence_until
    withdraws = row.ground is ExitGround.RESIGNATION and row.state is ExitState.STREET_DECIDED
    asked = row.hearing_requested_at is not None
    return OwnExit(row.number, row.defence_until, row.defence, asked, defends, withdraws, row.last_day)


@blueprint.route("/mine/<number>/defence", methods=["GET", "POST"])
@requires(*WORKERS)
def defence(number: str) -> ResponseReturnValue:
    """陈述申辩."""
    case = _mine(number)
    form = bind(DefenceForm)
    if submitted(form):
        given = () if form.file.data is None else (Material("陈述申辩材料", form.file.data.stream.read()),)
        if done(form, StateDefence(number, form.text.data or "", form.hearing.data is True, given)):
            flash("陈述申辩已提交街道。", "success")
            return redirect(url_for("worker.exit_case", number=number))
    return render_template("exits/defence.html", form=form, case=case), status_of(form)


@blueprint.post("/mine/<number>/waive")
@requires(*WORKERS)
def waive(number: str) -> ResponseReturnValue:
    """放弃陈述申辩."""
    execute(WaiveDefence(number))
    flash("已登记您放弃其余的陈述申辩时间。", "success")
    return redirect(url_for("worker.exit_case", number=number))


@blueprint.route("/mine/<number>/withdraw", methods=["GET", "POST"])
@requires(*WORKERS)
def withdraw_resignation(number: str) -> ResponseReturnValue:
    """撤回辞职."""
    case = _mine(number)
    form = bind(ReasonForm)
    if submitted(form) and done(form, WithdrawResignation(number, form.reason.data or "")):
        flash("辞职已撤回。", "success")
        return redirect(url_for("worker.exit_case", number=number))
    return render_template("exits/withdraw.html", form=form, number=number, last_day=case.last_day), status_of(form)


@blueprint.route("/retirement/choice", methods=["GET", "POST"])
@requires(*WORKERS)
def choose_retirement() -> ResponseReturnValue:
    """弹性退休申请."""
    with reading() as session:
        worker = found(session.scalar(select(Worker).where(Worker.user_id == actor().user_id, Worker.active)))
        worker_id, statutory = worker.id, statutory_day(worker)
    form = bind(RetirementForm)
    if submitted(form) and done(
        form, ChooseRetirement(worker_id, form.chosen_on.data or statutory, form.reason.data or "")
    ):
        flash("弹性退休申请已登记，街道已可以看到。", "success")
        return redirect(url_for("worker.cases"))
    return render_template("exits/choose_retirement.html", form=form, statutory=statutory, name=""), status_of(form)


def done(form: BaseForm, command: Command[int] | Command[None]) -> bool:
    """Runs the command; its reasons stand on the page when it is refused."""
    with reasons_above(form):
        execute(command)
    return not (form.errors or form.form_errors)


def _mine(number: str) -> OwnExit:
    with reading() as session:
        query = select(ExitCase).join(Worker, Worker.id == ExitCase.worker_id)
        query = query.where(ExitCase.number == number, Worker.user_id == actor().user_id)
        return own_acts(found(session.scalar(query)), engine().clock.now())
