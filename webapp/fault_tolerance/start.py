"""What begins a case: the person applies, his street does it for him, or discipline begins by itself [N 10]."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engine.delegates.fault_tolerance.commands import OpenClearingCase, OpenFaultCase
from engine.kernel.command import Command
from forms.base import BaseForm
from forms.work_items.fault_tolerance import ClearingStartForm, FaultStartForm
from webapp.binding import bind, reasons_above, status_of, submitted
from webapp.fault_tolerance.blueprint import blueprint
from webapp.fault_tolerance.files import uploaded
from webapp.fault_tolerance.places import OPENERS, workers_of
from webapp.permissions import requires
from webapp.visit import actor, execute, reading


@blueprint.route("/start", methods=["GET", "POST"])
@requires(*OPENERS)
def start_fault() -> ResponseReturnValue:
    """提出或启动容错."""
    form = bind(FaultStartForm)
    _offer(form)
    if submitted(form):
        given = uploaded("申请材料", form.material.data)
        command = OpenFaultCase(form.worker_id.data, form.account.data or "", form.accountability_on.data, given)
        if _begin(form, command):
            return _gone("容错案件已提交纪检监察机关。")
    return render_template("fault_tolerance/start_fault.html", form=form), status_of(form)


@blueprint.route("/start-clearing", methods=["GET", "POST"])
@requires(*OPENERS)
def start_clearing() -> ResponseReturnValue:
    """提出或启动澄清."""
    form = bind(ClearingStartForm)
    _offer(form)
    if submitted(form):
        given = uploaded("申请材料", form.material.data)
        if _begin(form, OpenClearingCase(form.worker_id.data, form.account.data or "", None, given)):
            return _gone("澄清案件已提交纪检监察机关。")
    return render_template("fault_tolerance/start_clearing.html", form=form), status_of(form)


def _offer(form: FaultStartForm | ClearingStartForm) -> None:
    with reading() as session:
        choices: list[tuple[int, str]] = workers_of(session, actor())
    form.worker_id.choices = list(choices)


def _gone(message: str) -> ResponseReturnValue:
    flash(message, "success")
    reader = actor().has_role("discipline_officer")
    return redirect(url_for("fault_tolerance.board" if reader else "fault_tolerance.mine"))


def _begin(form: BaseForm, command: Command[int]) -> bool:
    """Starts the case; the reasons stand on the page when it cannot be started."""
    with reasons_above(form):
        execute(command)
    return not (form.errors or form.form_errors)
