"""From messages in the site to mail: each person's settings are applied once to each message.

Mail says what waits and where to read it, never what is written there: a title and a link. Of a confidential process it
says only that there is something.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity.throttling import only_system
from engine.identity.users import User
from engine.kernel.actor import SYSTEM
from engine.kernel.clock import CHINA
from engine.kernel.command import CommandContext
from engine.kernel.process_engine import ProcessEngine
from engine.mail.letters import Letter
from engine.mail.outbox import post
from engine.workflow.access_notices import TellOfAccess, access_events_wait
from engine.workflow.arrivals import TellOfNewWork, new_work_waits
from engine.workflow.notification_kinds import MailChoice, NotificationKind
from engine.workflow.preferences import Preferences, preferences_of
from engine.workflow.settled_notifications import settle_notifications
from engine.workflow.tables import Notification, ProcessDefinition, ProcessInstance

CHUNK = 300
MOST_TITLES = 20
"""Of one letter about several messages."""
SECRET_TITLE = "有一件保密事项待办"  # noqa: S105 - what is said instead of a title


@dataclass(frozen=True, slots=True)
class Mentioned:
    """A message as a letter may speak of it."""

    notification_id: int
    kind: str
    title: str
    case: str


def tell_people(engine: ProcessEngine) -> int:
    """Lets everybody know what has happened since the last look; answers how much that was."""
    done = 0
    with engine.reading() as session:  # looks that keep no writer waiting
        access, work = access_events_wait(session), new_work_waits(session)
    if access:
        done += engine.execute(TellOfAccess(), actor=SYSTEM)
    if work:
        settle_notifications(engine)  # so that what is done by now is not counted with what is new
        done += engine.execute(TellOfNewWork(), actor=SYSTEM)
    with engine.reading() as session:
        unsorted = session.scalar(select(Notification.id).where(Notification.sorted_at.is_(None)).limit(1))
    return done if unsorted is None else done + engine.execute(SortNotifications(), actor=SYSTEM)


@dataclass(frozen=True)
class SortNotifications:
    """Applies the settings of their people to new messages: shown or silent, by mail now or not; answers how many."""

    def execute(self, context: CommandContext) -> int:
        only_system(context.actor)
        query = select(Notification).where(Notification.sorted_at.is_(None)).order_by(Notification.id).limit(CHUNK)
        rows = list(context.session.scalars(query.with_for_update(skip_locked=True)))
        wanted = preferences_of(context.session, {row.user_id for row in rows})
        urgent: dict[int, list[Notification]] = {}
        for row in rows:
            row.sorted_at = context.now
            if _comes_now(row, wanted[row.user_id]):
                urgent.setdefault(row.user_id, []).append(row)
            if row.read_at is None and not wanted[row.user_id].of(NotificationKind(row.kind)).in_site:
                row.read_at = context.now
        _post(context, urgent)
        return len(rows)


def _comes_now(row: Notification, wanted: Preferences) -> bool:
    """Who has seen it in the site already needs no mail."""
    return row.read_at is None and wanted.of(NotificationKind(row.kind)).mail is MailChoice.NOW


def _post(context: CommandContext, urgent: Mapping[int, Sequence[Notification]]) -> None:
    """One letter a person and look, however many messages."""
    query = select(User).where(User.id.in_(urgent), User.email.is_not(None), User.active)
    people = list(context.session.scalars(query)) if urgent and context.settings.mail.on else []
    for user in people:
        rows = urgent[user.id]
        said = mentioned(context.session, rows)
        kind = rows[0].kind if len(rows) == 1 else "several"
        letter = letter_of(context, user, said)
        post(context, letter, user_id=user.id, kind=kind, key=f"notification:{rows[0].id}")


def mentioned(session: Session, rows: Sequence[Notification]) -> list[Mentioned]:
    """What letters may say of these messages."""
    ids = {row.instance_id for row in rows if row.instance_id is not None}
    query = (
        select(ProcessInstance.id, ProcessInstance.title, ProcessInstance.business_key, ProcessDefinition.readers)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .where(ProcessInstance.id.in_(ids))
    )
    cases = {id_: (f"{title}（{key}）", bool(readers)) for id_, title, key, readers in session.execute(query)}
    secret_keys = confidential_processes(session)
    found = []
    for row in rows:
        case, secret = cases.get(row.instance_id or 0, ("", False))
        if secret or _process_of(row) in secret_keys:
            found.append(Mentioned(row.id, row.kind, SECRET_TITLE, ""))
        else:
            found.append(Mentioned(row.id, row.kind, row.title, case))
    return found


def confidential_processes(session: Session) -> frozenset[str]:
    """Keys of the processes that name their readers, in any version."""
    return frozenset(session.scalars(select(ProcessDefinition.key).where(ProcessDefinition.readers != "").distinct()))


def _process_of(row: Notification) -> str:
    """The process of a message about many cases, which names none of them; else nothing or the template's own."""
    parts = row.subject.split(":")
    return parts[1] if parts[0] == "node" else row.template


def letter_of(context: CommandContext, user: User, said: Sequence[Mentioned]) -> Letter:
    """The letter about one or several messages."""
    base, at = context.settings.mail.base_url, context.now.astimezone(CHINA)
    if len(said) == 1:
        one = said[0]
        lines = [one.title, *([f"事项：{one.case}"] if one.case else []), f"时间：{at:%Y-%m-%d %H:%M}", "",
                 f"查看：{base}/notifications/{one.notification_id}"]  # fmt: skip
        return Letter(user.email or "", f"【社工】{one.title}", greeting(user, lines, base))
    lines = [f"您有 {len(said)} 条新消息：", ""]
    lines += [f"· {one.title}{f'　{one.case}' if one.case else ''}" for one in said[:MOST_TITLES]]
    lines += [f"…… 另有 {len(said) - MOST_TITLES} 条"] if len(said) > MOST_TITLES else []
    return Letter(user.email or "", f"【社工】您有 {len(said)} 条新消息",
                  greeting(user, [*lines, "", f"查看：{base}/notifications"], base))  # fmt: skip


def greeting(user: User, lines: Sequence[str], base_url: str) -> str:
    """The text of a letter with its beginning and end."""
    foot = ["--", "此邮件由“社工”系统自动发送，请勿回复。",
            f"收到哪些邮件，可在“我的设置”中修改：{base_url}/settings"]
    return "\n".join([f"{user.name}，您好：", "", *lines, "", *foot, ""])
