"""Written results, shortlist, re-check with substitution, interviews, totals and ranking [domain 1.8-1.11]."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.orm import Session

from engine.kernel.command import CommandContext
from engine.kernel.errors import Invalid
from engine.personnel.decisions import Decide, decider, remembering
from engine.personnel.policy import Policy
from engine.personnel.recruitment import settings
from engine.personnel.recruitment.announcement import campaign_of, move_campaign
from engine.personnel.recruitment.bonus import BonusCombination, BonusPoints, bonus
from engine.personnel.recruitment.campaigns import Campaign, CampaignPost
from engine.personnel.recruitment.enrolment import add_review, registration_of
from engine.personnel.recruitment.exams import InterviewScore, RankEntry, WrittenScore
from engine.personnel.recruitment.notices import NoticeTable, publish_notice
from engine.personnel.recruitment.outcomes import NoticeKind, PublicNotice
from engine.personnel.recruitment.pass_lines import ExamOutcome, interview_outcome, written_outcome
from engine.personnel.recruitment.ranking import Ranked, TieKey, rank, tie_keys, unresolved
from engine.personnel.recruitment.registrations import Registration, ReviewDecision, ReviewStage, note
from engine.personnel.recruitment.scores import check_score, total_score, written_final
from engine.personnel.recruitment.selection import Scored, called_up, shortlist
from engine.personnel.recruitment.settlement import numbers, registrations_in
from engine.personnel.recruitment.sheet_imports import is_counted, refuse_while_importing
from engine.personnel.recruitment.states import CampaignState, RegistrationState, check_registration_move

_R = RegistrationState
_ZERO = Decimal(0)
_AT_A_TIME = 500
"""Ids in one statement."""


@dataclass(frozen=True, slots=True)
class WrittenResults:
    """What the written exam came to."""

    passed: int
    failed: int
    absent: int


@dataclass(frozen=True, slots=True)
class _Examined:
    """What the shortlist needs to know of a participant."""

    id: int
    number: str
    exam_number: str
    post_id: int
    outcome: ExamOutcome | None
    final: Decimal


@dataclass(frozen=True, slots=True)
class OpenTie:
    """A tie across the last place of a post that only an extra test can settle."""

    post_id: int
    post: str
    numbers: tuple[str, ...]


def settle_written(context: CommandContext, campaign_id: int) -> WrittenResults:
    """Final written scores with bonus and verdict for everybody who holds a ticket; may be run again after 查分."""
    settle_written_part(context, campaign_id, begin_written(context, campaign_id))
    query = select(Registration.written_outcome, func.count()).where(
        Registration.campaign_id == campaign_id, Registration.state == _R.TICKET_PRINTED
    )
    counts: Counter[ExamOutcome | None] = Counter()
    for outcome, count in context.session.execute(query.group_by(Registration.written_outcome)):
        counts[outcome] = count
    absent, passed = counts[ExamOutcome.ABSENT], counts[ExamOutcome.PASSED]
    return WrittenResults(passed, counts.total() - passed - absent, absent)


def begin_written(context: CommandContext, campaign_id: int) -> list[int]:
    """Whose written scores are to be settled, once everybody has one; answers the registrations."""
    campaign = campaign_of(context.session, campaign_id)
    refuse_while_importing(context.session, campaign_id)
    if campaign.state is CampaignState.TICKETS:
        move_campaign(context, campaign_id, CampaignState.WRITTEN_DONE)
    query = select(Registration.id, Registration.exam_number).where(
        Registration.campaign_id == campaign_id, Registration.state == _R.TICKET_PRINTED
    )
    participants = context.session.execute(query.order_by(Registration.id)).all()
    scored = set(context.session.scalars(counted_written(campaign_id).with_only_columns(WrittenScore.registration_id)))
    missing = [number or "" for found, number in participants if found not in scored]
    if missing:
        raise Invalid(f"还有 {len(missing)} 名考生没有笔试成绩，例如准考证号 {missing[0]}；缺考的请在表中标注“缺考”")
    return [found for found, _ in participants]


def settle_written_part(context: CommandContext, campaign_id: int, registration_ids: Sequence[int]) -> None:
    """Settles some of the participants; the same scores give the same result however often it is done."""
    policy, decide = campaign_of(context.session, campaign_id).policy, remembering(decider(context))
    for start in range(0, len(registration_ids), _AT_A_TIME):
        ids = registration_ids[start : start + _AT_A_TIME]
        query = counted_written(campaign_id).where(WrittenScore.registration_id.in_(ids))
        marks = {score.registration_id: score for score in context.session.scalars(query)}
        for registration in context.session.scalars(select(Registration).where(Registration.id.in_(ids))):
            _settle_one_written(decide, policy, registration, marks[registration.id])
        context.session.flush()


def publish_written(context: CommandContext, campaign_id: int) -> tuple[PublicNotice, PublicNotice]:
    """Publishes the written scores and the list of bonus points; the windows are in the notices' `until`."""
    campaign = move_campaign(context, campaign_id, CampaignState.SCORES_PUBLISHED)
    scored = registrations_in(context.session, campaign_id, _R.TICKET_PRINTED)
    columns = ("准考证号", "岗位代码", "卷面成绩", "加分", "笔试成绩", "结果")
    scores = publish_notice(
        context, campaign, NoticeKind.WRITTEN, NoticeTable(columns, [_written_row(entry) for entry in scored]),
        workdays=campaign.policy[settings.SCORE_QUERY_WORKDAYS],
    )  # fmt: skip
    granted = [(r.exam_number, r.name, r.bonus_reason, r.bonus) for r in scored if r.bonus]
    bonuses = publish_notice(
        context, campaign, NoticeKind.BONUS, NoticeTable(("准考证号", "姓名", "加分项目", "加分"), granted),
        workdays=campaign.policy[settings.BONUS_PUBLICITY_WORKDAYS],
    )  # fmt: skip
    return scores, bonuses


