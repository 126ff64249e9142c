"""Service tasks of an exit after the decision [domain 6.3 to 6.5]."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.decision import Value
from engine.delegates.exits import access
from engine.delegates.exits.subjects import exit_of, opinion_of, served_of, tell_person, tell_street, values_of
from engine.delegates.signatures import date_of, signed
from engine.kernel.errors import Invalid
from engine.personnel.exits import closing, papers, procedure
from engine.personnel.exits.closing import Done
from engine.personnel.exits.compensation import Wages
from engine.personnel.exits.papers import PaperKind
from engine.personnel.exits.terms import ClosingTask, ExitState
from engine.workflow.delegates import ServiceCall, delegate
from engine.workflow.notifications import notify_role

SIGNED_TASKS: Mapping[ClosingTask, str] = {
    ClosingTask.HANDOVER: "handover", ClosingTask.TALK: "exit_talk", ClosingTask.CERTIFICATE: "issue_certificate",
    ClosingTask.TRANSFER: "transfer_files", ClosingTask.FINAL_PAY: "final_pay", ClosingTask.FINANCE: "finance_check",
    ClosingTask.BY_ELECTION: "by_election",
}  # fmt: skip
"""Closing tasks that a person signs, with their step."""


@delegate("exit.begin_closing")
def begin_closing(call: ServiceCall) -> Mapping[str, Value]:
    """The decision was served, or the last day has passed: windows and due dates are fixed."""
    case = exit_of(call)
    full = procedure.full_procedure(call.context, case)
    if full:
        values = values_of(call, "serve_decision")
        last_day = date_of(values["last_day"]) if values.get("last_day") else None
        in_lieu = values.get("in_lieu") is True
        closing.keep_decision(call.context, case, served_of(values), last_day, in_lieu=in_lieu)
        call.context.session.refresh(case, ["papers"])
    until = closing.begin_closing(call.context, case, reviewable=full)
    for kind in (PaperKind.CERTIFICATE, PaperKind.HANDOVER):
        papers.issue(call.context, case, kind)
    body = "请按街道通知完成工作交接；对退出决定有异议的，可以在期限内申请复核，见“我的退出事项”。"
    tell_person(call, "请办理离任手续", body)
    due = closing.end_of(case.transfer_due_on or call.context.today)
    return {"reviewClosesAt": until, "transferDue": due, "elected": case.elected, "chief": case.chief}


@delegate("exit.disable_accounts")
def disable_accounts(call: ServiceCall) -> None:
    """Every office goes and its work returns to the queues; his own matters the person sees until the end."""
    access.take_access(call.context, exit_of(call))


@delegate("exit.record_pay")
def record_pay(call: ServiceCall) -> None:
    """The sheet of the final pay; who does not get compensation still needs his wages settled."""
    values = values_of(call, "final_pay")
    wages = Wages(*(_yuan(values, name) for name in ("average", "city_average", "minimum", "last_month")))
    closing.keep_pay(call.context, exit_of(call), wages, _yuan(values, "wages_due"))


@delegate("exit.record_review")
def record_review(call: ServiceCall) -> Mapping[str, Value]:
    """The county's answer to the person's request."""
    case = exit_of(call)
    case.review_answer = opinion_of(call, "county_review")
    papers.issue(call.context, case, PaperKind.REPLY)
    revoked = call.variables["decision"] == "revoke"
    tell_person(call, "退出决定复核已答复", "决定已撤销。" if revoked else "决定维持；可以依法申请劳动争议仲裁。")
    return {"revoked": revoked}


@delegate("exit.settle_exit")
def settle_exit(call: ServiceCall) -> None:
    """Every closing task is done or does not apply."""
    done = {ClosingTask.ACCOUNTS: Done(True, "系统已收回权限")}
    for task, node_id in SIGNED_TASKS.items():
        found = signed(call, node_id)
        if found is not None:
            note = str(found.values.get("note") or found.opinion)
            done[task] = Done(found.decision != "not_needed", note)
    closing.keep_tasks(call.context, exit_of(call), done)


@delegate("exit.close_exit")
def close_exit(call: ServiceCall) -> None:
    """Post and quota are free again; the county may plan to fill the place [N 1.3, 5.3]."""
    case = exit_of(call)
    closing.close_case(call.context, case)
    access.close_account(call.context, case)
    tell_street(call, f"退出已办结（{case.number}）", f"{case.worker.name}的岗位已空出，可以按需提出用人需求。")
    notify_role(call.context, "county_clerk", case.county_id, "exit", f"退出已备案（{case.number}）",
                f"{case.worker.name}：{case.ground.label}，空出员额 1 名。", call.instance.id)  # fmt: skip


@delegate("exit.revoke_exit")
def revoke_exit(call: ServiceCall) -> None:
    """The decision is taken back; the person keeps post and quota, and has his roles again."""
    case = exit_of(call)
    access.give_access_back(call.context, case)
    procedure.give_up(call.context, case, ExitState.WITHDRAWN, f"县级复核撤销决定：{case.review_answer}")
    tell_street(call, f"退出决定已撤销（{case.number}）", case.review_answer)


def _yuan(values: Mapping[str, Any], name: str) -> Decimal:
    try:
        amount = Decimal(str(values.get(name) or "0"))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise Invalid(fields={name: "请填写金额"})
    return amount
