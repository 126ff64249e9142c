"""What each person wants to hear of, in the site and by mail, and when his digest comes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.identity.users import RoleMembership
from engine.kernel.actor import Actor
from engine.kernel.command import CommandContext
from engine.kernel.errors import Forbidden, Invalid
from engine.kernel.store import Base, Code
from engine.workflow.notification_kinds import ALWAYS, FACTS, Choice, MailChoice, NotificationKind, default_choice

DIGEST_TIMES = ("07:30", "08:30", "12:00", "17:30")
"""When a digest may come, on working days, in China."""
DEFAULT_TIME = "08:30"


class NotificationSetting(Base):
    """Where somebody differs from the usual."""

    __tablename__ = "notification_setting"
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(Code, primary_key=True)
    in_site: Mapped[bool]
    mail: Mapped[str] = mapped_column(Code)


class DigestSetting(Base):
    """When somebody's digest comes."""

    __tablename__ = "digest_setting"
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[str] = mapped_column(String(5), comment="hour and minute in China")


@dataclass(frozen=True, slots=True)
class Preferences:
    """What one person wants."""

    applicant: bool
    chosen: Mapping[NotificationKind, Choice]

    def of(self, kind: NotificationKind) -> Choice:
        return self.chosen.get(kind) or default_choice(kind, applicant=self.applicant)

    @property
    def digested(self) -> frozenset[NotificationKind]:
        """The kinds that come with the digest; applicants get none."""
        wanted = (kind for kind in FACTS if self.of(kind).mail is MailChoice.DIGEST)
        return frozenset() if self.applicant else frozenset(wanted)


def kinds_for(actor: Actor) -> list[NotificationKind]:
    """The kinds that somebody can get, in the order of the page."""
    return [
        kind for kind, facts in FACTS.items()
        if (facts.applicant_mail is not None or actor.memberships) and (not facts.roles or actor.has_role(*facts.roles))
    ]  # fmt: skip


def preferences_of(session: Session, user_ids: Collection[int]) -> dict[int, Preferences]:
    """What these people want; without a role somebody is an applicant."""
    officers = set(session.scalars(select(RoleMembership.user_id).where(RoleMembership.user_id.in_(user_ids))))
    chosen: dict[int, dict[NotificationKind, Choice]] = {user_id: {} for user_id in user_ids}
    rows: Sequence[NotificationSetting] = session.scalars(
        select(NotificationSetting).where(NotificationSetting.user_id.in_(user_ids))
    ).all()
    for row in rows:
        if row.kind in set(NotificationKind):
            chosen[row.user_id][NotificationKind(row.kind)] = Choice(row.in_site, MailChoice(row.mail))
    return {user_id: Preferences(user_id not in officers, chosen[user_id]) for user_id in user_ids}


def digest_time(session: Session, user_id: int) -> str:
    """When the person's digest comes."""
    row = session.get(DigestSetting, user_id)
    return DEFAULT_TIME if row is None else row.at


@dataclass(frozen=True)
class SavePreferences:
    """Somebody says what he wants to hear of; what is as usual is not kept."""

    choices: Mapping[NotificationKind, Choice]
    digest_at: str = DEFAULT_TIME

    def execute(self, context: CommandContext) -> None:
        user_id = context.actor.user_id
        if user_id is None:
            raise Forbidden()
        if self.digest_at not in DIGEST_TIMES:
            raise Invalid(fields={"digest_at": "请从列出的时间中选择。"})
        applicant = not context.actor.memberships
        session = context.session
        session.execute(delete(NotificationSetting).where(NotificationSetting.user_id == user_id))
        session.add_all(
            NotificationSetting(user_id=user_id, kind=kind, in_site=choice.in_site, mail=choice.mail)
            for kind, choice in self.choices.items()
            if kind not in ALWAYS and choice != default_choice(kind, applicant=applicant)
        )
        row = session.get(DigestSetting, user_id) or DigestSetting(user_id=user_id)
        row.at = self.digest_at
        session.add(row)
