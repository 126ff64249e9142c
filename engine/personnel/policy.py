"""A county's settings with effective dates; a running campaign keeps the ones of its publication [domain 10.3]."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.kernel.command import CommandContext
from engine.kernel.errors import Invalid
from engine.kernel.store import Base, Code, UtcDateTime
from engine.personnel import settings as other_settings
from engine.personnel.appraisal import settings as appraisal_settings
from engine.personnel.authority import require_role
from engine.personnel.fault_tolerance import settings as fault_settings
from engine.personnel.parameters import CATALOGUE, Parameter, parameter
from engine.personnel.recruitment import settings as recruitment_settings
from engine.personnel.secondment import settings as secondment_settings

T = TypeVar("T")
SETTING_MODULES = (recruitment_settings, other_settings, appraisal_settings, secondment_settings, fault_settings)
"""Reading them fills the catalogue."""


class PolicyParameter(Base):
    """One value of one setting for one county over a span of days."""

    __tablename__ = "policy_parameter"
    id: Mapped[int] = mapped_column(primary_key=True)
    county_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), comment="the county that decided")
    key: Mapped[str] = mapped_column(Code, comment="key of the catalogue")
    value: Mapped[str] = mapped_column(String(255), comment="as text; the catalogue knows the type")
    effective_from: Mapped[date] = mapped_column(comment="first day")
    effective_to: Mapped[date | None] = mapped_column(comment="last day; empty = until replaced")
    reason: Mapped[str] = mapped_column(String(500), comment="document or reason of the decision")
    set_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (
        CheckConstraint("effective_to IS NULL OR effective_to >= effective_from", name="span"),
        Index("ix_policy_parameter_county_key", "county_id", "key", "effective_from"),
    )


@dataclass(frozen=True)
class Policy:
    """The settings of one county on one day; `policy[OPEN_RATIO]` is typed."""

    values: Mapping[str, str] = field(default_factory=dict)
    """Values that differ from the catalogue's defaults."""

    def __getitem__(self, entry: Parameter[T]) -> T:
        text = self.values.get(entry.key)
        return entry.default if text is None else entry.parse(text)

    def snapshot(self) -> dict[str, str]:
        """Every setting as text, for the campaign that freezes them."""
        return {key: entry.write(self[entry]) for key, entry in CATALOGUE.items()}


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting as it stands, for the page that lists them."""

    parameter: Parameter[Any]
    value: Any
    text: str
    is_default: bool
    effective_from: date | None
    reason: str


def policy_at(session: Session, county_id: int, day: date) -> Policy:
    """The settings in force in the county on `day`."""
    return Policy({line.key: line.value for line in _in_force(session, county_id, day)})


def settings_at(session: Session, county_id: int, day: date) -> list[Setting]:
    """Every setting of the catalogue with its value in the county on `day`."""
    lines = {line.key: line for line in _in_force(session, county_id, day)}
    return [_setting(entry, lines.get(key)) for key, entry in CATALOGUE.items()]


def parameter_history(session: Session, county_id: int, key: str) -> list[PolicyParameter]:
    """All values the county ever gave to a setting, the newest first."""
    query = select(PolicyParameter).where(PolicyParameter.county_id == county_id, PolicyParameter.key == key)
    return list(session.scalars(query.order_by(PolicyParameter.effective_from.desc(), PolicyParameter.id.desc())))


def _setting(entry: Parameter[Any], line: PolicyParameter | None) -> Setting:
    if line is None:
        return Setting(entry, entry.default, entry.write(entry.default), True, None, "")
    return Setting(entry, entry.parse(line.value), line.value, False, line.effective_from, line.reason)


def _in_force(session: Session, county_id: int, day: date) -> list[PolicyParameter]:
    query = (
        select(PolicyParameter)
        .where(
            PolicyParameter.county_id == county_id,
            PolicyParameter.effective_from <= day,
            or_(PolicyParameter.effective_to.is_(None), PolicyParameter.effective_to >= day),
        )
        .order_by(PolicyParameter.effective_from, PolicyParameter.id)
    )
    return list(session.scalars(query))


@dataclass(frozen=True, slots=True)
class SetPolicyParameter:
    """A county changes one of its settings from a day on; hard bounds are refused with their clause."""

    county_id: int
    key: str
    value: str
    effective_from: date
    reason: str
    effective_to: date | None = None

    def execute(self, context: CommandContext) -> int:
        require_role(context, self.county_id, "county_head", "process_admin")
        entry = parameter(self.key)
        value = entry.parse(self.value)
        self._check(context)
        line = PolicyParameter(
            county_id=self.county_id, key=self.key, value=entry.write(value), effective_from=self.effective_from,
            effective_to=self.effective_to, reason=self.reason.strip(), set_by=context.actor.user_id,
            set_at=context.now,
        )  # fmt: skip
        context.session.add(line)
        context.session.flush()
        context.record(
            "policy.changed", f"policy:{self.county_id}", key=self.key, value=line.value,
            effective_from=self.effective_from, reason=line.reason,
        )  # fmt: skip
        return line.id

    def _check(self, context: CommandContext) -> None:
        problems = {}
        if not self.reason.strip():
            problems["reason"] = "请填写修改依据，例如会议纪要或文件号"
        if self.effective_from < context.today:
            problems["effective_from"] = "生效日期不能早于今天；已经开始的招聘沿用发布时的参数"
        if self.effective_to is not None and self.effective_to < self.effective_from:
            problems["effective_to"] = "失效日期不能早于生效日期"
        if problems:
            raise Invalid(fields=problems)
