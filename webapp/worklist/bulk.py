"""One act on many things: asked once, done one by one, with a list of what became of each.

The act is kept as a run. Its page does the next things in small portions until all are through; it may be left and
opened again at any time.
"""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from engine.identity.users import User
from engine.kernel.errors import ShegongError
from engine.workflow.bulk_runs import (
    MOST,
    BeginBulkRun,
    DoBulkEntry,
    EntryRow,
    EntryState,
    RefuseBulkEntry,
    RetryBulkRun,
    RunRow,
    StopBulkRun,
    TellHeir,
    entries_of,
    my_runs,
    run_of,
)
from engine.workflow.flags import RETURNING
from engine.workflow.tables import ProcessInstance
from engine.workflow.worklist import my_work
from forms.worklists import BulkForm
from webapp.binding import bind, status_of
from webapp.errors import note_failure
from webapp.numbers import DIGITS, whole
from webapp.permissions import officers
from webapp.resume import local_path, resuming
from webapp.visit import actor, engine, execute, reading
from webapp.worklist.blueprint import blueprint
from webapp.worklist.bulk_commands import command_of
from webapp.worklist.bulk_plan import ALONG, AT_ONCE, Act, Plan, plan
from webapp.worklist.narrowing import narrowing_of
from webapp.worklist.people import Found, find_people
from webapp.worklist.phrases import COMMON

PORTION = 20
"""So many things are done before the page hears how far it is."""
WORDS = {
    Act.RETURN: ("退回的原因", "请填写退回的原因，让对方知道要改什么。"),
    Act.TRANSFER: ("转办的原因", "请填写转办的原因。"),
    Act.URGE: ("要说的话", ""),
}
"""What the common text is called, and what is said when it is missing."""


@blueprint.route("/bulk", methods=["GET", "POST"])
@officers
def bulk() -> ResponseReturnValue:
    """Asks once what is needed for all chosen things, naming their number; without a choice: the last bulk acts."""
    if request.method == "GET":
        with reading() as session:
            return render_template("worklist/bulk_runs.html", runs=my_runs(session, actor()))
    act, chosen = _asked()
    if not chosen:
        flash("请先勾选要办理的事项。", "warning")
        return redirect(_back())
    with reading() as session:
        planned = plan(session, act, chosen)
        form = _form(planned)
        sound = act in AT_ONCE or ("confirmed" in request.form and form.validate())
        people = _people(session, planned, form) if act == Act.TRANSFER else None
    if planned.doable and sound and not resuming() and "_find" not in request.form:
        return _begin(planned, form)
    return render_template(
        "worklist/bulk_confirm.html", plan=planned, form=form, people=people, back=_back(), phrases=_phrases(planned)
    ), status_of(form)  # fmt: skip


def _begin(planned: Plan, form: BulkForm) -> ResponseReturnValue:
    way = form.way.data or ""
    entries = tuple(replace(e, choice=way) if e.choice == ALONG else e for e in planned.entries)
    heir = form.person.data[0] if planned.act == Act.TRANSFER else None
    run_id = execute(BeginBulkRun(planned.act, planned.label, form.opinion.data or "", entries, heir, back=_back()))
    _go_on(run_id)
    with reading() as session:
        run = run_of(session, actor(), run_id)
        only = entries_of(session, run_id, limit=1)[0]
    if (run.total, run.done) == (1, 1):
        flash(f"{only.message}：{only.title}", "success")
        return redirect(run.back)
    return redirect(url_for("worklist.bulk_run", run_id=run_id))


@blueprint.get("/bulk/<int:run_id>")
@officers
def bulk_run(run_id: int) -> ResponseReturnValue:
    """How far a bulk act is, and what became of each thing."""
    return _show(run_id, "worklist/bulk.html")


@blueprint.post("/bulk/<int:run_id>/go")
@officers
def go_on_with_run(run_id: int) -> ResponseReturnValue:
    """The next portion."""
    _go_on(run_id)
    return _answer(run_id)


@blueprint.post("/bulk/<int:run_id>/retry")
@officers
def retry_run(run_id: int) -> ResponseReturnValue:
    """What was refused is tried once more."""
    execute(RetryBulkRun(run_id))
    _go_on(run_id)
    return _answer(run_id)


@blueprint.post("/bulk/<int:run_id>/stop")
@officers
def stop_run(run_id: int) -> ResponseReturnValue:
    """The rest is left undone."""
    execute(StopBulkRun(run_id))
    return _answer(run_id)


