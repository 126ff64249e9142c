"""Service tasks of a street's request for posts [N 5.5]."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.decision import Value
from engine.delegates.recruitment.cases import request_of
from engine.delegates.signatures import signed
from engine.kernel.errors import RuleViolation
from engine.personnel.quota_ledger import quota_standing
from engine.personnel.recruitment import planning
from engine.personnel.recruitment.planning import WantedPosts
from engine.personnel.recruitment.states import RequestState
from engine.personnel.vocabulary import Education, Target
from engine.workflow.delegates import ServiceCall, delegate
from engine.workflow.notifications import notify_role


@delegate("recruitment.check_quota")
def check_quota(call: ServiceCall) -> Mapping[str, Value]:
    """Lets a request the street agrees to go on to the county unless the places are used up [N 1.2, 1.3]."""
    context, request = call.context, request_of(call)
    try:
        planning.check_request_quota(context, request.id)
    except RuleViolation as refused:
        request.opinion = refused.cited
        return {"overQuota": True, "vacantPosts": _vacant(call)}
    planning.move_request(context, request.id, RequestState.COUNTY_REVIEW, _opinion(call))
    return {"overQuota": False, "vacantPosts": _vacant(call)}


@delegate("recruitment.return_request")
def return_request(call: ServiceCall) -> None:
    """The street's clerk gets the request back with what has to be mended."""
    request = request_of(call)
    planning.move_request(call.context, request.id, RequestState.RETURNED, _opinion(call))
    _tell_street(call, "用人需求已退回补正", request.opinion)


@delegate("recruitment.record_correction")
def record_correction(call: ServiceCall) -> None:
    """The corrected request goes back to the street's review, or the street gives it up."""
    request, correction = request_of(call), signed(call, "correct_request")
    if call.variables["decision"] != "resubmit" or correction is None:
        planning.move_request(call.context, request.id, RequestState.REJECTED, "街道撤销申请")
        return
    values = correction.values
    reason = str(values.get("reason") or request.reason)
    planning.revise_request(call.context, request.id, reason, wanted_posts(values["lines"]))


@delegate("recruitment.accept_request")
def accept_request(call: ServiceCall) -> None:
    """The request goes into the pool for the next campaign; its places are reserved."""
    request, decision = request_of(call), signed(call, "county_review")
    accepted = {} if decision is None else decision.values.get("accepted") or {}
    heads = planning.accept_request(call.context, request.id, {int(line): int(n) for line, n in accepted.items()})
    _tell_street(call, "用人需求已列入招聘计划", f"核定 {heads} 名。")


@delegate("recruitment.refuse_request")
def refuse_request(call: ServiceCall) -> None:
    """The street learns why its request is not taken up."""
    request = request_of(call)
    opinion = request.opinion if call.variables.get("overQuota") is True else _opinion(call)
    planning.move_request(call.context, request.id, RequestState.REJECTED, opinion)
    _tell_street(call, "用人需求未列入招聘计划", request.opinion)


def wanted_posts(lines: Sequence[Mapping[str, Any]]) -> list[WantedPosts]:
    """The lines of the request form."""
    return [
        WantedPosts(
            str(line["name"]), int(line["heads"]), line.get("community_id"),
            Target(line.get("target") or Target.OPEN), Education(line.get("education") or Education.COLLEGE),
            str(line.get("duties") or ""),
        )
        for line in lines
    ]  # fmt: skip


def _vacant(call: ServiceCall) -> int:
    return quota_standing(call.context.session, request_of(call).county_id, call.context.today).vacant


def _opinion(call: ServiceCall) -> str:
    decision = signed(call, "street_review", "county_review")
    return "" if decision is None else decision.opinion


def _tell_street(call: ServiceCall, title: str, body: str) -> None:
    request = request_of(call)
    notify_role(
        call.context, "street_clerk", request.street_id, "post_request", f"{title}（{request.number}）", body,
        call.instance.id,
    )  # fmt: skip
