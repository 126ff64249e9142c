"""Service tasks of a street's plan: a case a person, ballots, 优秀, publicity, filing [domain 3.3, 3.4]."""

from collections.abc import Mapping

from engine.decision import Value
from engine.delegates.appraisal.messages import ToCase
from engine.delegates.appraisal.subjects import plan_of
from engine.delegates.signatures import signed
from engine.personnel.appraisal import ballots, plans, settlement
from engine.personnel.appraisal.cases import AppraisalPlan, cases_of
from engine.personnel.appraisal.terms import CaseState
from engine.workflow.definitions import DefinitionCache
from engine.workflow.delegates import BatchCall, Pending, ServiceCall, batch, delegate
from engine.workflow.instances import start
from engine.workflow.notifications import notify_role

CASE = "appraisal_case"


@delegate("appraisal.open_cases")
def open_cases(call: ServiceCall) -> Pending:
    """Begins the appraisal of everybody in the street, in chunks that may be taken up again."""
    plan = plan_of(call)
    workers = plans.workers_of(call.context.session, plan.street_id, plan.year)
    return call.start_batch("appraisal.open_cases", workers, plan=plan.id)


@batch("appraisal.open_cases")
def open_case_chunk(call: BatchCall) -> None:
    """The cases of this chunk; who has one already is passed over."""
    session = call.context.session
    plan = session.get_one(AppraisalPlan, call.data["plan"])
    definition = call.context.service(DefinitionCache).latest(session, CASE)
    opened = plans.open_cases(call.context, plan, call.items)
    ballots.prepare_boxes(session, opened)
    ballots.enrol_delegates(session, plan)
    for case in opened:
        place = case.community_id or case.street_id
        start(call.context, definition, str(case.number), place, f"{case.worker.name} {case.year} 年度考核", {})


@delegate("appraisal.end_ballots")
def end_ballots(call: ServiceCall) -> Pending:
    """Closes the boxes and lets every case count its own."""
    plan, decision = plan_of(call), signed(call, "close_ballots")
    reason = decision.opinion if decision is not None and decision.decision == "close_short" else ""
    settlement.close_ballots(call.context, plan, accept_few=reason)
    running = [one for one in cases_of(call.context.session, plan.id) if one.state is not CaseState.STOPPED]
    return _tell(call, ToCase.BALLOTS_CLOSED, [case.number for case in running if case.number])


@delegate("appraisal.record_settlement")
def record_settlement(call: ServiceCall) -> None:
    """Who the group has settled on; more than the cap is refused to the clerk at once [N 9.7]."""
    choice = signed(call, "settle_excellent")
    chosen = [] if choice is None else choice.values.get("excellent") or []
    reason = "" if choice is None else choice.opinion
    settlement.settle_excellent(call.context, plan_of(call), {int(each) for each in chosen}, reason)


@delegate("appraisal.reopen_settlement")
def reopen_settlement(call: ServiceCall) -> None:
    """The committee or an objection sends the choice back; the group learns why."""
    plan, decision = plan_of(call), signed(call, "committee_decision", "confirm_publicity")
    settlement.reopen_settlement(call.context, plan)
    opinion = "" if decision is None else decision.opinion
    notify_role(call.context, "street_clerk", plan.street_id, "appraisal", "优秀名额退回重新评定", opinion,
                call.instance.id)  # fmt: skip


@delegate("appraisal.start_publicity")
def start_publicity(call: ServiceCall) -> Mapping[str, Value]:
    """Makes the names public for five working days."""
    return {"publicityEndsAt": settlement.start_publicity(call.context, plan_of(call)).at}


@delegate("appraisal.release_results")
def release_results(call: ServiceCall) -> Pending:
    """The results are decided and go to their persons."""
    return _tell(call, ToCase.RESULT_DECIDED, settlement.release(call.context, plan_of(call)))


@delegate("appraisal.record_filing")
def record_filing(call: ServiceCall) -> None:
    """The street has handed in its results."""
    settlement.submit_filing(call.context, plan_of(call))


@delegate("appraisal.return_filing")
def return_filing(call: ServiceCall) -> None:
    """The county asks the street to look again."""
    plan, decision = plan_of(call), signed(call, "county_filing")
    settlement.return_filing(call.context, plan)
    opinion = "" if decision is None else decision.opinion
    notify_role(call.context, "street_clerk", plan.street_id, "appraisal", "考核备案已退回", opinion, call.instance.id)


@delegate("appraisal.file_results")
def file_results(call: ServiceCall) -> Pending:
    """On file at the county; a case whose review or appeal still runs takes the message when it has ended."""
    return _tell(call, ToCase.RESULT_FILED, settlement.file_plan(call.context, plan_of(call)))


def _tell(call: ServiceCall, message: ToCase, numbers: list[str]) -> Pending:
    return call.start_batch("appraisal.tell_cases", numbers, message=message.value)


@batch("appraisal.tell_cases")
def tell_cases(call: BatchCall) -> None:
    """Publishes the message to the cases of this chunk."""
    for number in call.items:
        call.publish(call.data["message"], number)
