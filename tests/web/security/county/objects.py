"""Everything the played county holds that an address can name."""

from collections.abc import Iterator, Mapping, Sequence

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.outcomes import PublicNotice
from engine.personnel.recruitment.registrations import Attachment, Registration
from engine.workflow.tables import Job, Notification, ProcessDefinition, ProcessInstance, WorkItem
from tests.web.worklist.stage import Stage

PLAIN: Mapping[str, Sequence[str]] = {
    "kind": ("registrations", "ranking", "posts", "written", "interview", "totals", "hiring", "sign-in", "door"),
    "name": ("post", "person", "background", "materials", "check"),
    "operation": ("transfer", "return", "withdraw", "urge", "suspend", "jump", "terminate"),
    "token": ("a" * 32,),
    "field": ("id_number", "phone"),
    "key": ("openRatio", "probationMonths"),
    "year": ("2026",),
    "incident_id": ("1",),
    "mail_id": ("1",),
    "worker_id": ("1",),
}
"""Parts of addresses that name no object of their own."""


def some(ids: Sequence[int]) -> Sequence[int]:
    """About six of them, from the first to the last."""
    return ids[:: max(len(ids) // 5, 1)]


def names_of(stage: Stage) -> dict[str, Sequence[str]]:
    """Part of an address -> what may stand there."""
    with stage.engine.reading() as session:
        numbers = [str(number) for number in session.scalars(select(Campaign.number))]
        found = {
            "registration_id": some(session.scalars(select(Registration.id)).all()),
            "attachment_id": session.scalars(select(Attachment.id).limit(3)).all(),
            "file_id": session.scalars(select(Attachment.file_id).limit(3)).all(),
            "notification_id": session.scalars(select(Notification.id).limit(3)).all(),
            "notice_id": session.scalars(select(PublicNotice.id)).all(),
            "instance_id": some(session.scalars(select(ProcessInstance.id)).all()),
            "work_item_id": some(session.scalars(select(WorkItem.id)).all()),
            "definition_id": session.scalars(select(ProcessDefinition.id).limit(1)).all(),
            "job_id": session.scalars(select(Job.id).limit(1)).all(),
        }
    people = [str(id_) for id_ in list(stage.story.county.officers.values())[:2]]
    places = [str(stage.story.county.county), str(stage.story.county.streets[0])]
    return {
        **PLAIN, **{name: [str(id_) for id_ in ids] for name, ids in found.items()}, "number": numbers,
        "campaign_number": numbers, "user_id": people, "organisation_id": places,
    }  # fmt: skip


def addresses(app: Flask, stage: Stage, method: str) -> Iterator[tuple[Rule, str]]:
    """Every address of the product with the county's objects in it; a rule with two parts pairs them by turns."""
    names = names_of(stage)
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if method not in (rule.methods or ()) or rule.endpoint == "static":
                continue
            for place in range(max([len(names.get(part, ())) for part in rule.arguments] or [1])):
                values = {part: names[part][place % len(names[part])] for part in rule.arguments if names.get(part)}
                if len(values) == len(rule.arguments):
                    numbers = {part: int(text) if text.isdigit() else text for part, text in values.items()}
                    yield rule, app.url_map.bind("localhost").build(rule.endpoint, numbers)
