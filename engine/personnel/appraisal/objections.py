"""Objections to the names that are public, and what the street's group has found out about them [domain 3.4]."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid, NotFound, RuleViolation
from engine.kernel.store import Base, EncryptedText, UtcDateTime
from engine.personnel.appraisal.cases import AppraisalCase, AppraisalPlan
from engine.personnel.appraisal.terms import AppraisalGrade, PlanState
from engine.personnel.authority import require_role
from engine.personnel.columns import TermColumn
from engine.personnel.vocabulary import Term

LONGEST = 2000


class ObjectionState(Term):
    """What became of an objection."""

    OPEN = "open", "待核实"
    UPHELD = "upheld", "属实，影响等次"
    UNFOUNDED = "unfounded", "不属实或不影响等次"


class AppraisalObjection(Base):
    """What somebody says, by his name, about somebody who is to be 优秀; texts stand encrypted."""

    __tablename__ = "appraisal_objection"
    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("appraisal_plan.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("appraisal_case.id"))
    state: Mapped[ObjectionState] = mapped_column(TermColumn(ObjectionState), default=ObjectionState.OPEN)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), comment="empty: from the public")
    from_name: Mapped[str] = mapped_column(EncryptedText)
    from_phone: Mapped[str] = mapped_column(EncryptedText)
    text: Mapped[str] = mapped_column(EncryptedText)
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finding: Mapped[str] = mapped_column(EncryptedText, default="")
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    plan: Mapped[AppraisalPlan] = relationship()
    case: Mapped[AppraisalCase] = relationship()


@dataclass(frozen=True, slots=True)
class Complaint:
    """What somebody says about one of the names."""

    case_id: int
    from_name: str
    from_phone: str
    text: str

    def check(self) -> None:
        """Name, telephone and the matter itself are needed to verify anything."""
        labels = {"from_name": "姓名", "from_phone": "联系电话", "text": "反映的情况"}
        values = {"from_name": self.from_name, "from_phone": self.from_phone, "text": self.text}
        problems = {field: f"请填写{labels[field]}" for field, value in values.items() if not value.strip()}
        if len(self.text) > LONGEST:
            problems["text"] = f"反映的情况最多 {LONGEST} 字"
        if problems:
            raise Invalid(fields=problems)


def raise_objection(context: CommandContext, plan: AppraisalPlan, complaint: Complaint) -> AppraisalObjection:
    """Takes an objection while the names are public; whoever is signed in is remembered with it."""
    if not is_public(plan, context.now):
        raise RuleViolation("公示期已结束，不再受理对本公示的异议", clause="9.6")
    complaint.check()
    case = context.session.get(AppraisalCase, complaint.case_id)
    if case is None or case.plan_id != plan.id or case.grade is not AppraisalGrade.EXCELLENT:
        raise Invalid(fields={"case_id": "公示名单中没有此人，请重新选择"})
    objection = AppraisalObjection(
        plan_id=plan.id, case_id=case.id, state=ObjectionState.OPEN, user_id=context.actor.user_id,
        from_name=complaint.from_name.strip()[:64], from_phone=complaint.from_phone.strip()[:32],
        text=complaint.text.strip(), raised_at=context.now,
    )  # fmt: skip
    context.session.add(objection)
    context.session.flush()
    context.record("appraisal.objection_raised", f"appraisal_plan:{plan.id}", objection=objection.id)
    return objection


def is_public(plan: AppraisalPlan, now: datetime) -> bool:
    """Whether the names can be read, and objected to, at this moment."""
    until = plan.publicity_until
    return plan.state is PlanState.PUBLICITY and until is not None and now <= until


@dataclass(frozen=True, slots=True)
class SettleObjection:
    """The street's group writes what it has found out; the names stay public meanwhile."""

    objection_id: int
    finding: ObjectionState
    text: str

    def execute(self, context: CommandContext) -> None:
        row = context.session.get(AppraisalObjection, self.objection_id, with_for_update=True)
        if row is None:
            raise NotFound()
        require_role(context, row.plan.street_id, "street_clerk", "street_leader")
        if self.finding is ObjectionState.OPEN or not self.text.strip():
            raise Invalid("请选择核实结论并写明核实情况", fields={"text": "请写明核实情况"})
        if row.plan.state is not PlanState.PUBLICITY:
            raise Conflict("公示已经结束并反馈结果，不能再修改核实结论；本人可以申请复核")
        row.state, row.finding = self.finding, self.text.strip()
        row.settled_by, row.settled_at = context.actor.user_id, context.now
        context.record("appraisal.objection_settled", f"appraisal_plan:{row.plan_id}", objection=row.id,
                       finding=self.finding)  # fmt: skip


def objections_of(session: Session, plan_id: int) -> Sequence[AppraisalObjection]:
    """All objections of a plan, the oldest first."""
    query = select(AppraisalObjection).where(AppraisalObjection.plan_id == plan_id)
    return list(session.scalars(query.order_by(AppraisalObjection.id)))


def require_settled(session: Session, plan: AppraisalPlan) -> None:
    """Refuses to go on before every objection is verified, and past one that was found true [domain 3.4]."""
    found = objections_of(session, plan.id)
    waiting = sum(one.state is ObjectionState.OPEN for one in found)
    if waiting:
        raise RuleViolation(f"还有 {waiting} 件公示异议没有核实，核实后才能反馈考核结果", clause="9.6")
    since = plan.publicity_from
    upheld = [
        one for one in found
        if one.state is ObjectionState.UPHELD and since is not None and one.raised_at >= since
        and one.case.grade is AppraisalGrade.EXCELLENT
    ]  # fmt: skip
    if upheld:
        names = "、".join(sorted({one.case.worker.name for one in upheld}))
        raise RuleViolation(f"对{names}的异议属实，请选择“异议成立重新评定”", clause="9.6")
