"""After the ranking: medical, background check, substitution, publicity, approval, reserve pool [domain 1.12]."""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.kernel.clock import local_date
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid
from engine.personnel.dates import add_months
from engine.personnel.recruitment import settings
from engine.personnel.recruitment.announcement import campaign_of, move_campaign, release_reserved
from engine.personnel.recruitment.campaigns import Campaign, CampaignPost
from engine.personnel.recruitment.enrolment import end, registration_of
from engine.personnel.recruitment.notices import NoticeTable, is_open, latest_notice, publish_notice
from engine.personnel.recruitment.outcomes import (
    BackgroundCheck,
    CheckOutcome,
    MedicalOutcome,
    MedicalResult,
    NoticeKind,
    PublicNotice,
    ReserveEntry,
)
from engine.personnel.recruitment.ranking import Ranked, rank
from engine.personnel.recruitment.registrations import Registration, note
from engine.personnel.recruitment.results import campaign_tie_keys
from engine.personnel.recruitment.selection import medical_candidates, substitute
from engine.personnel.recruitment.settlement import numbers, registrations_in
from engine.personnel.recruitment.states import FINAL, CampaignState, RegistrationState

_R = RegistrationState
IN_VETTING = (_R.RANKED, _R.MEDICAL_RETEST, _R.MEDICAL_PASS, _R.INVEST_PASS)
"""Selected candidates in these states still have something before them or were just found fit."""


def select_medical(context: CommandContext, campaign_id: int) -> list[str]:
    """The first of each post go on to medical and background check, 1:1; published. Answers their numbers."""
    campaign = campaign_of(context.session, campaign_id)
    first = CampaignState.INVESTIGATION if _checks_first(campaign) else CampaignState.MEDICAL
    move_campaign(context, campaign_id, first)
    chosen = []
    for post in campaign.posts:
        for registration_id in medical_candidates(ranking_of(context, post), post.heads):
            registration = registration_of(context.session, int(registration_id))
            registration.selected_round = 0
            chosen.append(registration)
    context.session.flush()
    rows = [(r.post.code if r.post else "", r.exam_number, r.total, r.rank) for r in chosen]
    publish_notice(context, campaign, NoticeKind.MEDICAL, NoticeTable(("岗位代码", "准考证号", "总成绩", "名次"), rows))
    return numbers(chosen)


def record_medical(
    context: CommandContext, registration_id: int, outcome: MedicalOutcome, examined_on: date, findings: str = ""
) -> RegistrationState:
    """One finding; a first "unfit" leaves the person the right to ask for one re-check, and that one decides."""
    registration = registration_of(context.session, registration_id)
    earlier = _medical_results(context.session, registration_id)
    if len(earlier) >= 2:
        raise Conflict("体检和复检结果均已登记，不能再次登记")
    if earlier:
        _check_retest(registration, earlier[0], outcome, examined_on)
    states = {
        MedicalOutcome.PASS: _R.MEDICAL_PASS,
        MedicalOutcome.RETEST: _R.MEDICAL_RETEST,
        MedicalOutcome.FAIL: _R.MEDICAL_FAIL if earlier else _R.MEDICAL_RETEST,
    }
    registration.move(states[outcome])
    context.session.add(
        MedicalResult(
            registration_id=registration_id, round=len(earlier) + 1, outcome=outcome, examined_on=examined_on,
            findings=findings, recorded_by=context.actor.user_id, recorded_at=context.now,
        )
    )  # fmt: skip
    _end_if_failed(context, registration, "体检不合格")
    note(context, registration, "registration.medical_recorded", outcome=outcome.value, round=len(earlier) + 1)
    return registration.state


def recheck_until(context: CommandContext, registration_id: int) -> datetime | None:
    """Until when the person may ask for a re-check after a first "unfit"; None when he may not."""
    results = _medical_results(context.session, registration_id)
    if len(results) != 1 or results[0].outcome is not MedicalOutcome.FAIL:
        return None
    registration = registration_of(context.session, registration_id)
    return results[0].recorded_at + timedelta(days=registration.campaign.policy[settings.RETEST_DAYS])


def ask_recheck(context: CommandContext, registration_id: int) -> None:
    """The person asks for the one re-check; it is made within the days that the county allows from now on."""
    registration = registration_of(context.session, registration_id)
    if recheck_until(context, registration_id) is None:
        raise Conflict("复检只能申请一次，且只在首次体检不合格后申请")
    _medical_results(context.session, registration_id)[0].recheck_asked_at = context.now
    note(context, registration, "registration.recheck_asked")


def accept_medical(context: CommandContext, registration_id: int) -> None:
    """Nobody asked for a re-check: the first finding stands."""
    registration = registration_of(context.session, registration_id)
    registration.move(_R.MEDICAL_FAIL)
    _end_if_failed(context, registration, "体检不合格，未申请复检")
    note(context, registration, "registration.medical_accepted")


