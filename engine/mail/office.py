"""What the system administrator sees of the mail: who is written to and whether it went through, never what it says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from engine.identity.administration import Guardian, is_applicant, served_organisations
from engine.identity.users import RoleMembership, User
from engine.kernel.actor import Actor
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Forbidden, NotFound
from engine.mail.letters import masked_address
from engine.mail.outbox import MailState, OutboxMail

COUNT_LIMIT = 999
"""Counts stop here."""
APPLICANT = "报考人员"


@dataclass(frozen=True, slots=True)
class MailRow:
    """One letter without its contents."""

    mail_id: int
    kind: str
    person: str
    address: str
    state: MailState
    posted_at: datetime
    sent_at: datetime | None
    due_at: datetime
    attempts: int
    error: str


@dataclass(frozen=True, slots=True)
class MailCounts:
    """How the mail stands; COUNT_LIMIT + 1 means more than that."""

    waiting: int
    failed: int
    last_sent_at: datetime | None


def mail_rows(
    session: Session, actor: Actor, *, state: MailState | None, before: int | None, limit: int
) -> Sequence[MailRow]:
    """Letters to people whom the administrator serves, the newest first."""
    query = select(OutboxMail, User).join(User, User.id == OutboxMail.user_id).where(_served(session, actor))
    if state is MailState.WAITING:
        query = query.where(OutboxMail.state.in_([MailState.WAITING, MailState.LEASED]))
    elif state is not None:
        query = query.where(OutboxMail.state == state)
    if before is not None:
        query = query.where(OutboxMail.id < before)
    return [
        MailRow(mail.id, mail.kind, APPLICANT if is_applicant(user) else user.name, masked_address(mail.address),
                MailState(mail.state), mail.posted_at, mail.sent_at, mail.due_at, mail.attempts, mail.error or "")
        for mail, user in session.execute(query.order_by(OutboxMail.id.desc()).limit(limit))
    ]  # fmt: skip


def mail_counts(session: Session, actor: Actor) -> MailCounts:
    """How many letters wait and how many have failed."""
    last = select(func.max(OutboxMail.sent_at)).where(_served(session, actor))
    waiting = _count(session, actor, MailState.WAITING, MailState.LEASED)
    return MailCounts(waiting, failed_mail(session, actor), session.scalar(last))


def failed_mail(session: Session, actor: Actor) -> int:
    """How many letters did not go through and wait for a person."""
    return _count(session, actor, MailState.FAILED)


def _count(session: Session, actor: Actor, *states: MailState) -> int:
    query = select(OutboxMail.id).where(OutboxMail.state.in_(states), _served(session, actor))
    return session.scalar(select(func.count()).select_from(query.limit(COUNT_LIMIT + 1).subquery())) or 0


def _served(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Letters to officers of the administrator's part of the tree, and to applicants, who belong to none."""
    places = [unit.id for unit in served_organisations(session, actor, Guardian.SYSTEM)]
    inside = select(RoleMembership.user_id).where(RoleMembership.organisation_id.in_(places))
    officers = select(RoleMembership.user_id)
    return or_(OutboxMail.user_id.in_(inside), OutboxMail.user_id.not_in(officers))


@dataclass(frozen=True)
class RetryMail:
    """A letter that failed is tried again at once, from its first try; a system administrator decides."""

    mail_id: int

    def execute(self, context: CommandContext) -> None:
        if not context.actor.has_role(Guardian.SYSTEM):
            raise Forbidden("只有系统管理员可以重发邮件。")
        query = select(OutboxMail).where(OutboxMail.id == self.mail_id, _served(context.session, context.actor))
        mail = context.session.scalar(query.with_for_update())
        if mail is None:
            raise NotFound("没有这封邮件，或收件人不在您管理的范围内。")
        if mail.state != MailState.FAILED:
            raise Conflict("这封邮件已发送或正在等待发送，不需要重发。")
        mail.state, mail.attempts, mail.due_at = MailState.WAITING, 0, context.now
        context.record("mail.retried", f"mail:{mail.id}", chain="incidents")
