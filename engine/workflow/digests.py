"""The daily digest: one letter a person and working day with what waits, what is late and what is new."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import Date, ForeignKey, delete, exists, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.identity.throttling import only_system
from engine.identity.users import RoleMembership, User, load_actor
from engine.kernel.actor import Actor
from engine.kernel.clock import CHINA, local_date
from engine.kernel.command import CommandContext
from engine.kernel.store import Base, UtcDateTime
from engine.mail.letters import Letter
from engine.mail.outbox import post
from engine.workflow.copies import unread_copies
from engine.workflow.definitions import DefinitionCache
from engine.workflow.mailing import confidential_processes, greeting, mentioned
from engine.workflow.preferences import DEFAULT_TIME, DIGEST_TIMES, DigestSetting, preferences_of
from engine.workflow.states import JobState
from engine.workflow.tables import Job, Notification, ProcessDefinition
from engine.workflow.worklist import COUNT_LIMIT, Filter, QueueCount, WorkRow, counts, my_work

KIND = "digest"
CHUNK = 25
"""People of one transaction."""
MOST_LATE = 10
MOST_NEWS = 15


class DigestSent(Base):
    """Somebody's digest of a day was made, also when there was nothing to say: never a second one."""

    __tablename__ = "digest_sent"
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True, comment="in China")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    posted: Mapped[bool]


@dataclass(frozen=True)
class ScheduleDigests:
    """Makes sure that the job of the digests exists."""

    def execute(self, context: CommandContext) -> None:
        only_system(context.actor)
        if context.session.scalar(select(Job.id).where(Job.kind == KIND).limit(1)) is None:
            due = _next_time(context.now)
            context.session.add(Job(kind=KIND, node_id=KIND, payload={}, due_at=due))


def send_digests(context: CommandContext, job: Job) -> bool:
    """The job: digests for some of those whose time has come, then again at once, or at the next time of the day."""
    context.session.execute(delete(Job).where(Job.kind == KIND, Job.id > job.id))
    people = _waiting(context)
    for user in people:
        make_digest(context, user)
    job.state, job.attempts, job.error, job.lease_until, job.worker = JobState.READY, 0, None, None, None
    job.due_at = context.now if len(people) == CHUNK else _next_time(context.now)
    return False


def _waiting(context: CommandContext) -> list[User]:
    """Officers with an address whose time of today is over and who have had no digest today; none on days off."""
    today = local_date(context.now)
    if not context.settings.mail.on or not context.service(DefinitionCache).calendar.is_workday(today):
        return []
    wanted = func.coalesce(DigestSetting.at, DEFAULT_TIME)
    query = (
        select(User)
        .outerjoin(DigestSetting, DigestSetting.user_id == User.id)
        .where(
            User.active, User.email.is_not(None), wanted <= f"{context.now.astimezone(CHINA):%H:%M}",
            exists().where(RoleMembership.user_id == User.id),
            ~exists().where(DigestSent.user_id == User.id, DigestSent.day == today),
        )
        .order_by(User.id)
        .limit(CHUNK)
    )  # fmt: skip
    return list(context.session.scalars(query))


def make_digest(context: CommandContext, user: User) -> bool:
    """The digest of a person for today, once; answers whether there was something to say."""
    today = local_date(context.now)
    wanted = preferences_of(context.session, [user.id])[user.id].digested
    lines = digest_lines(context, user) if wanted else []
    context.session.add(DigestSent(user_id=user.id, day=today, at=context.now, posted=bool(lines)))
    if lines:
        base = context.settings.mail.base_url
        text = greeting(user, [*lines, f"打开工作台：{base}/home"], base)
        letter = Letter(user.email or "", f"【社工】{today.month}月{today.day}日待办汇总", text)
        post(context, letter, user_id=user.id, kind=KIND, key=f"digest:{user.id}:{today.isoformat()}")
    return bool(lines)