def shortlist_posts(context: CommandContext, campaign_id: int) -> dict[str, RegistrationState]:
    """Who is invited to the re-check, who waits as a substitute, who is out; by registration number."""
    campaign = move_campaign(context, campaign_id, CampaignState.RECHECK)
    ratio = campaign.policy[settings.INTERVIEW_RATIO]
    states: dict[_Examined, RegistrationState] = {}
    examined = _examined(context.session, Registration.campaign_id == campaign_id, _R.TICKET_PRINTED)
    for post in campaign.posts:
        mine = [entry for entry in examined if entry.post_id == post.id]
        invited = set(shortlist(_passers(mine), post.heads, ratio).invited)
        states |= {entry: _after_written(entry, invited) for entry in mine}
    for state in set(states.values()):
        check_registration_move(_R.TICKET_PRINTED, state)
        _move(context.session, [entry.id for entry in states if states[entry] is state], state)
    _publish_shortlist(context, campaign, [entry for entry in states if states[entry] is _R.SHORTLISTED])
    return {entry.number: states[entry] for entry in examined}


def record_recheck(context: CommandContext, registration_id: int, passed: bool, opinion: str = "") -> RegistrationState:
    """The originals were checked, or nobody appeared with them."""
    return _recheck(context, registration_id, ReviewStage.RECHECK, passed, opinion)


def record_defence(context: CommandContext, registration_id: int, upheld: bool, opinion: str) -> RegistrationState:
    """Statement and defence after a failed re-check were heard; `upheld` restores the place."""
    registration = registration_of(context.session, registration_id)
    if upheld:
        return _recheck(context, registration_id, ReviewStage.DEFENCE, upheld, opinion)
    add_review(context, registration, ReviewStage.DEFENCE, ReviewDecision.REJECT, opinion=opinion)
    return registration.state


def call_up_substitutes(context: CommandContext, post_id: int) -> list[str]:
    """Fills vacated interview places of a post by written score, ties included; answers the numbers called.

    Nothing happens while as many as planned are still in, nor once the interview is so near that
    substitution has stopped.
    """
    post = context.session.get_one(CampaignPost, post_id)
    if context.now >= substitution_stops_at(post.campaign):
        return []
    holding = _post_count(context.session, post_id, _R.SHORTLISTED, _R.RECHECK_PASS)
    places = post.heads * post.campaign.policy[settings.INTERVIEW_RATIO]
    if holding >= places:
        return []
    waiting = _examined(context.session, Registration.post_id == post_id, _R.SUBSTITUTE)
    called: set[str] = set()
    while holding + len(called) < places:
        best = called_up(_passers(waiting), called)
        if not best:
            break
        called |= set(best)
    return [_call_up(context, entry.id) for entry in waiting if str(entry.id) in called]


