"""What nobody needs any more goes; what is still needed stays."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from engine.identity.sessions import open_session
from engine.kernel.actor import SYSTEM
from engine.kernel.clock import CHINA
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Forbidden
from engine.kernel.process_engine import CommandReceipt
from engine.workflow import messages
from engine.workflow.housekeeping import Housekeeping, ScheduleHousekeeping
from engine.workflow.notifications import notify
from engine.workflow.tables import Job, Message, Notification, WorkItemDraft
from engine.workflow.work_items import CompleteWorkItem, SaveWorkItemDraft
from tests.store.durability.conftest import one_review
from tests.store.workflow.conftest import Office


class Fill:
    """An unheard message, a session and an unread notification."""

    def __init__(self, user_id: int) -> None:
        self.user_id = user_id

    def execute(self, context: CommandContext) -> None:
        messages.publish(context, "unheard", "A-1", {}, timedelta(days=1))
        open_session(context.session, self.user_id, context.now)
        notify(context, [self.user_id], "hint", "提示", "请查看。")


def count(office: Office, table: type) -> int:
    with office.engine.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_messages_drafts_and_sessions_that_are_over_are_removed(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(one_review())
    office.start("one_review", key="A-1")
    office.start("one_review", key="A-2")
    closed, still_open = (row.work_item_id for row in office.todo(clerk))
    for item in (closed, still_open):
        office.do(SaveWorkItemDraft(item, {"phone": "13800000000"}), clerk)
    office.do(CompleteWorkItem(closed, "pass"), clerk, key="form-1")
    office.engine.execute(Fill(clerk.user_id or 0), actor=SYSTEM)
    office.work()
    assert office.engine.execute(Housekeeping(), actor=SYSTEM) == 1  # the draft of the closed item
    office.clock.advance(timedelta(days=2))
    assert office.engine.execute(Housekeeping(), actor=SYSTEM) == 2  # message and session
    assert (count(office, Message), count(office, WorkItemDraft)) == (0, 1)
    assert (count(office, CommandReceipt), count(office, Notification)) == (1, 1)


def test_a_form_sent_again_after_its_receipt_is_gone_still_has_no_second_effect(office: Office) -> None:
    clerk = office.person("王敏")
    office.deploy(one_review())
    office.start("one_review")
    command = CompleteWorkItem(office.todo(clerk)[0].work_item_id, "pass")
    office.do(command, clerk, key="form-1")
    office.clock.advance(timedelta(days=31))
    office.engine.execute(Housekeeping(), actor=SYSTEM)
    assert count(office, CommandReceipt) == 0
    with pytest.raises(Conflict, match="王敏"):
        office.do(command, clerk, key="form-1")


def test_housekeeping_comes_back_every_morning_once_however_many_workers_asked_for_it(office: Office) -> None:
    office.engine.execute(ScheduleHousekeeping(), actor=SYSTEM)
    office.engine.execute(ScheduleHousekeeping(), actor=SYSTEM)
    with office.engine.store.session() as session, session.begin():
        session.add(Job(kind="housekeeping", payload={}, due_at=office.clock.now()))
    office.work()
    office.clock.advance(timedelta(days=1))
    office.work()
    with office.engine.reading() as session:
        assert session.scalars(select(Job.due_at)).all() == [datetime(2026, 11, 25, 3, 0, tzinfo=CHINA)]


def test_nobody_but_the_system_keeps_house(office: Office) -> None:
    with pytest.raises(Forbidden):
        office.do(Housekeeping(), office.person("王敏"))
