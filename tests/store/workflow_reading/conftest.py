"""A county whose lists of work are as long as a test wants them, written straight into the tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from engine.identity.organisations import OrganisationKind, add_organisation
from engine.identity.users import RoleMembership, Substitution, User, load_actor
from engine.kernel.actor import Actor
from engine.kernel.store import Store
from engine.workflow.steps import NEVER
from engine.workflow.tables import CaseCopy, Deployment, ProcessDefinition, ProcessInstance, Step, WorkItem

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
NODES = {"first_review": "资格初审", "recheck": "资格复审", "appeal_review": "初审复核"}


@dataclass
class Office:
    """People of one county, and cases for them."""

    store: Store
    county: int = 0
    street: int = 0
    definition: int = 0
    people: dict[str, int] = field(default_factory=dict)
    cases: int = 0

    def actor(self, name: str) -> Actor:
        with self.store.reading() as session:
            return load_actor(session, self.people[name])

    def person(self, name: str, role: str, place: int) -> None:
        with self.store.session() as session, session.begin():
            user = User(login=name, name=name, created_at=NOW)
            session.add(user)
            session.flush()
            session.add(RoleMembership(user_id=user.id, role=role, organisation_id=place))
            self.people[name] = user.id

    def deputy(self, principal: str, deputy: str) -> None:
        with self.store.session() as session, session.begin():
            today = NOW.date()
            session.add(
                Substitution(
                    principal_id=self.people[principal], deputy_id=self.people[deputy],
                    starts_on=today, ends_on=today,
                )
            )  # fmt: skip

    def items(
        self, queue: str, hours: Sequence[int | None], *, node: str = "first_review", place: int | None = None,
        initiator: str | None = None, process: str = "recruitment_registration",
    ) -> list[int]:  # fmt: skip
        """One case with one open item for each due date, in hours from now; None: no due date. Answers the items."""
        first = self.cases + 1
        self.cases += len(hours)
        with self.store.session() as session, session.begin():
            where = (place or self.county, self.people.get(initiator or ""), process)
            self._add_cases(session, first, len(hours), where)
            self._add_items(session, first, queue, hours, (node, process))
        return list(range(first, first + len(hours)))

    def copied(self, name: str, cases: Sequence[int]) -> None:
        """A copy of each case for somebody."""
        rows = [
            {"instance_id": case, "user_id": self.people[name], "node_id": "first_review", "step_name": "资格初审",
             "note": "", "sent_at": NOW}
            for case in cases
        ]  # fmt: skip
        with self.store.session() as session, session.begin():
            session.execute(insert(CaseCopy), rows)

    def _add_cases(self, session: Session, first: int, number: int, where: tuple[int, int | None, str]) -> None:
        place, initiator, process = where
        rows = [
            {
                "id": id_, "definition_id": self.definition, "process_key": process,
                "business_key": f"BM-{id_:06d}", "title": f"第 {id_} 件", "organisation_id": place,
                "initiator_id": initiator, "state": "active", "started_at": NOW + timedelta(seconds=id_),
                "marking": b"", "revision": 1, "history_count": 0, "history_digest": b"\0" * 32,
            }
            for id_ in range(first, first + number)
        ]  # fmt: skip
        session.execute(insert(ProcessInstance), rows)

    def _add_items(
        self, session: Session, first: int, queue: str, hours: Sequence[int | None], step: tuple[str, str]
    ) -> None:
        node, process = step
        due = [None if hour is None else NOW + timedelta(hours=hour) for hour in hours]
        assignee = int(queue.removeprefix("user:")) if queue.startswith("user:") else None
        steps, items = [], []
        for id_, at in enumerate(due, start=first):
            steps.append({
                "id": id_, "instance_id": id_, "token": f"t{id_}", "node_id": node, "name": NODES[node],
                "state": "open", "opened_at": NOW, "due_at": at,
            })  # fmt: skip
            items.append({
                "id": id_, "step_id": id_, "instance_id": id_, "process_key": process, "node_id": node,
                "queue": queue, "offered_to": queue, "assignee_id": assignee, "state": "offered",
                "created_at": NOW + timedelta(seconds=id_), "due_order": at or NEVER, "position": 0,
            })  # fmt: skip
        session.execute(insert(Step), steps)
        session.execute(insert(WorkItem), items)


@pytest.fixture
def office(store: Store) -> Iterator[Office]:
    """A county with two reviewers, a clerk of a street, and a head."""
    office = Office(store)
    with store.session() as session, session.begin():
        county = add_organisation(session, OrganisationKind.COUNTY, "c", "云台县")
        street = add_organisation(session, OrganisationKind.STREET, "s", "东门街道", county)
        deployment = Deployment(at=NOW, checksum="0" * 64)
        session.add(deployment)
        session.flush()
        definition = ProcessDefinition(
            key="recruitment_registration", version=1, deployment_id=deployment.id, name="公开招聘报名", xml=b"",
            checksum="0" * 64,
        )  # fmt: skip
        session.add(definition)
        session.flush()
        office.county, office.street, office.definition = county.id, street.id, definition.id
    for name, role, place in (
        ("王芳", "county_reviewer", office.county), ("李强", "county_reviewer", office.county),
        ("赵敏", "street_clerk", office.street), ("孙部长", "county_head", office.county),
    ):  # fmt: skip
        office.person(name, role, place)
    yield office