def digest_lines(context: CommandContext, user: User) -> list[str]:
    """What waits, what is late, what is new since the last digest, and unread copies; nothing when there is nothing."""
    session, now = context.session, context.now
    actor, secret = load_actor(session, user.id), confidential_processes(session)
    found = counts(session, actor, now)
    late = my_work(session, actor, now, narrow=Filter(overdue_before=now), limit=MOST_LATE).rows
    parts = [
        _waiting_lines(session, found, secret),
        _late_lines(late, found, secret),
        _news_lines(session, user, now),
        _copy_lines(session, actor),
    ]
    return [line for part in parts if part for line in (*part, "")]


def _waiting_lines(session: Session, found: Sequence[QueueCount], secret: frozenset[str]) -> list[str]:
    if not found:
        return []
    names = dict(session.execute(select(ProcessDefinition.key, ProcessDefinition.name).order_by(
        ProcessDefinition.version)).all())  # fmt: skip
    total = sum(count.count for count in found)
    lines = [f"待办 {_number(total)} 件"]
    lines += [
        f"· {names.get(c.process_key, '')} · {c.step_name}：{_number(c.count)} 件{_of_them_late(c)}"
        for c in found
        if c.process_key not in secret
    ]
    hidden = [c for c in found if c.process_key in secret]
    return [*lines, f"· 保密事项：{_number(sum(c.count for c in hidden))} 件"] if hidden else lines


def _late_lines(rows: Sequence[WorkRow], found: Sequence[QueueCount], secret: frozenset[str]) -> list[str]:
    if not rows:
        return []
    total = sum(count.overdue for count in found)
    lines = [f"已超期 {_number(total)} 件"]
    for row in rows:
        words = "保密事项" if row.process_key in secret else f"{row.step_name}　{row.title}（{row.business_key}）"
        due = "" if row.due_at is None else f"{row.due_at.astimezone(CHINA):%m月%d日 %H:%M} 到期"
        lines.append(f"· {words}　{due}")
    return [*lines, "· ……"] if total > len(rows) else lines


def _news_lines(session: Session, user: User, now: datetime) -> list[str]:
    """Messages of the kinds that come with the digest, since the last one and not yet read."""
    last = session.scalar(select(func.max(DigestSent.at)).where(DigestSent.user_id == user.id, DigestSent.at < now))
    since = max(last, now - timedelta(days=7)) if last else now - timedelta(days=1)
    kinds = preferences_of(session, [user.id])[user.id].digested - {"new_item", "copy"}
    query = select(Notification).where(
        Notification.user_id == user.id, Notification.read_at.is_(None), Notification.created_at > since,
        Notification.kind.in_(sorted(kinds)),
    )  # fmt: skip
    rows = list(session.scalars(query.order_by(Notification.id.desc()).limit(MOST_NEWS + 1)))
    if not rows:
        return []
    lines = [f"· {one.title}{f'　{one.case}' if one.case else ''}" for one in mentioned(session, rows[:MOST_NEWS])]
    return ["新的消息", *lines, *(["· ……"] if len(rows) > MOST_NEWS else [])]


def _copy_lines(session: Session, actor: Actor) -> list[str]:
    unread = unread_copies(session, actor)
    return [f"未读抄送 {unread} 件"] if unread else []


def _number(count: int) -> str:
    return f"{COUNT_LIMIT}+" if count > COUNT_LIMIT else str(count)


def _of_them_late(count: QueueCount) -> str:
    return f"（超期 {_number(count.overdue)} 件）" if count.overdue else ""


def _next_time(now: datetime) -> datetime:
    """The next of the times of a day at which digests come."""
    local = now.astimezone(CHINA)
    moments = [
        datetime.combine(local.date() + timedelta(days=day), time.fromisoformat(text), CHINA)
        for day in (0, 1)
        for text in DIGEST_TIMES
    ]
    return next(moment for moment in moments if moment > local)
