"""Standing deputies (代理): appointed for a period, for everything or for one process or role."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.identity.substitutions import NOT_DEPUTISED
from engine.identity.users import RoleMembership, Substitution, User
from engine.kernel.actor import Actor
from engine.kernel.command import CommandContext
from engine.kernel.errors import Forbidden, Invalid, NotFound

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
        self._check(context)
        row = Substitution(principal_id=self.principal_id, deputy_id=self.deputy_id, starts_on=self.starts_on,
                           ends_on=self.ends_on, process_key=self.process_key, role=self.role)  # fmt: skip
        context.session.add(row)
        context.session.flush()
        context.record("deputy.appointed", f"user:{self.principal_id}", chain="access", deputy=self.deputy_id,
                       starts_on=self.starts_on, ends_on=self.ends_on, process=self.process_key,
                       role=self.role)  # fmt: skip
        return row.id

    def _check(self, context: CommandContext) -> None:
        if self.principal_id == self.deputy_id:
            raise Invalid(fields={"deputy": "代理人不能是本人。"})
        deputy = context.session.get(User, self.deputy_id)
        officer = select(RoleMembership.id).where(RoleMembership.user_id == self.deputy_id)
        if deputy is None or not deputy.active or context.session.scalar(officer.limit(1)) is None:
            raise Invalid(fields={"deputy": "代理人应为在用账号并担任岗位的人员。"})
        if self.ends_on < self.starts_on or self.ends_on < context.today:
            raise Invalid(fields={"ends_on": "结束日期不能早于开始日期和今天。"})
        if (self.ends_on - self.starts_on).days > LONGEST_DAYS:
            raise Invalid(fields={"ends_on": "代理期限最长一年，请缩短后再提交。"})
        if self.role in NOT_DEPUTISED:
            raise Invalid(fields={"role": "管理员岗位不能代理。"})


@dataclass(frozen=True)
class EndDeputy:
    """Ends a substitution today; what the deputy did stays in the history."""

    substitution_id: int

    def execute(self, context: CommandContext) -> None:
        row = context.session.get(Substitution, self.substitution_id)
        if row is None:
            raise NotFound()
        _authorise(context, row.principal_id)
        context.session.delete(row)
        context.record("deputy.ended", f"user:{row.principal_id}", chain="access", deputy=row.deputy_id)


@dataclass(frozen=True, slots=True)
class DeputyRow:
    """One substitution with names."""

    substitution_id: int
    principal: str
    deputy: str
    starts_on: date
    ends_on: date
    process_key: str | None
    role: str | None


def my_deputies(session: Session, actor: Actor) -> list[DeputyRow]:
    """The substitutions in which the actor has a part, the newest first."""
    mine = or_(Substitution.principal_id == actor.user_id, Substitution.deputy_id == actor.user_id)
    rows = list(session.scalars(select(Substitution).where(mine).order_by(Substitution.starts_on.desc())))
    people = {row.principal_id for row in rows} | {row.deputy_id for row in rows}
    names = dict(session.execute(select(User.id, User.name).where(User.id.in_(people))).all())
    return [
        DeputyRow(row.id, names[row.principal_id], names[row.deputy_id], row.starts_on, row.ends_on, row.process_key,
                  row.role)
        for row in rows
    ]  # fmt: skip


def _authorise(context: CommandContext, principal_id: int) -> None:
    actor = context.actor
    if not (actor.is_system or actor.user_id == principal_id or actor.has_role("process_admin")):
        raise Forbidden("只能为本人设置代理；他人的代理由流程管理员设置。")
