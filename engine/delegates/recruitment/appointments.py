"""Service tasks of a campaign from the published totals to its close [domain 1.12]."""

from collections.abc import Mapping

from engine.decision import Value
from engine.delegates.recruitment.batches import Letter, letters, publish_to_all
from engine.delegates.recruitment.cases import campaign_of
from engine.delegates.recruitment.messages import ToCampaign, ToRegistration
from engine.personnel.recruitment import announcement, hiring, results, settlement
from engine.personnel.recruitment.states import FINAL, RegistrationState
from engine.workflow.delegates import Pending, ServiceCall, delegate

_R = RegistrationState
INTERESTED = tuple(state for state in RegistrationState if state not in FINAL | {_R.DRAFT, _R.WITHDRAWN, _R.RESERVE})
"""Registrations whose case is still open."""


@delegate("recruitment.publish_totals")
def publish_totals(call: ServiceCall) -> Pending:
    """Publishes totals and ranks; the first of each post go on 1:1, the others wait to be called up."""
    campaign = campaign_of(call)
    results.publish_totals(call.context, campaign.id)
    chosen = set(hiring.select_medical(call.context, campaign.id))
    posted = [_total(number, "candidate" if number in chosen else "waiting") for number in _numbers(call, _R.RANKED)]
    failed = settlement.registrations_in(call.context.session, campaign.id, _R.INTERVIEW_FAIL)
    posted += [_total(number, "failed") for number in settlement.numbers(r for r in failed if r.total is not None)]
    return publish_to_all(call, posted, title="总成绩已公布")


@delegate("recruitment.check_vetting")
def check_vetting(call: ServiceCall) -> Mapping[str, Value]:
    """Calls up whoever can be, then counts the candidates without a conclusion."""
    _call_up(call)
    return {"openCandidates": hiring.count_open_candidates(call.context.session, campaign_of(call).id)}


@delegate("recruitment.fill_vetting_place")
def fill_vetting_place(call: ServiceCall) -> None:
    """A vacated place goes to the next by total, as many rounds as the county allows."""
    _call_up(call)
    campaign = campaign_of(call)
    if hiring.count_open_candidates(call.context.session, campaign.id) == 0:
        call.publish(ToCampaign.VETTING_SETTLED, campaign.number)


@delegate("recruitment.start_publicity")
def start_publicity(call: ServiceCall) -> Mapping[str, Value]:
    """Makes public who is to be hired; objections are taken for the working days the county has set."""
    notice = hiring.publish_publicity(call.context, campaign_of(call).id)
    return {"publicityEndsAt": notice.until}


@delegate("recruitment.end_publicity")
def end_publicity(call: ServiceCall) -> Pending:
    """The window for objections is over."""
    return publish_to_all(call, letters(ToRegistration.PUBLICITY_OVER, _numbers(call, _R.PUBLICISED, _R.OBJECTED)))


@delegate("recruitment.fill_before_approval")
def fill_before_approval(call: ServiceCall) -> Mapping[str, Value]:
    """Places vacated during the publicity are filled a last time; those called up are vetted and publicised too."""
    return {"calledUp": _call_up(call)}


@delegate("recruitment.approve_hires")
def approve_hires(call: ServiceCall) -> Pending:
    """The county approves; from here on nobody is substituted."""
    numbers = hiring.approve_hiring(call.context, campaign_of(call).id)
    return publish_to_all(call, letters(ToRegistration.HIRE_APPROVED, numbers), title="聘用已审批",
                          body="请按街道通知的时间签订劳动合同。")  # fmt: skip


@delegate("recruitment.build_reserve")
def build_reserve(call: ServiceCall) -> Pending:
    """Interviewees who were not selected enter the reserve pool."""
    numbers = hiring.reserve_candidates(call.context.session, campaign_of(call).id)
    return publish_to_all(call, letters(ToRegistration.CAMPAIGN_CLOSED, numbers))


@delegate("recruitment.count_hires")
def count_hires(call: ServiceCall) -> Mapping[str, Value]:
    """Approved or postponed candidates who have not started, waived or been refused."""
    return {"openHires": hiring.count_open_hires(call.context.session, campaign_of(call).id)}


@delegate("recruitment.close_campaign")
def close_campaign(call: ServiceCall) -> Mapping[str, Value]:
    """Everything is settled; places that nobody took return to the county."""
    hiring.close_campaign(call.context, campaign_of(call).id)
    return {"outcome": "closed"}


@delegate("recruitment.cancel_campaign")
def cancel_campaign(call: ServiceCall) -> Pending:
    """Ends the campaign with a reason that everybody concerned is told."""
    campaign = campaign_of(call)
    reason = call.headers.get("reason") or str(call.variables["reason"])
    announcement.cancel_campaign(call.context, campaign.id, reason)
    numbers = _numbers(call, *INTERESTED)
    return publish_to_all(
        call, letters(ToRegistration.CAMPAIGN_CANCELLED, numbers), title="招聘已终止", body=reason
    )


def _call_up(call: ServiceCall) -> int:
    called = hiring.fill_vacancies(call.context, campaign_of(call).id)
    for number in called:
        call.publish(ToRegistration.CALLED_UP, number)
    return len(called)


def _numbers(call: ServiceCall, *states: RegistrationState) -> list[str]:
    return settlement.numbers_in(call.context.session, campaign_of(call).id, *states)


def _total(number: str, outcome: str) -> Letter:
    return (ToRegistration.TOTAL_RESULT, number, {"totalOutcome": outcome})
