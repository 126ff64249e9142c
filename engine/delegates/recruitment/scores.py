"""Service tasks of a campaign from the written scores to the published totals [domain 1.8-1.11]."""

from collections.abc import Mapping
from decimal import Decimal

from engine.decision import Value
from engine.delegates.recruitment.batches import Letter, letters, publish_to_all
from engine.delegates.recruitment.cases import campaign_of
from engine.delegates.recruitment.messages import ToRegistration
from engine.delegates.signatures import signed
from engine.kernel.errors import Invalid
from engine.personnel.recruitment import objections, results, settlement
from engine.personnel.recruitment.enrolment import registration_by_number
from engine.personnel.recruitment.outcomes import NoticeKind, ObjectionState
from engine.personnel.recruitment.states import RegistrationState
from engine.workflow.delegates import BatchCall, Pending, ServiceCall, batch, delegate

_R = RegistrationState
WRITTEN_OUTCOMES = {_R.SHORTLISTED: "shortlisted", _R.SUBSTITUTE: "not_shortlisted"}
"""What the diagram of the registration calls a state after the shortlist; other states by their own names."""


SETTLE_WRITTEN = "recruitment.settle_written_part"
AT_ONCE = 500
"""Participants whose scores are settled in the act itself; more of them go on as a batch."""


@delegate("recruitment.settle_written")
def settle_written(call: ServiceCall) -> Pending | None:
    """Final written scores with bonus points; run again after 查分."""
    return _settle_written(call)


@batch(SETTLE_WRITTEN)
def settle_written_part(call: BatchCall) -> None:
    """The participants of this chunk."""
    results.settle_written_part(call.context, call.data["campaign"], call.items)


@delegate("recruitment.count_score_queries")
def count_score_queries(call: ServiceCall) -> Mapping[str, Value]:
    """Queries about scores and objections against bonus points that wait for an answer."""
    return {"openQueries": _open_queries(call)}


@delegate("recruitment.resettle_written")
def resettle_written(call: ServiceCall) -> Pending | None:
    """The answers to the queries; corrected scores count from here on."""
    answers = signed(call, "answer_queries")
    for objection_id, answer in ({} if answers is None else answers.values.get("answers") or {}).items():
        finding = ObjectionState(str(answer["finding"]))
        objections.settle_objection(call.context, int(objection_id), finding, str(answer["text"]))
    if left := _open_queries(call):
        raise Invalid(f"还有 {left} 件查分申请没有答复，请逐件填写复核结论")
    return _settle_written(call)


@delegate("recruitment.publish_written")
def publish_written(call: ServiceCall) -> Mapping[str, Value]:
    """Makes scores and bonus points public; both windows count working days."""
    scores, bonuses = results.publish_written(call.context, campaign_of(call).id)
    return {"scoreQueryEndsAt": scores.until, "bonusPublicityEndsAt": bonuses.until}


@delegate("recruitment.shortlist")
def shortlist(call: ServiceCall) -> Pending:
    """Everybody examined learns whether he goes on; ties at the last place all enter."""
    states = results.shortlist_posts(call.context, campaign_of(call).id)
    posted: list[Letter] = [
        (ToRegistration.WRITTEN_RESULT, number, {"writtenOutcome": WRITTEN_OUTCOMES.get(state, state.value)})
        for number, state in states.items()
    ]
    return publish_to_all(call, posted, title="笔试结果已公布")


@delegate("recruitment.open_recheck")
def open_recheck(call: ServiceCall) -> Mapping[str, Value]:
    """The re-check runs in the registrations until substitution stops."""
    campaign = campaign_of(call)
    stops_at = results.substitution_stops_at(campaign)
    return {"interviewAt": campaign.interview_at, "substitutionStopsAt": stops_at}


@delegate("recruitment.fill_interview_place")
def fill_interview_place(call: ServiceCall) -> None:
    """Vacated interview places go to the next by written score, ties included."""
    for post in campaign_of(call).posts:
        for number in results.call_up_substitutes(call.context, post.id):
            call.publish(ToRegistration.CALLED_UP, number)


@delegate("recruitment.close_recheck")
def close_recheck(call: ServiceCall) -> Pending:
    """Who has not brought his originals is out; who waits as a substitute is released."""
    absent = letters(ToRegistration.RECHECK_CLOSED, _numbers(call, _R.SHORTLISTED))
    waiting = letters(ToRegistration.SUBSTITUTION_CLOSED, _numbers(call, _R.SUBSTITUTE))
    return publish_to_all(call, [*absent, *waiting])


@delegate("recruitment.settle_interview")
def settle_interview(call: ServiceCall) -> Pending:
    """Verdicts on the interviews, once nobody's defence is open any more."""
    disputed = _numbers(call, _R.RECHECK_FAIL)
    if disputed:
        raise Invalid(f"还有 {len(disputed)} 人的资格复审申辩未办结（{disputed[0]}），办结后才能核算面试成绩")
    states = results.settle_interviews(call.context, campaign_of(call).id)
    posted: list[Letter] = [
        (ToRegistration.INTERVIEW_RESULT, number,
         {"interviewOutcome": "passed" if state is _R.INTERVIEWED else state.value})
        for number, state in states.items()
    ]  # fmt: skip
    return publish_to_all(call, posted, title="面试成绩已公布")


@delegate("recruitment.rank_totals")
def rank_totals(call: ServiceCall) -> Mapping[str, Value]:
    """Totals and ranks; a tie across the last place waits for an extra test."""
    return {"openTies": len(results.rank_totals(call.context, campaign_of(call).id))}


@delegate("recruitment.record_extra_test")
def record_extra_test(call: ServiceCall) -> None:
    """The scores of the extra test between those who tie."""
    test = signed(call, "extra_test")
    scores = {} if test is None else test.values.get("scores") or {}
    for number, score in scores.items():
        registration = registration_by_number(call.context.session, str(number))
        results.record_extra_test(call.context, registration.id, Decimal(str(score)))


def _settle_written(call: ServiceCall) -> Pending | None:
    campaign_id = campaign_of(call).id
    participants = results.begin_written(call.context, campaign_id)
    if len(participants) > AT_ONCE:
        return call.start_batch(SETTLE_WRITTEN, participants, chunk=AT_ONCE, campaign=campaign_id)
    results.settle_written_part(call.context, campaign_id, participants)
    return None


def _open_queries(call: ServiceCall) -> int:
    kinds = (NoticeKind.WRITTEN, NoticeKind.BONUS)
    return objections.open_objections(call.context.session, campaign_of(call).id, *kinds)


def _numbers(call: ServiceCall, *states: RegistrationState) -> list[str]:
    return settlement.numbers_in(call.context.session, campaign_of(call).id, *states)
