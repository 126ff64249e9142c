"""What administrators do: open and close organisations and accounts, each within the part of the tree they serve."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from engine.identity.accounts import PHONE, phone_index, sort_key
from engine.identity.organisations import Organisation, OrganisationKind, add_organisation
from engine.identity.sessions import close_sessions
from engine.identity.users import RoleMembership, User
from engine.kernel.actor import Actor
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Forbidden, Invalid, NotFound

_LOGIN = re.compile(r"[a-z][a-z0-9._-]{2,31}")
_APPLICANT_LOGIN = re.compile(r"p[0-9a-f]{24}|counter-[0-9a-f]{16}")


class Guardian(StrEnum):
    """The three administrators whose powers stay apart (三员分立)."""

    SYSTEM = "system_admin"
    SECURITY = "security_admin"
    AUDIT = "audit_admin"


BELOW: dict[OrganisationKind | None, tuple[OrganisationKind, ...]] = {
    OrganisationKind.PROVINCE: (OrganisationKind.CITY,),
    OrganisationKind.CITY: (OrganisationKind.COUNTY, OrganisationKind.DEPARTMENT),
    OrganisationKind.COUNTY: (OrganisationKind.STREET, OrganisationKind.DEPARTMENT, OrganisationKind.EXAM_ORGAN),
    OrganisationKind.STREET: (OrganisationKind.COMMUNITY,),
}
"""Which kinds of organisations stand below which."""


def serves(session: Session, actor: Actor, organisation_id: int, *roles: str) -> bool:
    """Whether the actor holds one of `roles` at the organisation or above it."""
    organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        return False
    return actor.is_system or not actor.organisations(*roles).isdisjoint(organisation.lineage)


def require_service(context: CommandContext, organisation_id: int, role: str) -> Organisation:
    """The organisation for an administrator who serves it; for others it does not exist."""
    if not serves(context.session, context.actor, organisation_id, role):
        raise NotFound("没有找到该单位，或它不在您管理的范围内。")
    return context.session.get_one(Organisation, organisation_id)


def served_organisations(session: Session, actor: Actor, *roles: str) -> list[Organisation]:
    """Everything at and below the organisations where the actor holds one of `roles`, in tree order."""
    roots = list(session.scalars(select(Organisation.path).where(Organisation.id.in_(actor.organisations(*roles)))))
    if not roots:
        return []
    found = session.scalars(select(Organisation).where(or_(*(Organisation.path.startswith(path) for path in roots))))
    return sorted(found, key=lambda organisation: organisation.lineage)


def officer_of(session: Session, actor: Actor, user_id: int, *roles: str) -> User:
    """The account of an officer whom the actor serves somewhere; for others, and for applicants, it does not exist."""
    user = session.get(User, user_id)
    if user is None or is_applicant(user):
        raise NotFound("没有找到该用户。")
    places = set(session.scalars(select(RoleMembership.organisation_id).where(RoleMembership.user_id == user_id)))
    places = places or ({user.home_id} if user.home_id is not None else set())
    held = actor.has_role(*roles) or actor.is_system
    if not held or (places and not any(serves(session, actor, place, *roles) for place in places)):
        raise NotFound("没有找到该用户。")
    return user


def own_officer_of(session: Session, actor: Actor, user_id: int, *roles: str) -> User:
    """The same, of an officer who holds nothing outside what the actor serves: who controls an account acts in all its
    roles, so an account that reaches beyond is in the hands of an administrator above."""
    user = officer_of(session, actor, user_id, *roles)
    places = session.scalars(select(RoleMembership.organisation_id).where(RoleMembership.user_id == user_id))
    if not all(serves(session, actor, place, *roles) for place in set(places)):
        raise Forbidden("此人在您管理范围以外的单位也有角色，请由上一级管理员办理。")
    return user


def is_applicant(user: User) -> bool:
    """Whether the account was opened by somebody of the public; officers' sign-in names are chosen."""
    return _APPLICANT_LOGIN.fullmatch(user.login) is not None


def guardian_roles(session: Session, user_id: int) -> frozenset[Guardian]:
    """Which of the three administrators somebody is."""
    held = session.scalars(select(RoleMembership.role).where(RoleMembership.user_id == user_id))
    return frozenset(Guardian(role) for role in held if role in set(Guardian))


def refuse_last_guardian(session: Session, user_id: int, role: str) -> None:
    """Nobody may take away the last active holder of one of the three administrators."""
    if role not in set(Guardian):
        return
    others = select(func.count()).select_from(RoleMembership).join(User, User.id == RoleMembership.user_id)
    left = session.scalar(others.where(RoleMembership.role == role, User.active, User.id != user_id))
    if not left:
        raise Conflict("这是该类管理员的最后一人，请先给其他人授予同一角色。")