def substitution_stops_at(campaign: Campaign) -> datetime:
    """From here on vacated interview places stay empty."""
    return campaign.interview_at - timedelta(days=campaign.policy[settings.SUBSTITUTION_STOP_DAYS])


def settle_interviews(context: CommandContext, campaign_id: int) -> dict[str, RegistrationState]:
    """Verdicts on all interviews; answers the new state by registration number."""
    refuse_while_importing(context.session, campaign_id)
    campaign = move_campaign(context, campaign_id, CampaignState.INTERVIEW_DONE)
    invited = registrations_in(context.session, campaign_id, _R.RECHECK_PASS)
    marks = latest_interviews(context.session, campaign_id)
    missing = [entry.exam_number or "" for entry in invited if entry.id not in marks]
    if missing:
        raise Invalid(f"还有 {len(missing)} 名考生没有面试成绩，例如准考证号 {missing[0]}；缺考的请标注“缺考”")
    present = {post.id: 0 for post in campaign.posts}
    for entry in invited:
        present[entry.post_id or 0] += not marks[entry.id].absent
    for registration in invited:
        heads = registration.post.heads if registration.post else 0
        competitive = present[registration.post_id or 0] > heads
        _settle_one_interview(context, registration, marks[registration.id], competitive)
    context.session.flush()
    return {registration.number or "": registration.state for registration in invited}


def rank_totals(context: CommandContext, campaign_id: int) -> list[OpenTie]:
    """Totals and ranking of every post; answers the ties that need an extra test. May be run again after one."""
    campaign = campaign_of(context.session, campaign_id)
    keys = campaign_tie_keys(context, campaign)
    ties: list[OpenTie] = []
    for post in campaign.posts:
        ranked = _rank_post(context, post, keys)
        open_tie = unresolved(ranked, post.heads)
        if open_tie:
            tied = [registration_of(context.session, int(entry.candidate.id)) for entry in open_tie]
            ties.append(OpenTie(post.id, post.code, tuple(numbers(tied))))
    return ties


def record_extra_test(context: CommandContext, registration_id: int, score: Decimal) -> None:
    """The score of an extra test between those who tie; it only decides between them."""
    registration = registration_of(context.session, registration_id)
    registration.extra_score = check_score(score, "加试成绩")
    note(context, registration, "registration.extra_test_recorded", score=registration.extra_score)


def publish_totals(context: CommandContext, campaign_id: int) -> PublicNotice:
    """Publishes totals and ranks with the reason of every tie-break."""
    campaign = move_campaign(context, campaign_id, CampaignState.TOTAL_PUBLISHED)
    ranked = registrations_in(context.session, campaign_id, _R.INTERVIEWED)
    for registration in ranked:
        registration.move(_R.RANKED)
    columns = ("岗位代码", "准考证号", "笔试成绩", "面试成绩", "总成绩", "名次", "同分处理")
    rows = [
        (
            r.post.code if r.post else "", r.exam_number, r.written_final, r.interview_score, r.total, r.rank,
            r.rank_reason,
        )
        for r in sorted(ranked, key=lambda entry: (entry.post_id or 0, entry.rank or 0))
    ]  # fmt: skip
    return publish_notice(context, campaign, NoticeKind.TOTALS, NoticeTable(columns, rows))


def campaign_tie_keys(context: CommandContext, campaign: Campaign) -> tuple[TieKey, ...]:
    """The ordered tie keys under the campaign's frozen settings."""
    preferences = campaign.policy[settings.TIE_PREFERENCES]
    return tie_keys(decider(context), campaign.policy[settings.TIE_TEMPLATE], preferences)


def latest_written(session: Session, campaign_id: int) -> dict[int, WrittenScore]:
    """The written score that counts, by registration id."""
    return {score.registration_id: score for score in session.scalars(counted_written(campaign_id))}


