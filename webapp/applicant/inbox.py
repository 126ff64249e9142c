"""Messages to the person, and his account."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.identity.users import User
from engine.kernel.actor import Actor
from engine.kernel.errors import NotFound
from engine.personnel.recruitment.registrations import Registration
from engine.workflow.notifications import MarkNotificationRead
from engine.workflow.tables import Notification
from webapp.applicant.blueprint import blueprint
from webapp.paging import after_key, page_of
from webapp.permissions import signed_in
from webapp.visit import actor, engine, execute, reading

PAGE = 30
MOST_AT_ONCE = 100


@blueprint.get("/messages")
@signed_in
def messages() -> str:
    """Everything the person was told, newest first."""
    after = after_key()
    query = select(Notification).where(Notification.user_id == actor().user_id)
    if isinstance(after, int):
        query = query.where(Notification.id < after)
    with reading() as session:
        rows = session.scalars(query.order_by(Notification.id.desc()).limit(PAGE + 1)).all()
        page = page_of(rows, size=PAGE, key=lambda row: row.id)
        return render_template("applicant/messages.html", page=page, unread=unread(session, actor()))


@blueprint.post("/messages/<int:message_id>/read")
@signed_in
def mark_read(message_id: int) -> ResponseReturnValue:
    """The person has seen it."""
    execute(MarkNotificationRead(message_id))
    return redirect(url_for("applicant.messages"))


@blueprint.post("/messages/read")
@signed_in
def mark_all_read() -> ResponseReturnValue:
    """The person has seen everything."""
    query = select(Notification.id).where(Notification.user_id == actor().user_id, Notification.read_at.is_(None))
    with reading() as session:
        waiting = session.scalars(query.order_by(Notification.id).limit(MOST_AT_ONCE)).all()
    for message_id in waiting:
        engine().execute(MarkNotificationRead(message_id), actor=actor())
    flash("全部消息已标为已读。", "success")
    return redirect(url_for("applicant.messages"))


@blueprint.get("/account")
@signed_in
def account() -> str:
    """What is known of the person."""
    with reading() as session:
        user = session.get(User, actor().user_id)
        if user is None:
            raise NotFound()
        count = session.scalar(select(func.count(Registration.id)).where(Registration.user_id == user.id))
        return render_template("applicant/account.html", user=user, count=count)


def unread(session: Session, person: Actor) -> int:
    """How many messages wait to be seen; at most 99 are counted."""
    waiting = select(Notification.id).where(Notification.user_id == person.user_id, Notification.read_at.is_(None))
    return session.scalar(select(func.count()).select_from(waiting.limit(99).subquery())) or 0
