"""Users, the roles they hold at organisations, and standing deputies."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, bindparam, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.identity.organisations import Organisation, at_or_above
from engine.kernel.actor import Actor, Membership
from engine.kernel.errors import NotFound
from engine.kernel.store import Base, Code, EncryptedText, UtcDateTime


class User(Base):
    """A person who signs in: officer, worker or applicant."""

    __tablename__ = "user_account"
    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True, comment="sign-in name; officers choose, applicants get")
    name: Mapped[str] = mapped_column(String(64))
    sort_key: Mapped[str] = mapped_column(String(128), default="", comment="pinyin, for order only")
    phone: Mapped[str | None] = mapped_column(EncryptedText)
    phone_index: Mapped[str | None] = mapped_column(String(64), unique=True, comment="blind index of the phone")
    email: Mapped[str | None] = mapped_column(EncryptedText)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    home_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    """The unit of an officer, whose administrators serve him also while he holds no role."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class RoleMembership(Base):
    """`user` holds `role` at `organisation`."""

    __tablename__ = "role_membership"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(Code)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    ends_on: Mapped[date | None] = mapped_column(comment="last day; empty = until it is taken away")

    __table_args__ = (
        UniqueConstraint("user_id", "role", "organisation_id"),
        Index("ix_role_membership_role_organisation", "role", "organisation_id"),
    )


class Substitution(Base):
    """A standing deputy (代理): from start to end the deputy sees and handles the items of the principal."""

    __tablename__ = "substitution"
    id: Mapped[int] = mapped_column(primary_key=True)
    principal_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    deputy_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    process_key: Mapped[str | None] = mapped_column(Code, comment="only for this process; empty = all")
    role: Mapped[str | None] = mapped_column(Code, comment="only for what this role is offered; empty = everything")

    __table_args__ = (CheckConstraint("principal_id <> deputy_id", name="two_people"),)


def load_actor(session: Session, user_id: int, today: date | None = None) -> Actor:
    """The person with what he holds, on `today` without what has ended; an account that is closed acts no more."""
    user = session.get(User, user_id)
    if user is None or not user.active:
        raise NotFound("账号不存在或已停用。")
    query = select(RoleMembership.role, RoleMembership.organisation_id).where(RoleMembership.user_id == user_id)
    if today is not None:
        query = query.where(or_(RoleMembership.ends_on.is_(None), RoleMembership.ends_on >= today))
    return Actor(user.id, user.name, frozenset(Membership(*row) for row in session.execute(query)))


def holders(session: Session, role: str, organisation_id: int) -> list[User]:
    """The active users who hold `role` at the organisation, in pinyin order."""
    query = (
        select(User)
        .join(RoleMembership, RoleMembership.user_id == User.id)
        .where(RoleMembership.role == role, RoleMembership.organisation_id == organisation_id, User.active)
        .order_by(User.sort_key, User.id)
    )
    return list(session.scalars(query))


_HELD = (
    select(RoleMembership.id)
    .join(User, User.id == RoleMembership.user_id)
    .where(RoleMembership.role == bindparam("role"), RoleMembership.organisation_id == Organisation.id, User.active)
    .exists()
)
_AT = select(Organisation.id, _HELD).where(Organisation.id == bindparam("place"))
_ABOVE = select(Organisation.id, _HELD).where(at_or_above("below"), Organisation.kind == bindparam("kind"))
"""Built once, because one of them runs with each step that is opened."""


def held_at(session: Session, role: str, organisation_id: int) -> bool:
    """Whether an active user holds the role at the organisation."""
    found = session.connection().execute(_AT, {"role": role, "place": organisation_id}).first()
    return found is not None and bool(found[1])


def held_above(session: Session, role: str, organisation_id: int, kind: str) -> tuple[int, bool] | None:
    """The organisation of `kind` at or above the given one, and whether an active user holds the role there."""
    found = session.connection().execute(_ABOVE, {"role": role, "below": organisation_id, "kind": kind}).first()
    return None if found is None else (int(found[0]), bool(found[1]))


def principals_of(session: Session, deputy_id: int, today: date, process_key: str | None = None) -> list[int]:
    """The users whom `deputy_id` stands in for today."""
    query = select(Substitution.principal_id).where(
        Substitution.deputy_id == deputy_id, Substitution.starts_on <= today, Substitution.ends_on >= today
    )
    if process_key is not None:
        query = query.where(or_(Substitution.process_key.is_(None), Substitution.process_key == process_key))
    return list(session.scalars(query))
