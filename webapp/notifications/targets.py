"""Where a message leads, for the person who got it and at this moment."""

from datetime import datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.kernel.actor import Actor
from engine.personnel.recruitment.registrations import Registration
from engine.workflow.case_trace import may_see
from engine.workflow.items import own_queues
from engine.workflow.notification_kinds import NotificationKind
from engine.workflow.notifications import NotificationRow
from engine.workflow.tables import ProcessInstance, WorkItem
from webapp.worker.people import ROLES as WORKERS

PLACES = {
    NotificationKind.SECURITY: "notifications.settings",
    NotificationKind.INCIDENT: "operations.incidents",
    NotificationKind.DEPUTY: "worklist.deputies",
    NotificationKind.HANDED: "worklist.open_items",
}
"""Kinds without a case that have a page of their own."""


def target(session: Session, row: NotificationRow, person: Actor, now: datetime) -> str:
    """The address of what the message is about; a page of the person's own when that is not his to see."""
    if not person.memberships:
        return _applicants_page(session, row)
    if row.work_item_id is not None and _waits_for(session, person, row.work_item_id, now):
        return url_for("worklist.item", work_item_id=row.work_item_id)
    instance = None if row.instance_id is None else session.get(ProcessInstance, row.instance_id)
    if instance is not None and may_see(session, person, instance, now):
        return url_for("worklist.case", instance_id=instance.id)
    parts = row.subject.split(":")
    if parts[0] == "node":
        return url_for("worklist.open_items", process=parts[1], node=parts[2])
    if row.kind in PLACES:
        return url_for(PLACES[NotificationKind(row.kind)])
    return url_for("worker.cases" if person.has_role(*WORKERS) else "auth.home")


def _waits_for(session: Session, person: Actor, work_item_id: int, now: datetime) -> bool:
    item = session.get(WorkItem, work_item_id)
    return item is not None and item.queue in own_queues(session, person, now, item.process_key, item.role)


def _applicants_page(session: Session, row: NotificationRow) -> str:
    if row.kind == NotificationKind.SECURITY:
        return url_for("notifications.settings")
    number = select(ProcessInstance.business_key).where(ProcessInstance.id == row.instance_id)
    found = session.scalar(select(Registration.id).where(Registration.number == number.scalar_subquery()))
    if found is None:
        return url_for("applicant.applications")
    return url_for("applicant.application", registration_id=found)