def latest_interviews(session: Session, campaign_id: int) -> dict[int, InterviewScore]:
    """The interview that counts, by registration id."""
    query = (
        select(InterviewScore)
        .join(Registration, Registration.id == InterviewScore.registration_id)
        .where(Registration.campaign_id == campaign_id, is_counted(InterviewScore.import_id))
        .order_by(InterviewScore.id)
    )
    return {score.registration_id: score for score in session.scalars(query)}


def counted_written(campaign_id: int) -> Select[WrittenScore]:
    """The written scores of a campaign that count, oldest first: of several the last one is valid."""
    return (
        select(WrittenScore)
        .join(Registration, Registration.id == WrittenScore.registration_id)
        .where(Registration.campaign_id == campaign_id, is_counted(WrittenScore.import_id))
        .order_by(WrittenScore.id)
    )


def _settle_one_written(decide: Decide, policy: Policy, registration: Registration, mark: WrittenScore) -> None:
    granted = bonus(decide, bonus_points_of(policy), registration.certificate, veteran=registration.veteran)
    claimed = registration.bonus_claimed and not mark.absent and not mark.cheated
    paper = mark.paper or _ZERO
    registration.bonus = granted.points if claimed else _ZERO
    registration.bonus_reason = "、".join(item.item for item in granted.items) if claimed else ""
    final = written_final(paper, registration.bonus, above_100=policy[settings.BONUS_ABOVE_100])
    verdict = written_outcome(
        decide, absent=mark.absent, cheated=mark.cheated, paper=paper, final=final,
        line=policy[settings.WRITTEN_PASS], basis=policy[settings.PASS_LINE_BASIS],
    )  # fmt: skip
    counted = not mark.absent and not mark.cheated
    registration.written_paper = mark.paper if counted else None
    registration.written_final = final if counted else None
    registration.written_outcome = verdict.outcome


def bonus_points_of(policy: Policy) -> BonusPoints:
    """What the county grants, from its settings."""
    return BonusPoints(
        policy[settings.BONUS_JUNIOR], policy[settings.BONUS_MIDDLE], policy[settings.BONUS_SENIOR],
        policy[settings.BONUS_VETERAN], policy[settings.BONUS_CAP],
        BonusCombination(policy[settings.BONUS_COMBINATION]),
    )  # fmt: skip


def _after_written(entry: _Examined, invited: set[str]) -> RegistrationState:
    if entry.outcome is ExamOutcome.ABSENT:
        return _R.ABSENT
    if entry.outcome is not ExamOutcome.PASSED:
        return _R.WRITTEN_FAIL
    return _R.SHORTLISTED if str(entry.id) in invited else _R.SUBSTITUTE


def _passers(examined: Iterable[_Examined]) -> list[Scored]:
    return [Scored(str(entry.id), entry.final) for entry in examined if entry.outcome is ExamOutcome.PASSED]


def _examined(session: Session, among: ColumnElement[bool], state: RegistrationState) -> list[_Examined]:
    query = select(
        Registration.id, Registration.number, Registration.exam_number, Registration.post_id,
        Registration.written_outcome, Registration.written_final,
    ).where(among, Registration.state == state)  # fmt: skip
    return [
        _Examined(id_, number or "", exam_number or "", post_id or 0, outcome, final or _ZERO)
        for id_, number, exam_number, post_id, outcome, final in session.execute(query.order_by(Registration.id))
    ]


def _move(session: Session, registration_ids: Sequence[int], state: RegistrationState) -> None:
    """Moves many in few statements; the caller has checked that the move is declared."""
    for start in range(0, len(registration_ids), _AT_A_TIME):
        chosen = update(Registration).where(Registration.id.in_(registration_ids[start : start + _AT_A_TIME]))
        session.execute(chosen.values(state=state, revision=Registration.revision + 1))


def _call_up(context: CommandContext, registration_id: int) -> str:
    registration = registration_of(context.session, registration_id)
    registration.move(_R.SHORTLISTED)
    registration.call_reason = "资格复审出现缺额，按笔试成绩递补"
    note(context, registration, "registration.called_up", stage="recheck")
    context.session.flush()
    return registration.number or ""