def start_run(command: BeginBulkRun) -> ResponseReturnValue:
    """Begins a run from a page of its own and goes to it."""
    run_id = execute(command)
    _go_on(run_id)
    return redirect(url_for("worklist.bulk_run", run_id=run_id))


def _go_on(run_id: int) -> None:
    with reading() as session:
        run = run_of(session, actor(), run_id)
        entries = entries_of(session, run_id, EntryState.PENDING, PORTION)
    for entry in entries:
        _do(run, entry)
    told_alone = run.act == Act.TRANSFER and run.total == 1
    if run.to_user_id is not None and run.pending <= PORTION and not told_alone:
        _tell_heir(run_id)


def _do(run: RunRow, entry: EntryRow) -> None:
    try:
        with reading() as session:
            command, message = command_of(session, run, entry)
        engine().execute(DoBulkEntry(run.id, entry.position, command, message), actor=actor())
    except ShegongError as error:
        reason = error.message
    except Exception as error:  # one thing that is broken does not keep the others from being done
        reason = f"系统出错，错误编号 {note_failure(error)}，请告诉管理员。"
    else:
        return
    engine().execute(RefuseBulkEntry(run.id, entry.position, reason), actor=actor())


def _tell_heir(run_id: int) -> None:
    with reading() as session:
        run = run_of(session, actor(), run_id)
    if run.done and not run.pending:
        engine().execute(TellHeir(run_id), actor=actor(), idempotency_key=f"bulk-run-{run_id}-told")


def _answer(run_id: int) -> ResponseReturnValue:
    if request.headers.get("HX-Request"):
        return _show(run_id, "worklist/bulk_body.html")
    return redirect(url_for("worklist.bulk_run", run_id=run_id))


def _show(run_id: int, template: str) -> ResponseReturnValue:
    with reading() as session:
        run = run_of(session, actor(), run_id)
        finished = [] if run.pending else entries_of(session, run_id)
        names = {id_: session.get_one(User, id_).name for id_ in (run.to_user_id, run.from_user_id) if id_}
    entries = sorted(finished, key=lambda entry: entry.state == EntryState.DONE)
    return render_template(template, run=run, entries=entries, names=names)


def _form(planned: Plan) -> BulkForm:
    form = bind(BulkForm)
    label, needed = WORDS.get(Act(planned.act) if planned.act in set(Act) else Act.APPROVE, ("共同的意见", ""))
    if planned.opinion_needed and not needed:
        needed = f"选择“{planned.label}”必须填写意见。"
    asked = {"opinion"} | ({"person"} if planned.act == Act.TRANSFER else set())
    form.ask(frozenset(asked | ({"way"} if planned.asks_way else set())), label, needed)
    return form


def _phrases(planned: Plan) -> Sequence[str]:
    """Opinions that are often written with these decisions, offered while typing."""
    decisions = dict.fromkeys(entry.choice for entry in planned.entries)
    if planned.act == Act.RETURN:
        decisions = dict.fromkeys([RETURNING])
    return [text for decision in decisions for text in COMMON.get(decision, ())]


def _people(session: Session, planned: Plan, form: BulkForm) -> Found:
    """Colleagues who may have the first of the things; the command looks at each."""
    first = next((each.entry.instance_id for each in (*planned.doable, *planned.refused) if each.entry.instance_id), 0)
    instance = session.get(ProcessInstance, first)
    typed, person = request.form.get("_typed", "").strip()[:40], actor()
    if instance is None:
        return Found((), typed, more=False)
    near = {membership.organisation_id for membership in person.memberships}
    return find_people(
        session, instance, typed=typed, chosen=form.person.data, without={person.user_id or 0}, near=near
    )


def _back() -> str:
    return local_path(request.form.get("_back")) or url_for("worklist.open_items")


def _asked() -> tuple[str, Sequence[int]]:
    """The act and what it shall be done to; `only` is the button of one row."""
    act, _, row = request.form.get("only", "").partition(":")
    if row.isascii() and row.isdigit() and len(row) <= DIGITS:
        return act, [int(row)]
    return request.form.get("act", "")[:80], _chosen()


def _chosen() -> Sequence[int]:
    """The things that were ticked, or everything that the list they were ticked in holds."""
    ticked = list(dict.fromkeys(request.form.getlist("item", type=whole)))
    if not ticked or "everything" not in request.form:
        return ticked[:MOST]
    asked = narrowing_of(MultiDict(parse_qsl(urlsplit(_back()).query)))
    now = engine().clock.now()
    with reading() as session:
        rows = my_work(session, actor(), now, narrow=asked.filter(now), order=asked.order, limit=MOST).rows
    return [row.work_item_id for row in rows]


