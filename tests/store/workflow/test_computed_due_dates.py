"""Due dates that the diagram computes, for time limits that stand still or were extended before a step."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from engine.kernel.actor import SYSTEM
from engine.kernel.clock import CHINA
from engine.workflow.definitions import Deploy
from engine.workflow.tables import Incident, Notification, Step
from tests.store.workflow.conftest import Office
from tests.store.workflow.drawing import Drawing


def deploy(office: Office, expression: str) -> None:
    drawing = Drawing("due").start()
    drawing.user("review", groups="county_clerk", organisation="county", decisions="pass:通过", deadlineWorkdays="9",
                 deadlineWarning="1", afterDeadline="remind")  # fmt: skip
    drawn = drawing.end().chain("begin", "review", "over").xml()
    task = b"<zeebe:userTask/>"
    scheduled = drawn.replace(task, task + f'<zeebe:taskSchedule dueDate="{expression}"/>'.encode())
    office.engine.execute(Deploy({"due.bpmn": scheduled}), actor=SYSTEM)


def due_at(office: Office) -> datetime | None:
    with office.engine.reading() as session:
        return session.scalars(select(Step.due_at)).one()


def test_a_computed_due_date_replaces_the_count_of_the_deadline(office: Office) -> None:
    clerk = office.person("王敏")
    deploy(office, "= moment")
    moment = office.clock.now() + timedelta(hours=30)
    office.start("due", moment=moment)
    assert due_at(office) == moment
    office.clock.advance(timedelta(hours=31))
    office.work()
    with office.engine.reading() as session:
        notes = session.execute(select(Notification.template, Notification.user_id)).all()
    assert [tuple(note) for note in notes] == [("deadline_passed", clerk.user_id)]


@pytest.mark.parametrize(("expression", "moment"), [
    ("2026-12-01T17:00:00+08:00", datetime(2026, 12, 1, 17, 0, tzinfo=CHINA)),
    ("2026-12-01T17:00:00", datetime(2026, 12, 1, 17, 0, tzinfo=CHINA)),
    ("= &quot;2026-12-01T09:00:00Z&quot;", datetime(2026, 12, 1, 17, 0, tzinfo=CHINA)),
    ("= date and time(today(), time(&quot;17:00:00&quot;))", datetime(2026, 11, 25, 17, 0, tzinfo=CHINA)),
    ("= now() + duration(&quot;P1D&quot;)", datetime(2026, 11, 26, 0, 30, tzinfo=CHINA)),
])  # fmt: skip
def test_a_due_date_is_a_text_or_counts_from_the_present_in_china(
    office: Office, expression: str, moment: datetime
) -> None:
    office.person("王敏")
    office.clock.move_to(datetime(2026, 11, 25, 0, 30, tzinfo=CHINA))  # in UTC it is still the day before
    deploy(office, expression)
    office.start("due")
    assert due_at(office) == moment


def test_an_expression_that_gives_no_moment_is_an_incident_and_the_deadline_counts(office: Office) -> None:
    office.person("王敏")
    deploy(office, "= moment")
    office.start("due", moment="morgen")
    due = due_at(office)
    assert due is not None
    assert due > office.clock.now() + timedelta(days=8)
    with office.engine.reading() as session:
        assert session.scalars(select(Incident.kind)).all() == ["deadline"]