def _recheck(
    context: CommandContext, registration_id: int, stage: ReviewStage, passed: bool, opinion: str
) -> RegistrationState:
    registration = registration_of(context.session, registration_id)
    registration.move(_R.RECHECK_PASS if passed else _R.RECHECK_FAIL)
    decision = ReviewDecision.PASS if passed else ReviewDecision.REJECT
    add_review(context, registration, stage, decision, opinion=opinion)
    return registration.state


def _settle_one_interview(
    context: CommandContext, registration: Registration, mark: InterviewScore, competitive: bool
) -> None:
    score = mark.score or _ZERO
    line = registration.campaign.policy[settings.INTERVIEW_PASS]
    verdict = interview_outcome(decider(context), absent=mark.absent, score=score, line=line, competitive=competitive)
    registration.interview_score = None if mark.absent else score
    states = {ExamOutcome.ABSENT: _R.ABSENT, ExamOutcome.PASSED: _R.INTERVIEWED}
    registration.move(states.get(verdict.outcome, _R.INTERVIEW_FAIL))
    if verdict.outcome is not ExamOutcome.PASSED:
        registration.ended_at, registration.ended_reason = context.now, verdict.reason


def _rank_post(context: CommandContext, post: CampaignPost, keys: tuple[TieKey, ...]) -> list[Ranked]:
    interviewed = _of_post(context.session, post.id, _R.INTERVIEWED)
    line = post.campaign.policy[settings.TOTAL_PASS]
    for registration in interviewed:
        registration.total = total_score(
            registration.written_final or _ZERO, registration.interview_score or _ZERO, post.written_weight
        )
    kept = [entry for entry in interviewed if (entry.total or _ZERO) >= line]
    ranked = rank([entry.candidate for entry in kept], keys)
    number = _next_round(context.session, post.id)
    by_id = {str(entry.id): entry for entry in kept}
    for place in ranked:
        _keep_place(context, by_id[place.candidate.id], place, keys, number)
    for registration in interviewed:
        if registration not in kept:
            registration.move(_R.INTERVIEW_FAIL)
            registration.ended_at, registration.ended_reason = context.now, f"未达到总成绩合格线 {line} 分"
    context.session.flush()
    return ranked


def _keep_place(
    context: CommandContext, registration: Registration, place: Ranked, keys: tuple[TieKey, ...], number: int
) -> None:
    registration.rank, registration.rank_reason = place.rank, place.reason[:500]
    context.session.add(
        RankEntry(
            post_id=registration.post_id, registration_id=registration.id, round=number, rank=place.rank,
            total=place.candidate.total, reason=place.reason[:500], at=context.now,
            keys=[{"key": key.name.value, "label": key.name.label, "clause": key.clause} for key in keys],
        )
    )  # fmt: skip


def _next_round(session: Session, post_id: int) -> int:
    return (session.scalar(select(func.max(RankEntry.round)).where(RankEntry.post_id == post_id)) or 0) + 1


def _publish_shortlist(context: CommandContext, campaign: Campaign, invited: Iterable[_Examined]) -> None:
    codes = {post.id: post.code for post in campaign.posts}
    rows = [(codes[entry.post_id], entry.exam_number, entry.final) for entry in invited]
    publish_notice(context, campaign, NoticeKind.SHORTLIST, NoticeTable(("岗位代码", "准考证号", "笔试成绩"), rows))


def _written_row(entry: Registration) -> tuple[object, ...]:
    code = entry.post.code if entry.post else ""
    outcome = entry.written_outcome.label if entry.written_outcome else ""
    shown = [value if value is not None else "—" for value in (entry.written_paper, entry.bonus, entry.written_final)]
    return (entry.exam_number, code, *shown, outcome)


def _of_post(session: Session, post_id: int, *states: RegistrationState) -> list[Registration]:
    query = select(Registration).where(Registration.post_id == post_id, Registration.state.in_(states))
    return list(session.scalars(query.order_by(Registration.id)))


def _post_count(session: Session, post_id: int, *states: RegistrationState) -> int:
    query = select(func.count()).where(Registration.post_id == post_id, Registration.state.in_(states))
    return session.scalar(query) or 0
