"""What a street begins: a secondment, its extension, going back early, taking a request back."""

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.delegates.secondment.commands import (
    SECONDMENT,
    RequestExtension,
    RequestSecondment,
    ReturnEarly,
    WithdrawSecondment,
)
from engine.identity.organisations import Organisation, OrganisationKind, ancestor_of_kind
from engine.kernel.clock import local_date
from engine.kernel.command import Command
from engine.kernel.errors import NotFound
from engine.personnel.decisions import DecisionTables
from engine.personnel.secondment.course import Wish
from engine.personnel.secondment.secondments import Secondment
from engine.personnel.secondment.states import ASKED, ON_LOAN, ExtensionState
from engine.personnel.vocabulary import Post
from engine.personnel.workers import Worker
from engine.workflow.instances import find_instance
from forms.base import BaseForm
from forms.work_items.secondment import ExtensionForm, ReasonForm, SecondmentForm
from webapp.binding import bind, reasons_above, status_of, submitted
from webapp.numbers import whole
from webapp.permissions import officers, requires
from webapp.secondment.blueprint import blueprint
from webapp.secondment.places import secondment_for, streets_of
from webapp.visit import actor, engine, execute, reading
from webapp.worklist.subjects.kind import Asked
from webapp.worklist.subjects.secondment import load

CLERK = "street_clerk"
HIGHER = (
    OrganisationKind.COUNTY.value, OrganisationKind.DEPARTMENT.value, OrganisationKind.EXAM_ORGAN.value,
    OrganisationKind.CITY.value,
)  # fmt: skip


@blueprint.route("/new", methods=["GET", "POST"])
@requires(CLERK)
def start() -> ResponseReturnValue:
    """借调申请."""
    street_id = _street()
    form = bind(SecondmentForm, borrower_id=street_id)
    with reading() as session:
        _offer(session, street_id, form)
    if submitted(form):
        started = _done(form, RequestSecondment(street_id, _wish(form)))
        if started:
            flash("借调申请已提交，请借调人员本人签署意见。", "success")
            return redirect(url_for("worklist.case", instance_id=started))
    return render_template("secondment/start.html", form=form), status_of(form)


@blueprint.get("/<number>")
@officers
def show(number: str) -> str:
    """One secondment with what may be done about it now."""
    with reading() as session:
        row = secondment_for(session, actor(), number)
        clerk = actor().has_role(CLERK, organisation_id=row.street_id)
        running = row.state in ON_LOAN and not row.early_reason and _today() < row.ends_on
        asked = any(entry.state is not ExtensionState.REFUSED for entry in row.extensions)
        return render_template(
            "secondment/secondment.html", subject=load(session, _asked(number)), number=number,
            instance_id=find_instance(session, SECONDMENT, number).id, may_return=clerk and running,
            may_extend=clerk and running and not asked, page=None,
            may_withdraw=row.created_by == actor().user_id and row.state in ASKED,
            notice=bool(row.document_number),
        )  # fmt: skip


@blueprint.route("/<number>/early-return", methods=["GET", "POST"])
@requires(CLERK)
def return_early(number: str) -> ResponseReturnValue:
    """提前返岗."""
    form = bind(ReasonForm)
    command = ReturnEarly(number, form.reason.data or "")
    return _act(number, form, command, "提前返岗", "已办理提前返岗，请填写返岗鉴定。")


@blueprint.route("/<number>/withdraw", methods=["GET", "POST"])
@requires(CLERK)
def withdraw(number: str) -> ResponseReturnValue:
    """撤回借调申请."""
    form = bind(ReasonForm)
    return _act(number, form, WithdrawSecondment(number, form.reason.data or ""), "撤回借调申请", "借调申请已撤回。")


@blueprint.route("/<number>/extension", methods=["GET", "POST"])
@requires(CLERK)
def extend(number: str) -> ResponseReturnValue:
    """借调延期申请."""
    form = bind(ExtensionForm)
    ends_on = form.ends_on.data or _today()
    command = RequestExtension(number, ends_on, form.reason.data or "")
    return _act(number, form, command, "借调延期申请", "延期申请已提交，请借调人员本人签署意见。")


def _act(
    number: str, form: BaseForm, command: Command[int] | Command[None], title: str, done: str
) -> ResponseReturnValue:
    with reading() as session:
        row = _own(session, number)
        subject = load(session, _asked(str(row.number)))
    if submitted(form) and _done(form, command):
        flash(done, "success")
        return redirect(url_for("secondment.show", number=number))
    return render_template("secondment/act.html", form=form, title=title, subject=subject), status_of(form)


def _done(form: BaseForm, command: Command[int] | Command[None]) -> int:
    """What the command answered, or 1; 0 with the reasons on the form."""
    answer: int | None = None
    with reasons_above(form):
        answer = execute(command)
    return 0 if form.errors or form.form_errors else answer or 1


def _own(session: Session, number: str) -> Secondment:
    row = secondment_for(session, actor(), number)
    if not actor().has_role(CLERK, organisation_id=row.street_id):
        raise NotFound()
    return row


def _wish(form: SecondmentForm) -> Wish:
    starts_on, ends_on = form.starts_on.data or _today(), form.ends_on.data or _today()
    return Wish(
        form.worker_id.data or 0, form.borrower_id.data or 0, form.office.data or "", form.duties.data or "",
        form.reason.data or "", starts_on, ends_on,
    )  # fmt: skip


def _street() -> int:
    with reading() as session:
        own = [id_ for id_ in streets_of(session, actor()) if actor().has_role(CLERK, organisation_id=id_)]
    typed = request.values.get("place", type=whole)
    if not own:
        raise NotFound()
    return typed if typed in own else own[0]


def _offer(session: Session, street_id: int, form: SecondmentForm) -> None:
    """The street's workers but the chiefs; the street, and the organs above it so that the refusal is explained."""
    people = (
        select(Worker.id, Worker.name, Organisation.name)
        .join(Organisation, Organisation.id == Worker.community_id)
        .where(Worker.street_id == street_id, Worker.active, Worker.post != Post.CHIEF)
        .order_by(Organisation.path, Worker.name)
    )
    workers = [(id_, f"{place} {name}") for id_, name, place in session.execute(people)]
    form.worker_id.choices = [("", "请选择"), *workers]
    county_id = ancestor_of_kind(session, street_id, OrganisationKind.COUNTY)
    above = select(Organisation.id, Organisation.name).where(
        or_(Organisation.id == county_id, Organisation.parent_id == county_id), Organisation.kind.in_(HIGHER)
    )
    own = session.get_one(Organisation, street_id)
    organs = [(id_, f"{name}（县级以上机关，不得借调）") for id_, name in session.execute(above)]
    form.borrower_id.choices = [(own.id, own.name), *organs]


def _asked(number: str) -> Asked:
    return Asked(number, "", _today(), engine().service(DecisionTables).decide)


def _today() -> date:
    return local_date(engine().clock.now())
