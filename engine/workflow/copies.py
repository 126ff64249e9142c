"""Copies of a case for people who only need to know (抄送): a list of their own, read or unread, never blocking."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine.decision import FeelError
from engine.identity.organisations import Organisation
from engine.identity.users import User, holders
from engine.kernel.actor import Actor
from engine.kernel.command import CommandContext
from engine.kernel.errors import NotFound
from engine.workflow.assignment import NobodyResponsible, resolve_organisation
from engine.workflow.notifications import notify
from engine.workflow.runs import Run
from engine.workflow.tables import CaseCopy, ProcessInstance, Step
from engine.workflow.worklist import COUNT_LIMIT, case_is


@dataclass(frozen=True, slots=True)
class CopyRow:
    """One line of the list of copies (抄送我的)."""

    copy_id: int
    instance_id: int
    process_key: str
    title: str
    business_key: str
    organisation: str
    step_name: str
    sender: str | None
    note: str
    sent_at: datetime
    read_at: datetime | None


def send_copies(run: Run, step: Step, user_ids: Iterable[int], note: str = "", sent_by: int | None = None) -> None:
    """One copy to each person; somebody who has an unread copy of this step gets no second one."""
    context = run.context
    query = select(CaseCopy.user_id).where(
        CaseCopy.instance_id == run.instance.id, CaseCopy.node_id == step.node_id, CaseCopy.read_at.is_(None)
    )
    waiting = set(context.session.scalars(query))
    people = [user_id for user_id in dict.fromkeys(user_ids) if user_id not in waiting]
    context.session.add_all(
        CaseCopy(instance_id=run.instance.id, user_id=user_id, node_id=step.node_id, step_name=step.name,
                 sent_by=sent_by, note=note, sent_at=context.now)
        for user_id in people
    )  # fmt: skip
    if people:
        notify(context, people, "case_copied", f"抄送：{step.name}", f"“{run.instance.title}”抄送给您，请知悉。",
               run.instance.id)  # fmt: skip
        run.record("case.copied", f"step:{step.id}", to=people, note=note)


def send_node_copies(run: Run, step: Step) -> None:
    """The copies that the node's settings ask for (`copies`), when its step is done."""
    node = run.definition.node(step.node_id)
    if not node.settings.copies:
        return
    people: list[int] = []
    for name in node.settings.copies:
        if name == "initiator":
            people += [run.instance.initiator_id] if run.instance.initiator_id is not None else []
        else:
            people += _holders(run, step, name)
    send_copies(run, step, people)


def _holders(run: Run, step: Step, role: str) -> list[int]:
    settings = run.definition.node(step.node_id).settings
    try:
        place = resolve_organisation(
            run.context.session, run.instance, settings.organisation, run.variables(step.token)
        )
    except (NobodyResponsible, FeelError):  # a copy never blocks
        place = run.instance.organisation_id
    return [user.id for user in holders(run.context.session, role, place)]


@dataclass(frozen=True)
class MarkCopyRead:
    """The first opening of a copy is stamped."""

    copy_id: int

    def execute(self, context: CommandContext) -> None:
        copy = context.session.get(CaseCopy, self.copy_id)
        if copy is None or copy.user_id != context.actor.user_id:
            raise NotFound()
        if copy.read_at is None:
            copy.read_at = context.now


@dataclass(frozen=True)
class MarkAllCopiesRead:
    """Everything that was sent to the actor so far counts as seen. Answers how many copies that were."""

    def execute(self, context: CommandContext) -> int:
        unread = (CaseCopy.user_id == context.actor.user_id, CaseCopy.read_at.is_(None))
        ids = list(context.session.scalars(select(CaseCopy.id).where(*unread)))
        context.session.execute(update(CaseCopy).where(*unread).values(read_at=context.now))
        return len(ids)


def my_copies(
    session: Session, actor: Actor, *, unread_only: bool = False, typed: str = "",
    cases: Sequence[tuple[str, str]] = (), before: int | None = None, limit: int = 50,
) -> Sequence[CopyRow]:  # fmt: skip
    """The copies sent to the actor, the newest first; `before` is the last id of the page before.

    With `typed` those of cases whose number begins with it, or which are among `cases` (process, case number).
    """
    query = (
        select(CaseCopy, ProcessInstance, Organisation.name, User.name)
        .join(ProcessInstance, ProcessInstance.id == CaseCopy.instance_id)
        .join(Organisation, Organisation.id == ProcessInstance.organisation_id)
        .outerjoin(User, User.id == CaseCopy.sent_by)
        .where(CaseCopy.user_id == actor.user_id)
    )
    if unread_only:
        query = query.where(CaseCopy.read_at.is_(None))
    if typed:
        query = query.where(case_is(typed, cases))
    if before is not None:
        query = query.where(CaseCopy.id < before)
    return [
        CopyRow(copy.id, case.id, case.process_key, case.title, case.business_key, place, copy.step_name, sender,
                copy.note, copy.sent_at, copy.read_at)
        for copy, case, place, sender in session.execute(query.order_by(CaseCopy.id.desc()).limit(limit))
    ]  # fmt: skip


def unread_copies(session: Session, actor: Actor) -> int:
    """How many copies the actor has not opened; counted no further than a list shows, because every page asks."""
    unread = select(CaseCopy.id).where(CaseCopy.user_id == actor.user_id, CaseCopy.read_at.is_(None))
    return session.scalar(select(func.count()).select_from(unread.limit(COUNT_LIMIT + 1).subquery())) or 0


def copy_of(session: Session, actor: Actor, copy_id: int) -> int | None:
    """The case that a copy of the actor is of."""
    query = select(CaseCopy.instance_id).where(CaseCopy.id == copy_id, CaseCopy.user_id == actor.user_id)
    return session.scalar(query)


def has_copy(session: Session, user_id: int | None, instance_id: int) -> bool:
    """Whether a copy of the case was sent to the person: then he may read it."""
    query = select(CaseCopy.id).where(CaseCopy.instance_id == instance_id, CaseCopy.user_id == user_id)
    return user_id is not None and session.scalar(query.limit(1)) is not None
