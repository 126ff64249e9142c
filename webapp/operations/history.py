"""The history of a thing, and proof that nobody changed the books."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, String, and_, cast, or_, select
from sqlalchemy.orm import Session

from engine.identity.administration import served_organisations
from engine.identity.users import RoleMembership
from engine.kernel.actor import Actor
from engine.kernel.command import CommandContext
from engine.kernel.errors import Forbidden
from engine.kernel.history import ChainBreak, ChainHead, HistoryChain, HistoryEvent, verify_chain
from engine.workflow.seals import missing_cases
from engine.workflow.tables import ProcessDefinition, ProcessInstance
from webapp.limits import limited
from webapp.operations.blueprint import blueprint
from webapp.operations.events import KIND_LABELS
from webapp.operations.wording import told
from webapp.paging import after_key, page_of
from webapp.permissions import requires
from webapp.visit import actor, engine, execute, reading

PAGE = 100
VERIFIED = "history:all"
"""Subject of the events that tell of a check of the books."""
CONFIDENTIAL = ("fault_case:", "clearing_case:")
"""Subjects of the registry's events that tell about confidential cases."""


@dataclass(frozen=True, slots=True)
class NoteVerification:
    """Notes that the books were checked, and with what result."""

    chains: int
    events: int
    broken: int

    def execute(self, context: CommandContext) -> None:
        if not context.actor.has_role("audit_admin"):
            raise Forbidden("只有审计员可以核对历史记录。")
        context.record("history.verified", VERIFIED, chain="audit", chains=self.chains, count=self.events,
                       broken=self.broken)  # fmt: skip


@blueprint.get("/history")
@requires("audit_admin")
def history() -> str:
    """Events, the newest first; narrowed to a kind of thing, a number, or a case."""
    kind, number, case = (request.args.get(name, "").strip() for name in ("kind", "number", "case"))
    after: Any = after_key()
    with reading() as session:
        visible = (*_not_confidential(), _of_his_part(session, actor()))
        query = select(HistoryEvent).where(*visible).order_by(HistoryEvent.id.desc()).limit(PAGE + 1)
        if isinstance(after, int):
            query = query.where(HistoryEvent.id < after)
        if case:
            instance = session.scalar(select(ProcessInstance.id).where(ProcessInstance.business_key == case))
            query = query.where(HistoryEvent.chain == f"instance:{instance or 0}")
        if kind and number.isdecimal():
            query = query.where(HistoryEvent.subject == f"{kind}:{number}")
        elif kind:
            query = query.where(HistoryEvent.subject.startswith(f"{kind}:", autoescape=True))
        rows = session.scalars(query).all()
        page = page_of(rows, size=PAGE, key=lambda row: row.id)
        return render_template(
            "operations/history.html", page=page, lines=told(session, page.rows), kind=kind, number=number, case=case,
            kinds=KIND_LABELS,
        )  # fmt: skip


@blueprint.post("/history/verify")
@requires("audit_admin")
@limited("verify-history", most=20, per=timedelta(hours=1))
def verify_history() -> ResponseReturnValue:
    """Compute every chain anew and name the first row that does not hold."""
    chains, events, broken = _verify()
    execute(NoteVerification(chains, events, len(broken)))
    if broken:
        for each in broken[:5]:
            where = f"{each.chain} 第 {each.number} 条，{each.reason}"
            flash(f"历史记录不完整：{where}。请立即保全数据库并报告。", "danger")
    else:
        flash(f"已核对 {chains} 条记录链、{events} 条事件，全部完整，没有被改动。", "success")
    return redirect(url_for("operations.history"))


def _of_his_part(session: Session, auditor: Actor) -> ColumnElement[bool]:
    """Cases of the auditor's own organisations, and what their officers and applicants did besides."""
    places = [unit.id for unit in served_organisations(session, auditor, "audit_admin")]
    cases = select("instance:" + cast(ProcessInstance.id, String)).where(ProcessInstance.organisation_id.in_(places))
    officers = select(RoleMembership.user_id).where(RoleMembership.organisation_id.in_(places))
    applicants = select(ProcessInstance.initiator_id).where(
        ProcessInstance.organisation_id.in_(places), ProcessInstance.initiator_id.is_not(None)
    )
    besides = and_(
        ~HistoryEvent.chain.startswith("instance:"),
        or_(HistoryEvent.actor_id.in_(officers), HistoryEvent.actor_id.in_(applicants)),
    )
    return or_(HistoryEvent.chain.in_(cases), besides)


def _not_confidential() -> Sequence[ColumnElement[bool]]:
    """Events of confidential processes are proved to be complete, but read by their named readers only."""
    chains = (
        select("instance:" + cast(ProcessInstance.id, String))
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .where(ProcessDefinition.readers != "")
    )
    return (HistoryEvent.chain.not_in(chains), *(~HistoryEvent.subject.startswith(kind) for kind in CONFIDENTIAL))


def _verify() -> tuple[int, int, list[ChainBreak]]:
    cipher = engine().store.cipher
    chains = events = 0
    broken: list[ChainBreak] = []
    with reading() as session:
        heads: list[tuple[str, ChainHead]] = [(chain.name, chain) for chain in session.scalars(select(HistoryChain))]
        cases: list[tuple[str, ChainHead]] = [
            (f"instance:{case.id}", case) for case in session.scalars(select(ProcessInstance))
        ]
        for name, head in [*heads, *cases]:
            wrong = verify_chain(session, cipher, name, head)
            chains, events = chains + 1, events + head.history_count
            broken += [] if wrong is None else [wrong]
        broken += missing_cases(session, cipher)
    return chains, events, broken
