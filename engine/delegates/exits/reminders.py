"""What people are told by themselves: absence at its thresholds, retirement half a year ahead [domain 6.6, 6.8]."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from engine.identity.organisations import Organisation, OrganisationKind
from engine.kernel.command import CommandContext
from engine.personnel.exits.absence_ledger import RecordAbsence, absence_of
from engine.personnel.exits.retirement_choices import RetirementAlert, Retiring, retiring
from engine.personnel.workers import Worker
from engine.workflow.housekeeping import daily
from engine.workflow.notifications import notify, notify_role

TEMPLATE = "exit"


@dataclass(frozen=True, slots=True)
class NoteAbsence:
    """The street's clerk enters absence without leave; at each threshold the street, the person and, over the limit,
    the county are told. Answers the warnings that are new."""

    worker_id: int
    starts_on: date
    days: Decimal
    note: str = ""

    def execute(self, context: CommandContext) -> list[str]:
        fresh = RecordAbsence(self.worker_id, self.starts_on, self.days, self.note).execute(context)
        worker = context.session.get_one(Worker, self.worker_id)
        found = absence_of(context.session, worker, context.today)
        if fresh:
            text = "；".join(fresh) + ("。请送达返岗催告书并留存凭证。" if found.return_notice_due else "。")
            for role in ("street_clerk", "street_leader"):
                notify_role(context, role, worker.street_id, TEMPLATE, f"旷工预警：{worker.name}", text)
            _tell(context, worker, "旷工预警", "；".join(fresh) + "。请立即返岗或补办请假手续。")
        if found.grounds_exit:
            title = f"退出建议：{worker.name}"
            text = f"{found.text}，已达到第11条第（5）项规定的情形，是否启动退出由街道研究决定。"
            notify_role(context, "street_leader", worker.street_id, TEMPLATE, title, text)
            notify_role(context, "county_clerk", worker.county_id, TEMPLATE, title, text)
        return fresh


@daily("exit.retirement_alerts")
def alert_retirements(context: CommandContext) -> None:
    """The street's clerks and the person are told once that his retirement is half a year away."""
    streets = select(Organisation.id).where(Organisation.kind == OrganisationKind.STREET.value)
    for one in retiring(context.session, set(context.session.scalars(streets)), context.today):
        known = select(RetirementAlert.id).where(
            RetirementAlert.worker_id == one.worker_id, RetirementAlert.retires_on == one.retires_on
        )
        if context.session.scalar(known) is None:
            _alert(context, one)


def _alert(context: CommandContext, one: Retiring) -> None:
    worker = context.session.get_one(Worker, one.worker_id)
    context.session.add(RetirementAlert(worker_id=worker.id, retires_on=one.retires_on, told_at=context.now))
    context.record("retirement.alerted", f"worker:{worker.id}", retires_on=one.retires_on)
    text = f"退休日期为 {one.retires_on}。弹性退休须提前三个月提出；请提前安排工作交接。"
    notify_role(context, "street_clerk", worker.street_id, TEMPLATE, f"到龄退休提醒：{worker.name}", text)
    _tell(context, worker, "到龄退休提醒", text)


def _tell(context: CommandContext, worker: Worker, title: str, text: str) -> None:
    if worker.user_id is not None:
        notify(context, [worker.user_id], TEMPLATE, title, text)