def record_background(
    context: CommandContext, registration_id: int, outcome: CheckOutcome, findings: dict[str, Any] | None = None
) -> int:
    """What this checker found; answers how many checkers have reported."""
    registration = registration_of(context.session, registration_id)
    checks = _checks(context.session, registration_id)
    if context.actor.user_id in {check.checker_id for check in checks}:
        raise Conflict("您已登记过该人员的考察结果")
    context.session.add(
        BackgroundCheck(
            registration_id=registration_id, checker_id=context.actor.user_id, outcome=outcome,
            findings=findings or {}, recorded_at=context.now,
        )
    )  # fmt: skip
    context.session.flush()
    note(context, registration, "registration.background_recorded", outcome=outcome.value)
    return len(checks) + 1


def settle_background(context: CommandContext, registration_id: int) -> RegistrationState:
    """The conclusion when enough checkers have reported; one negative finding fails."""
    registration = registration_of(context.session, registration_id)
    checks = _checks(context.session, registration_id)
    needed = registration.campaign.policy[settings.BACKGROUND_CHECKERS]
    if len(checks) < needed:
        raise Conflict(f"考察须由 {needed} 人完成，现有 {len(checks)} 人登记结果")
    passed = all(check.outcome is CheckOutcome.PASS for check in checks)
    registration.move(_R.INVEST_PASS if passed else _R.INVEST_FAIL)
    _end_if_failed(context, registration, "考察不合格")
    note(context, registration, "registration.background_settled", passed=passed)
    return registration.state


def pass_vetting(context: CommandContext, registration_id: int) -> None:
    """Medical and background check are passed: the candidate may be publicised."""
    registration = registration_of(context.session, registration_id)
    if registration.state not in (_R.INVEST_PASS, _R.MEDICAL_PASS):
        raise Conflict(f"当前状态为“{registration.state.label}”，体检、考察均合格后才能列为拟聘人选")
    registration.vetted_at = context.now
    note(context, registration, "registration.vetted")


def count_open_candidates(session: Session, campaign_id: int) -> int:
    """Selected candidates whose medical or background check is not concluded."""
    selected = registrations_in(session, campaign_id, *IN_VETTING)
    return sum(entry.selected_round is not None and entry.vetted_at is None for entry in selected)


def fill_vacancies(context: CommandContext, campaign_id: int, post_id: int | None = None) -> list[str]:
    """Calls the next of the ranking for every vacated place after the ranking; answers the numbers called.

    Each place is filled as many rounds as the county allows, and never once the hiring is approved.
    Running it again calls nobody twice.
    """
    campaign = campaign_of(context.session, campaign_id)
    if campaign.hired_at is not None:
        return []
    called: list[Registration] = []
    for post in campaign.posts:
        if post_id in (None, post.id):
            called += _fill_post(context, post, campaign.policy[settings.FILL_ROUNDS])
    if called and campaign.state is CampaignState.PUBLICITY:
        back = CampaignState.INVESTIGATION if _checks_first(campaign) else CampaignState.MEDICAL
        move_campaign(context, campaign_id, back)
    return numbers(called)


def publish_publicity(context: CommandContext, campaign_id: int) -> PublicNotice:
    """Publishes who is to be hired; objections are taken until the notice's `until`."""
    campaign = campaign_of(context.session, campaign_id)
    vetted = [r for r in registrations_in(context.session, campaign_id, *IN_VETTING) if r.vetted_at is not None]
    if campaign.state is not CampaignState.PUBLICITY:
        move_campaign(context, campaign_id, CampaignState.PUBLICITY)
    for registration in vetted:
        registration.move(_R.PUBLICISED)
    shown = registrations_in(context.session, campaign_id, _R.PUBLICISED, _R.OBJECTED)
    columns = ("岗位代码", "岗位名称", "姓名", "准考证号", "笔试成绩", "面试成绩", "总成绩", "名次")
    rows = [
        (
            r.post.code if r.post else "", r.post.name if r.post else "", r.name, r.exam_number, r.written_final,
            r.interview_score, r.total, r.rank,
        )
        for r in shown
    ]  # fmt: skip
    return publish_notice(
        context, campaign, NoticeKind.HIRING, NoticeTable(columns, rows),
        workdays=campaign.policy[settings.PUBLICITY_WORKDAYS],
    )  # fmt: skip


def approve_hiring(context: CommandContext, campaign_id: int) -> list[str]:
    """The county approves; from here on nobody is substituted. Answers the numbers to be hired."""
    campaign = campaign_of(context.session, campaign_id)
    notice = latest_notice(context.session, campaign_id, NoticeKind.HIRING)
    if notice is None or is_open(notice, context.now):
        raise Conflict("公示期尚未结束，不能审批聘用")
    move_campaign(context, campaign_id, CampaignState.HIRING_APPROVED)
    campaign.hired_at = context.now
    approved = registrations_in(context.session, campaign_id, _R.PUBLICISED)
    for registration in approved:
        registration.move(_R.APPROVED)
        note(context, registration, "registration.hire_approved")
    context.session.flush()
    return numbers(approved)


def approve_postponed(context: CommandContext, registration_id: int) -> None:
    """Approves somebody whose objection was cleared up after the others were approved."""
    registration = registration_of(context.session, registration_id)
    registration.move(_R.APPROVED)
    note(context, registration, "registration.hire_approved", postponed=True)


