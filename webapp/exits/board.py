"""Exits of the officer's street or county, and what the records propose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session
from wtforms import StringField, TextAreaField

from engine.delegates.exits.commands import EXIT, ReinstateWorker, RequestExitReview, WithdrawResignation
from engine.identity.organisations import Organisation
from engine.personnel.exits.cases import ExitCase, taken_up
from engine.personnel.exits.proposals import ExitProposal, PutProposalAside
from engine.personnel.exits.states import ENDED
from engine.personnel.exits.terms import ExitGround, ExitState
from engine.personnel.workers import Worker
from engine.workflow.tables import ProcessInstance
from forms.base import BaseForm
from forms.choices import SelectField
from forms.exits import ReasonForm
from forms.validators import at_most, required
from webapp.binding import bind, reasons_above, status_of, submitted
from webapp.exits.blueprint import blueprint
from webapp.exits.own import done
from webapp.permissions import requires
from webapp.visit import actor, execute, found, reading

READERS = ("street_clerk", "street_leader", "county_clerk", "county_head")
MOST = 200


@dataclass(frozen=True, slots=True)
class ExitRow:
    """A line of the list."""

    number: str
    name: str
    street: str
    ground: str
    state: str
    ended: bool
    started_at: datetime
    last_day: date | None
    instance_id: int | None


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """Something the records propose."""

    id: int
    name: str
    clause: str
    evidence: str
    proposed_at: datetime
    startable: bool


class ReviewRequestForm(BaseForm):
    """登记复核申请."""

    reason = TextAreaField("申请理由", [required("请填写申请复核的理由。"), at_most(2000)], render_kw={"rows": 4})


class BoardFilter(BaseForm):
    """筛选."""

    state = SelectField(
        "状态", default="", choices=[("", "全部"), ("open", "办理中"), ("ended", "已结束"), *ExitState.choices()]
    )
    ground = SelectField("退出情形", default="", choices=[("", "全部"), *ExitGround.choices()])
    q = StringField("姓名或编号", render_kw={"maxlength": 40})


@blueprint.get("/")
@requires(*READERS)
def board() -> str:
    """What is proposed and what runs, the newest first."""
    form = BoardFilter(request.args)
    with reading() as session:
        rows, proposals = _rows(session, form), _proposals(session)
    filtered = any(field.data for field in form)
    return render_template("exits/board.html", rows=rows, proposals=proposals, form=form, filtered=filtered)


@blueprint.route("/<number>/review", methods=["GET", "POST"])
@requires("street_clerk")
def review(number: str) -> ResponseReturnValue:
    """The person's written request for a review is noted."""
    with reading() as session:
        row = found(session.scalar(_visible("street_clerk").where(ExitCase.number == number)))
        name, until, instance_id = row.worker.name, row.review_until, _instances(session, [number]).get(number)
    form = bind(ReviewRequestForm)
    if submitted(form) and _request(number, form):
        flash("复核申请已登记，转县级社会工作部处理。", "success")
        return redirect(url_for("worklist.case", instance_id=instance_id))
    page = render_template("exits/review.html", form=form, name=name, until=until, number=number)
    return page, status_of(form)


@blueprint.route("/<number>/withdrawal", methods=["GET", "POST"])
@requires("street_clerk")
def note_withdrawal(number: str) -> ResponseReturnValue:
    """The person's written wish to take his resignation back is noted."""
    with reading() as session:
        row = found(session.scalar(_visible("street_clerk").where(ExitCase.number == number)))
        last_day, instance_id = row.last_day, _instances(session, [number]).get(number)
    form = bind(ReasonForm)
    if submitted(form) and done(form, WithdrawResignation(number, form.reason.data or "")):
        flash("撤回辞职已登记。", "success")
        return redirect(url_for("worklist.case", instance_id=instance_id))
    return render_template("exits/withdraw.html", form=form, number=number, last_day=last_day), status_of(form)


@blueprint.route("/<number>/reinstatement", methods=["GET", "POST"])
@requires("county_head")
def reinstatement(number: str) -> ResponseReturnValue:
    """裁决恢复: an award or judgment undoes a closed exit."""
    with reading() as session:
        row = found(session.scalar(_visible("county_head").where(ExitCase.number == number)))
        name, instance_id = row.worker.name, _instances(session, [number]).get(number)
    form = bind(ReasonForm)
    if submitted(form) and done(form, ReinstateWorker(number, form.reason.data or "")):
        flash("已恢复岗位、员额、账号和角色。", "success")
        return redirect(url_for("worklist.case", instance_id=instance_id))
    return render_template("exits/reinstatement.html", form=form, number=number, name=name), status_of(form)


