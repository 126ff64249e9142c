"""Standing deputies (代理): appointed for a period, for everything or for one process or role."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation, OrganisationKind, ancestor_of_kind
from engine.identity.substitutions import NOT_DEPUTISED
from engine.identity.users import RoleMembership, Substitution, User
from engine.kernel.actor import Actor
from engine.kernel.command import CommandContext
from engine.kernel.errors import Forbidden, Invalid, NotFound
from engine.workflow.expired_claims import give_back_claims
from engine.workflow.instances import holds_above
from engine.workflow.notifications import notify
from engine.workflow.people import GUARDIANS

LONGEST_DAYS = 366


@dataclass(frozen=True)
class AppointDeputy:
    """Names a deputy from `starts_on` to `ends_on`, both included. By the person himself or a process administrator.

    Answers the id of the substitution.
    """

    principal_id: int
    deputy_id: int
    starts_on: date
    ends_on: date
    process_key: str | None = None
    role: str | None = None

    def execute(self, context: CommandContext) -> int:
        _authorise(context, self.principal_id)
        self._check_people(context)
        self._check_period(context)
        self._check_overlap(context)
        row = Substitution(principal_id=self.principal_id, deputy_id=self.deputy_id, starts_on=self.starts_on,
                           ends_on=self.ends_on, process_key=self.process_key, role=self.role)  # fmt: skip
        context.session.add(row)
        context.session.flush()
        context.record("deputy.appointed", f"user:{self.principal_id}", chain="access", deputy=self.deputy_id,
                       starts_on=self.starts_on, ends_on=self.ends_on, process=self.process_key,
                       role=self.role)  # fmt: skip
        self._tell(context)
        return row.id

    def _check_people(self, context: CommandContext) -> None:
        if self.principal_id == self.deputy_id:
            raise Invalid(fields={"deputy": "代理人不能是本人，请选择一名同事。"})
        colleague = _colleagues(context.session, self.principal_id).where(User.id == self.deputy_id)
        if context.session.scalar(colleague.limit(1)) is None:
            raise Invalid(fields={"deputy": "代理人应为本县在用账号并担任岗位的人员。"})
        if self.role in NOT_DEPUTISED:
            raise Invalid(fields={"role": "管理员岗位不能代理。"})
        if self.role is not None and self.role not in roles_held(context.session, self.principal_id):
            raise Invalid(fields={"role": "只能代理其本人担任的岗位，请重新选择。"})

    def _check_period(self, context: CommandContext) -> None:
        if self.starts_on < context.today:
            raise Invalid(fields={"starts_on": "开始日期不能早于今天。"})
        if self.ends_on < self.starts_on:
            raise Invalid(fields={"ends_on": "结束日期不能早于开始日期。"})
        if (self.ends_on - self.starts_on).days > LONGEST_DAYS:
            raise Invalid(fields={"ends_on": "代理期限最长一年，请缩短后再提交。"})

    def _check_overlap(self, context: CommandContext) -> None:
        """At any time one deputy for one thing, and none who is away himself."""
        meanwhile = (Substitution.starts_on <= self.ends_on, Substitution.ends_on >= self.starts_on)
        own = select(Substitution).where(Substitution.principal_id == self.principal_id, *meanwhile)
        for row in context.session.scalars(own):
            if self._same_scope(row):
                name = context.session.get_one(User, row.deputy_id).name
                span = f"{row.starts_on.isoformat()} 至 {row.ends_on.isoformat()}"
                message = f"与已有的代理重叠：{span} 已由{name}代理同样的事项，请错开日期或先结束那一项。"
                raise Invalid(fields={"starts_on": message})
        away = select(Substitution.id).where(Substitution.principal_id == self.deputy_id, *meanwhile)
        if context.session.scalar(away.limit(1)) is not None:
            raise Invalid(fields={"deputy": "此人在这段时间本人也请了代理，请另选一名同事。"})

    def _same_scope(self, row: Substitution) -> bool:
        processes, roles = {row.process_key, self.process_key}, {row.role, self.role}
        return (None in processes or len(processes) == 1) and (None in roles or len(roles) == 1)

    def _tell(self, context: CommandContext) -> None:
        principal = context.session.get_one(User, self.principal_id).name
        span = f"{self.starts_on.isoformat()}至{self.ends_on.isoformat()}"
        body = f"{span}由您代理{principal}的事项，期间会出现在您的待办中。"
        notify(context, [self.deputy_id], "deputy_appointed", f"请您代理{principal}", body)


@dataclass(frozen=True)
class EndDeputy:
    """Ends a substitution at once: what the deputy had claimed goes back, what he did stays in the history."""

    substitution_id: int

    def execute(self, context: CommandContext) -> None:
        row = context.session.get(Substitution, self.substitution_id)
        if row is None or not (_may(context, row.principal_id) or context.actor.user_id == row.deputy_id):
            raise NotFound()
        _authorise(context, row.principal_id)
        context.session.delete(row)
        context.session.flush()
        give_back_claims(context, row.deputy_id)
        context.record("deputy.ended", f"user:{row.principal_id}", chain="access", deputy=row.deputy_id)


@dataclass(frozen=True, slots=True)
class DeputyRow:
    """One substitution with names."""

    substitution_id: int
    principal_id: int
    principal: str
    deputy_id: int
    deputy: str
    starts_on: date
    ends_on: date
    process_key: str | None
    role: str | None


def my_deputies(session: Session, actor: Actor) -> list[DeputyRow]:
    """The substitutions in which the actor has a part, the newest first."""
    mine = or_(Substitution.principal_id == actor.user_id, Substitution.deputy_id == actor.user_id)
    return _rows(session, select(Substitution).where(mine))


def deputies_of(session: Session, user_id: int) -> list[DeputyRow]:
    """The substitutions in which somebody is the principal; the caller has made sure that the reader may know."""
    return _rows(session, select(Substitution).where(Substitution.principal_id == user_id))


def stands_in_for(session: Session, actor: Actor, today: date) -> list[DeputyRow]:
    """The substitutions by which the actor is somebody's deputy today."""
    now = (Substitution.starts_on <= today, Substitution.ends_on >= today)
    return _rows(session, select(Substitution).where(Substitution.deputy_id == actor.user_id, *now))