@dataclass(frozen=True, slots=True)
class AddOrganisation:
    """A system administrator adds a unit below one that he serves; answers its id."""

    parent_id: int
    kind: OrganisationKind
    code: str
    name: str

    def execute(self, context: CommandContext) -> int:
        parent = require_service(context, self.parent_id, Guardian.SYSTEM)
        allowed = BELOW.get(OrganisationKind(parent.kind), ())
        if self.kind not in allowed:
            raise Invalid(fields={"kind": f"“{parent.name}”下面不能设这一类单位。"})
        if context.session.scalar(select(Organisation.id).where(Organisation.code == self.code)):
            raise Invalid(fields={"code": f"代码 {self.code} 已被其他单位使用。"})
        organisation = add_organisation(context.session, self.kind, self.code, self.name, parent)
        context.record("organisation.added", f"organisation:{organisation.id}", name=self.name, kind=self.kind.value)
        return organisation.id


@dataclass(frozen=True, slots=True)
class ChangeOrganisation:
    """A system administrator renames a unit, closes it or opens it again."""

    organisation_id: int
    name: str
    active: bool

    def execute(self, context: CommandContext) -> None:
        organisation = require_service(context, self.organisation_id, Guardian.SYSTEM)
        if not self.active and self._has_people(context.session):
            raise Invalid(fields={"active": "该单位还有在岗的用户，请先撤销他们在该单位的角色。"})
        organisation.name, organisation.active = self.name, self.active
        context.record("organisation.changed", f"organisation:{organisation.id}", name=self.name, active=self.active)

    def _has_people(self, session: Session) -> bool:
        query = select(RoleMembership.id).join(User, User.id == RoleMembership.user_id)
        query = query.where(RoleMembership.organisation_id == self.organisation_id, User.active)
        return session.scalar(query.limit(1)) is not None


@dataclass(frozen=True, slots=True)
class CreateUser:
    """A system administrator opens an account for an officer; roles are granted by the security administrator."""

    login: str
    name: str
    phone: str | None
    password_hash: str = field(repr=False)
    home_id: int | None = None
    """The unit of the officer; the administrator's own when empty."""

    def execute(self, context: CommandContext) -> int:
        if not (context.actor.is_system or context.actor.has_role(Guardian.SYSTEM)):
            raise Forbidden("只有系统管理员可以开通账号。")
        home = self.home_id or min(context.actor.organisations(Guardian.SYSTEM), default=None)
        if home is not None:
            require_service(context, home, Guardian.SYSTEM)
        index = self._checked_phone(context)
        self._check_login(context.session)
        user = User(
            login=self.login, name=self.name, sort_key=sort_key(self.name), phone=self.phone or None,
            phone_index=index, password_hash=self.password_hash, active=True, home_id=home,
            created_at=context.now,
        )  # fmt: skip
        context.session.add(user)
        context.session.flush()
        context.record("user.created", f"user:{user.id}", chain="access", login=self.login)
        return user.id

    def _check_login(self, session: Session) -> None:
        if not _LOGIN.fullmatch(self.login) or _APPLICANT_LOGIN.fullmatch(self.login):
            raise Invalid(fields={"login": "登录名以小写字母开头，3 至 32 个小写字母、数字、点或横线。"})
        if session.scalar(select(User.id).where(User.login == self.login)):
            raise Invalid(fields={"login": f"登录名 {self.login} 已被使用，请换一个。"})

    def _checked_phone(self, context: CommandContext) -> str | None:
        if not self.phone:
            return None
        if not PHONE.fullmatch(self.phone):
            raise Invalid(fields={"phone": "请填写 11 位手机号码。"})
        index = phone_index(context.cipher, self.phone)
        if context.session.scalar(select(User.id).where(User.phone_index == index)):
            raise Invalid(fields={"phone": "该手机号码已用于另一个账号。"})
        return index


@dataclass(frozen=True, slots=True)
class ResetPassword:
    """A forgotten password is replaced; the person is signed out everywhere.

    The password of a security or audit administrator is reset by a security administrator, so that the system
    administrator cannot step into their place (三员分立).
    """

    user_id: int
    password_hash: str = field(repr=False)

    def execute(self, context: CommandContext) -> None:
        guarded = guardian_roles(context.session, self.user_id) & {Guardian.SECURITY, Guardian.AUDIT}
        role = Guardian.SECURITY if guarded else Guardian.SYSTEM
        if not (context.actor.is_system or context.actor.has_role(role)):
            raise Forbidden("安全管理员和审计员的密码由安全管理员重置，其他人员的密码由系统管理员重置。")
        if self.user_id == context.actor.user_id:
            raise Conflict("自己的密码请在“修改密码”中修改。")
        user = own_officer_of(context.session, context.actor, self.user_id, role)
        user.password_hash = self.password_hash
        close_sessions(context.session, user.id)
        context.record("password.reset", f"user:{user.id}", chain="access")


@dataclass(frozen=True, slots=True)
class EnableUser:
    """A closed account is opened again; its roles are granted anew by the security administrator."""

    user_id: int

    def execute(self, context: CommandContext) -> None:
        user = officer_of(context.session, context.actor, self.user_id, Guardian.SYSTEM)
        user.active = True
        context.record("user.enabled", f"user:{user.id}", chain="access")
