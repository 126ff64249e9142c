"""What the people of the demo county have been told by now, and the first letters in the folder of the demo.

Addresses end with example.invalid, which never exists [RFC 2606]; the letters are written by the same way as any other.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from engine.identity.users import User
from engine.kernel.actor import SYSTEM
from engine.kernel.command import CommandContext
from engine.kernel.errors import ShegongError
from engine.kernel.mail_settings import MailWay
from engine.mail.carrier import carry_mail
from engine.workflow.digests import make_digest
from engine.workflow.informing import UrgeCase
from engine.workflow.mailing import tell_people
from engine.workflow.states import InstanceState
from engine.workflow.tables import Notification, ProcessDefinition, ProcessInstance, WorkItem
from seed.county import OFFICERS
from seed.story import Story

DOMAIN = "example.invalid"
NEWS = timedelta(days=2)
"""What is older has been read by everybody."""
DIGESTED = ("county_reviewer", "county_clerk", "street_clerk", "discipline_officer")
URGING = "street_clerk"


@dataclass(frozen=True)
class ReadOldNews:
    """Whatever came before `since` was read on its day."""

    since: datetime

    def execute(self, context: CommandContext) -> None:
        old = update(Notification).where(Notification.created_at < self.since)
        read = {"read_at": Notification.created_at, "sorted_at": Notification.created_at}
        context.session.execute(old.values(read))
        told = update(WorkItem).where(WorkItem.created_at < self.since, WorkItem.queue.is_not(None))
        context.session.execute(told.values(told_at=WorkItem.created_at))


@dataclass(frozen=True)
class GiveAddresses:
    """Every officer of the demo has a confirmed mail address."""

    def execute(self, context: CommandContext) -> None:
        query = select(User).where(User.login.in_([officer.login for officer in OFFICERS]))
        for user in context.session.scalars(query):
            user.email = f"{user.login}@{DOMAIN}"


@dataclass(frozen=True)
class MakeDigest:
    """The digest of an officer for today, in front of its hour."""

    login: str

    def execute(self, context: CommandContext) -> None:
        make_digest(context, context.session.scalars(select(User).where(User.login == self.login)).one())


def tell_the_county(story: Story) -> None:
    """Messages to everybody; in a demo without a mail server also some letters."""
    story.engine.execute(ReadOldNews(story.clock.now() - NEWS), actor=SYSTEM)
    _tell(story)
    story.engine.execute(GiveAddresses(), actor=SYSTEM)
    if story.engine.settings.mail.way is not MailWay.FOLDER:
        return
    _urge(story)
    _tell(story)
    for login in DIGESTED:
        story.engine.execute(MakeDigest(login), actor=SYSTEM)
    while carry_mail(story.engine):
        pass


def _tell(story: Story) -> None:
    while tell_people(story.engine):
        pass


def _urge(story: Story) -> None:
    """The street asks after the oldest of its own cases that waits for somebody else."""
    who = story.officer(URGING)
    query = (
        select(ProcessInstance.id)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .where(ProcessInstance.initiator_id == who.user_id, ProcessInstance.state == InstanceState.ACTIVE,
               ProcessDefinition.readers == "")
        .order_by(ProcessInstance.id)
    )  # fmt: skip
    for instance_id in story.read(lambda session: list(session.scalars(query))):
        try:
            story.do(UrgeCase(instance_id, "请在本周内办理"), who)
        except ShegongError:  # this one waits for nobody else
            continue
        return
