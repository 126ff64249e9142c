"""The list of messages: unread ones first, by day; opening one marks it as read and leads to what it is about."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.kernel.clock import local_date
from engine.workflow.notification_kinds import FACTS, NotificationKind
from engine.workflow.notifications import (
    MarkAllRead,
    MarkNotificationRead,
    NotificationRow,
    my_notifications,
    own_notification,
    unread_count,
)
from webapp.notifications.blueprint import blueprint
from webapp.notifications.targets import target
from webapp.numbers import whole
from webapp.paging import after_key, page_of
from webapp.permissions import signed_in
from webapp.visit import actor, engine, execute, reading

MOST_UNREAD = 100
PAGE = 30
LABELS = {kind.value: facts.label for kind, facts in FACTS.items()}


@blueprint.get("/notifications")
@signed_in
def centre() -> str:
    """Unread messages, then those that were read, by day."""
    after = after_key()
    before = after if isinstance(after, int) else None
    with reading() as session:
        unread = [] if before else my_notifications(session, actor(), unread=True, limit=MOST_UNREAD)
        read = my_notifications(session, actor(), unread=False, before=before, limit=PAGE + 1)
        waiting = unread_count(session, actor())
    page = page_of(read, size=PAGE, key=lambda row: row.id)
    return render_template(
        "notifications/centre.html", unread=_days(unread), read=_days(page.rows), page=page, waiting=waiting,
        last=unread[0].id if unread else 0, labels=LABELS, today=local_date(engine().clock.now()),
        settings_kind=NotificationKind.SECURITY.value,
    )  # fmt: skip


@blueprint.get("/notifications/<int:notification_id>")
@signed_in
def show(notification_id: int) -> ResponseReturnValue:
    """Where the link of a letter leads: to what the message is about. It stays unread: nothing is changed here."""
    return redirect(_target(notification_id))


@blueprint.post("/notifications/<int:notification_id>/open")
@signed_in
def open_one(notification_id: int) -> ResponseReturnValue:
    """The person has seen it, and goes on to what it is about."""
    place = _target(notification_id)
    execute(MarkNotificationRead(notification_id))
    return redirect(place)


@blueprint.post("/notifications/<int:notification_id>/read")
@signed_in
def mark_read(notification_id: int) -> ResponseReturnValue:
    """The person has seen it."""
    execute(MarkNotificationRead(notification_id))
    return redirect(url_for("notifications.centre"))


@blueprint.post("/notifications/read")
@signed_in
def mark_all_read() -> ResponseReturnValue:
    """The person has seen everything that was listed."""
    execute(MarkAllRead(request.form.get("last", 0, type=whole)))
    flash("消息已全部标为已读。", "success")
    return redirect(url_for("notifications.centre"))


def _target(notification_id: int) -> str:
    with reading() as session:
        row = own_notification(session, actor(), notification_id)
        return target(session, row, actor(), engine().clock.now())


def _days(rows: Sequence[NotificationRow]) -> list[tuple[date, list[list[NotificationRow]]]]:
    """The messages of each day in China, newest day first; those of one title that follow each other in one heap."""
    return [
        (day, [list(heap) for _, heap in groupby(found, key=lambda row: row.title)])
        for day, found in groupby(rows, key=lambda row: local_date(row.created_at))
    ]