def possible_deputies(session: Session, user_id: int) -> Sequence[User]:
    """The people who may stand in for somebody, by name."""
    query = _colleagues(session, user_id).where(User.id != user_id)
    return list(session.scalars(query.order_by(User.sort_key, User.id)))


def roles_held(session: Session, user_id: int) -> Sequence[str]:
    """The roles of somebody for which there can be a deputy."""
    query = select(RoleMembership.role).where(RoleMembership.user_id == user_id).distinct()
    return [role for role in session.scalars(query.order_by(RoleMembership.role)) if role not in NOT_DEPUTISED]


def manages(session: Session, actor: Actor, user_id: int, roles: Sequence[str] = ("process_admin",)) -> bool:
    """Whether the actor is an administrator at or above an organisation where the person holds a role."""
    query = select(RoleMembership.organisation_id).where(RoleMembership.user_id == user_id)
    return any(holds_above(session, actor, place, list(roles)) for place in session.scalars(query))


def _rows(session: Session, query: Select[Substitution]) -> list[DeputyRow]:
    rows = list(session.scalars(query.order_by(Substitution.starts_on.desc(), Substitution.id.desc())))
    if not rows:
        return []
    people = {row.principal_id for row in rows} | {row.deputy_id for row in rows}
    names = dict(session.execute(select(User.id, User.name).where(User.id.in_(people))).all())
    return [
        DeputyRow(row.id, row.principal_id, names[row.principal_id], row.deputy_id, names[row.deputy_id],
                  row.starts_on, row.ends_on, row.process_key, row.role)
        for row in rows
    ]  # fmt: skip


def _colleagues(session: Session, user_id: int) -> Select[User]:
    """Active people with a role in a county where the person holds one, or above it; no administrators as such."""
    places = session.scalars(select(RoleMembership.organisation_id).where(RoleMembership.user_id == user_id)).all()
    tops = {ancestor_of_kind(session, place, OrganisationKind.COUNTY) or place for place in places}
    counties = [session.get_one(Organisation, top) for top in sorted(tops)]
    inside = [Organisation.path.startswith(county.path) for county in counties]
    above = {place for county in counties for place in county.lineage}
    held = (
        select(RoleMembership.user_id)
        .join(Organisation, Organisation.id == RoleMembership.organisation_id)
        .where(or_(Organisation.id.in_(above), *inside), RoleMembership.role.not_in(GUARDIANS))
    )
    return select(User).where(User.id.in_(held), User.active)


def _authorise(context: CommandContext, principal_id: int) -> None:
    if not _may(context, principal_id):
        raise Forbidden("只能为本人设置代理；他人的代理由流程管理员设置。")


def _may(context: CommandContext, principal_id: int) -> bool:
    actor = context.actor
    return actor.is_system or actor.user_id == principal_id or manages(context.session, actor, principal_id)