@blueprint.route("/proposals/<int:proposal_id>/aside", methods=["GET", "POST"])
@requires("street_clerk", "street_leader")
def put_aside(proposal_id: int) -> ResponseReturnValue:
    """不启动退出: what the records propose is put aside with a reason."""
    places = actor().organisations("street_clerk", "street_leader")
    with reading() as session:
        query = select(ExitProposal).where(ExitProposal.id == proposal_id, ExitProposal.street_id.in_(places))
        row = found(session.scalar(query.where(ExitProposal.settled_at.is_(None))))
        name, evidence = session.get_one(Worker, row.worker_id).name, row.evidence
    form = bind(ReasonForm)
    if submitted(form) and done(form, PutProposalAside(proposal_id, form.reason.data or "")):
        flash("已登记不启动退出。", "success")
        return redirect(url_for("exits.board"))
    return render_template("exits/aside.html", form=form, name=name, evidence=evidence), status_of(form)


def _request(number: str, form: ReviewRequestForm) -> bool:
    with reasons_above(form):
        execute(RequestExitReview(number, form.reason.data or ""))
    return not form.errors and not form.form_errors


def _visible(*roles: str) -> Select[ExitCase]:
    places = actor().organisations(*roles)
    return select(ExitCase).where(or_(ExitCase.street_id.in_(places), ExitCase.county_id.in_(places)))


def _rows(session: Session, form: BoardFilter) -> Sequence[ExitRow]:
    cases = session.scalars(_narrowed(form).order_by(ExitCase.id.desc()).limit(MOST)).all()
    instances = _instances(session, [case.number for case in cases])
    streets = _names(session, {case.street_id for case in cases})
    return [
        ExitRow(case.number, case.worker.name, streets[case.street_id], case.ground.label, case.state.label,
                case.state in ENDED, case.started_at, case.last_day, instances.get(case.number))
        for case in cases
    ]  # fmt: skip


def _narrowed(form: BoardFilter) -> Select[ExitCase]:
    query = _visible(*READERS)
    state, ground, typed = form.state.data or "", form.ground.data or "", form.q.data or ""
    if state in ("open", "ended"):
        ended = ExitCase.state.in_(sorted(ENDED))
        query = query.where(ended if state == "ended" else ~ended)
    elif state in [each.value for each in ExitState]:
        query = query.where(ExitCase.state == ExitState(state))
    if ground in [each.value for each in ExitGround]:
        query = query.where(ExitCase.ground == ExitGround(ground))
    if typed:
        named = Worker.name.startswith(typed, autoescape=True)
        query = query.join(Worker, Worker.id == ExitCase.worker_id)
        query = query.where(or_(named, ExitCase.number.startswith(typed, autoescape=True)))
    return query


def _proposals(session: Session) -> Sequence[ProposalRow]:
    places = actor().organisations("street_clerk", "street_leader")
    query = (
        select(ExitProposal, Worker.name)
        .join(Worker, Worker.id == ExitProposal.worker_id)
        .where(
            ExitProposal.street_id.in_(places), ExitProposal.settled_at.is_(None), ExitProposal.id.not_in(taken_up())
        )
        .order_by(ExitProposal.id.desc())
        .limit(MOST)
    )
    clerk = actor().organisations("street_clerk")
    return [
        ProposalRow(row.id, name, row.clause, row.evidence, row.proposed_at, row.street_id in clerk)
        for row, name in session.execute(query)
    ]


def _instances(session: Session, numbers: Sequence[str]) -> dict[str, int]:
    query = select(ProcessInstance.business_key, ProcessInstance.id).where(
        ProcessInstance.process_key == EXIT, ProcessInstance.business_key.in_(numbers)
    )
    return dict(session.execute(query).all())


def _names(session: Session, ids: set[int]) -> dict[int, str]:
    query = select(Organisation.id, Organisation.name).where(Organisation.id.in_(ids))
    return dict(session.execute(query).all())