def enter_reserve(context: CommandContext, registration_id: int) -> RegistrationState:
    """An interviewee who was not hired enters the reserve pool, or is done where the county keeps none."""
    registration = registration_of(context.session, registration_id)
    months = registration.campaign.policy[settings.RESERVE_MONTHS]
    if months == 0 or registration.rank is None:
        end(context, registration_id, _R.NOT_HIRED, "本次招聘未聘用")
        return registration.state
    registration.move(_R.RESERVE)
    context.session.add(
        ReserveEntry(
            registration_id=registration_id, county_id=registration.campaign.county_id, rank=registration.rank,
            valid_until=add_months(context.today, months),
        )
    )  # fmt: skip
    context.session.flush()
    note(context, registration, "registration.reserved", months=months)
    return registration.state


def reserve_candidates(session: Session, campaign_id: int) -> list[str]:
    """Interviewees in the ranking whom nobody selected."""
    waiting = registrations_in(session, campaign_id, _R.RANKED)
    return numbers(entry for entry in waiting if entry.selected_round is None)


def count_open_hires(session: Session, campaign_id: int) -> int:
    """Approved or postponed candidates who have not yet started, waived or been refused."""
    return len(registrations_in(session, campaign_id, _R.APPROVED, _R.OBJECTED))


def close_campaign(context: CommandContext, campaign_id: int) -> int:
    """Ends the campaign; places that nobody took return to the county. Answers how many."""
    campaign = move_campaign(context, campaign_id, CampaignState.CLOSED)
    campaign.closed_at = context.now
    return release_reserved(context, campaign, "招聘结束，未聘满")


def ranking_of(context: CommandContext, post: CampaignPost) -> list[Ranked]:
    """The ranking of a post with everybody who was ever ranked in it."""
    query = select(Registration).where(Registration.post_id == post.id, Registration.rank.is_not(None))
    keys = campaign_tie_keys(context, post.campaign)
    return rank([entry.candidate for entry in context.session.scalars(query)], keys)


def _fill_post(context: CommandContext, post: CampaignPost, rounds: int) -> list[Registration]:
    called = []
    for vacated in _vacated(context.session, post.id):
        number = (vacated.selected_round or 0) + 1
        found = substitute(ranking_of(context, post), _taken(context.session, post.id)) if number <= rounds else None
        if found is None:
            continue
        registration = registration_of(context.session, int(found))
        registration.selected_round, registration.replaces_id = number, vacated.id
        registration.call_reason = f"第 {vacated.rank} 名{vacated.state.label}，按总成绩递补（第 {number} 轮）"
        context.session.flush()
        note(context, registration, "registration.called_up", stage="vetting", replaces=vacated.number)
        called.append(registration)
    return called


def _vacated(session: Session, post_id: int) -> list[Registration]:
    replaced = select(Registration.replaces_id).where(Registration.replaces_id.is_not(None))
    query = select(Registration).where(
        Registration.post_id == post_id, Registration.selected_round.is_not(None),
        Registration.state.in_(FINAL - {_R.HIRED}), Registration.id.not_in(replaced),
    )  # fmt: skip
    return list(session.scalars(query.order_by(Registration.rank, Registration.id)))


def _taken(session: Session, post_id: int) -> set[str]:
    query = select(Registration).where(Registration.post_id == post_id, Registration.rank.is_not(None))
    found = session.scalars(query)
    return {str(r.id) for r in found if r.selected_round is not None or r.state is not _R.RANKED}


def _checks_first(campaign: Campaign) -> bool:
    return campaign.policy[settings.STEP_ORDER] == "check_first"


def _medical_results(session: Session, registration_id: int) -> list[MedicalResult]:
    query = select(MedicalResult).where(MedicalResult.registration_id == registration_id)
    return list(session.scalars(query.order_by(MedicalResult.round)))


def _check_retest(registration: Registration, first: MedicalResult, outcome: MedicalOutcome, examined_on: date) -> None:
    if outcome is MedicalOutcome.RETEST:
        raise Invalid("复检只能进行一次，请登记“合格”或“不合格”")
    days = registration.campaign.policy[settings.RETEST_DAYS]
    asked_on = None if first.recheck_asked_at is None else local_date(first.recheck_asked_at)
    last = (asked_on or first.examined_on) + timedelta(days=days)
    if not first.examined_on <= examined_on <= last:
        raise Invalid(f"复检应在 {first.examined_on} 至 {last} 之间进行", fields={"examined_on": "复检日期超出期限"})


def _checks(session: Session, registration_id: int) -> list[BackgroundCheck]:
    query = select(BackgroundCheck).where(BackgroundCheck.registration_id == registration_id)
    return list(session.scalars(query.order_by(BackgroundCheck.id)))


def _end_if_failed(context: CommandContext, registration: Registration, reason: str) -> None:
    if registration.state in FINAL:
        registration.ended_at, registration.ended_reason = context.now, reason
    context.session.flush()
