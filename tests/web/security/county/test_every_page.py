"""Every address of the product, opened by somebody of every kind."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import Connection, event
from werkzeug.test import TestResponse

from engine.personnel.recruitment.registrations import Registration
from tests.visitor import PASSWORD, SignIn, Visitor
from tests.web.security.county.conftest import Neighbour
from tests.web.security.county.objects import addresses
from tests.web.worklist.stage import Stage
from webapp.security import HEADERS

COUNTERS = ("sign_in_session", "attempt_count")
"""Reading may note that a session is in use and that a page was asked for once more, nothing else."""
OPEN_TO_ALL = ("public.", "auth.", "applicant.begin", "operations.definition")
"""What belongs to no county: announcements, registering for them, and the drawings of the processes."""
WRITES = ("INSERT", "UPDATE", "DELETE")
OFFICERS = ("county_clerk", "county_reviewer", "exam_officer", "process_admin", "audit_admin", "system_admin")


@contextmanager
def recorded(stage: Stage) -> Iterator[list[str]]:
    """The statements that changed the database and were committed meanwhile."""
    kept: list[str] = []
    pending: list[str] = []

    def note(_connection: Connection, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(WRITES) and not any(name in statement for name in COUNTERS):
            pending.append(statement)

    def commit(_connection: Connection) -> None:
        kept.extend(pending)
        pending.clear()

    listeners = (("before_cursor_execute", note), ("commit", commit), ("rollback", lambda _: pending.clear()))
    for name, listener in listeners:
        event.listen(stage.engine.store.engine, name, listener)
    yield kept
    for name, listener in listeners:
        event.remove(stage.engine.store.engine, name, listener)


def text_of(answer: TestResponse) -> str:
    """The answer as text, whatever it is."""
    return answer.get_data().decode(errors="replace")


def applicant_of(app: Flask, stage: Stage) -> Visitor:
    """The first applicant with a browser."""
    visitor = Visitor(app)
    assert visitor.sign_in(stage.applicants[0].person.phone).status_code == 302
    return visitor


def private_to_others(who: str, stage: Stage) -> list[str]:
    """What must not stand in any page: nobody's numbers, and to an applicant no other applicant's name."""
    people = [one.person for one in stage.applicants]
    if who == "applicant":
        return [text for person in people[1:] for text in (person.id_number, person.phone, person.name)]
    return [text for person in people for text in (person.id_number, person.phone)]


@pytest.mark.parametrize("who", ["visitor", "applicant", *OFFICERS])
def test_looking_at_any_page_changes_nothing_shows_no_secret_and_is_guarded(
    who: str, app: Flask, stage: Stage, sign_in: SignIn
) -> None:
    visitor = (
        Visitor(app) if who == "visitor" else applicant_of(app, stage) if who == "applicant" else sign_in(who)
    )
    opened, private = 0, private_to_others(who, stage)
    with recorded(stage) as written:
        for rule, address in addresses(app, stage, "GET"):
            answer = visitor.get(address)
            assert answer.status_code < 500, (rule.rule, address)
            assert set(HEADERS) <= {name for name, _ in answer.headers}, address
            assert "unsafe" not in answer.headers["Content-Security-Policy"], address
            if who != "visitor":
                assert answer.headers["Cache-Control"] == "no-store", address
            opened += answer.status_code == 200
            assert written == [], address
            assert not [text for text in private if text in text_of(answer)], address
    assert opened > 5


def secrets_of(stage: Stage) -> list[str]:
    """What only the person and his reviewers may read of the applicants."""
    with stage.engine.reading() as session:
        rows = session.query(Registration).all()
        found = [text for row in rows for text in (row.id_number, row.phone, str(row.details.get("address") or ""))]
    return [text for text in found if text]


@pytest.mark.parametrize("role", ["county_clerk", "county_reviewer", "process_admin", "audit_admin", "city_officer"])
def test_officers_of_a_neighbour_county_find_nothing_of_this_one(
    role: str, app: Flask, stage: Stage, neighbour: Neighbour
) -> None:
    visitor = neighbour(role)
    private = [*secrets_of(stage), *(text for one in stage.applicants for text in (one.number, one.person.name))]
    for rule, address in addresses(app, stage, "GET"):
        answer = visitor.get(address)
        assert not [text for text in private if text in text_of(answer)], address
        owned = rule.arguments - {"kind", "name", "key", "year", "field"}
        if owned and not rule.endpoint.startswith(OPEN_TO_ALL):
            assert answer.status_code in {403, 404}, (address, answer.status_code)


@pytest.mark.parametrize("role", ["county_clerk", "county_reviewer", "process_admin", "security_admin", "system_admin"])
def test_officers_of_a_neighbour_county_change_nothing_of_this_one(
    role: str, app: Flask, stage: Stage, neighbour: Neighbour
) -> None:
    visitor = neighbour(role)
    visitor.get("/account/password")
    with recorded(stage) as written:
        for rule, address in addresses(app, stage, "POST"):
            if rule.arguments - {"key", "year"} and not rule.endpoint.startswith(OPEN_TO_ALL):
                visitor.get("/account/password")
                form = {"reason": "试一试", "role": "county_clerk", "organisation_id": "1", "decision": "pass",
                        "own_password": PASSWORD, "password": "brand new secret", "repeated": "brand new secret",
                        "name": "改名", "active": "y", "target": "x", "opinion": "试"}  # fmt: skip
                answer = visitor.post(address, form)
                assert answer.status_code in {403, 404}, (address, answer.status_code)
    assert written == []


@pytest.mark.parametrize("login", ["street_clerk2", "street_leader2"])
def test_another_street_sees_nothing_of_this_one(login: str, app: Flask, stage: Stage, sign_in: SignIn) -> None:
    visitor = sign_in(login)
    private = [*secrets_of(stage), *(text for one in stage.applicants for text in (one.number, one.person.name))]
    for _, address in addresses(app, stage, "GET"):
        answer = visitor.get(address)
        assert not [text for text in private if text in text_of(answer)], address


def test_a_process_administrator_reads_the_timers_of_his_own_county_only(
    stage: Stage, sign_in: SignIn, neighbour: Neighbour
) -> None:
    assert stage.campaign in sign_in("process_admin").get("/operations/jobs").text
    assert stage.campaign not in neighbour("process_admin").get("/operations/jobs").text
