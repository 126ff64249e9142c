"""Registration of applicants: submitting, reviews, appeal, change of post, withdrawal [domain 1.5]."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid, NotFound, RuleViolation
from engine.personnel.decisions import decider
from engine.personnel.recruitment.campaigns import Campaign, CampaignPost
from engine.personnel.recruitment.eligibility import Obstacle, obstacles
from engine.personnel.recruitment.outcomes import ReEntryBan
from engine.personnel.recruitment.registration_form import form_problems
from engine.personnel.recruitment.registrations import (
    Registration,
    RegistrationReview,
    ReviewDecision,
    ReviewStage,
    id_index,
    note,
)
from engine.personnel.recruitment.states import FINAL, CampaignState, RegistrationState

ALREADY_REGISTERED = "该身份证号已在本次招聘中报名；每人限报一个岗位，如非本人操作请联系招聘单位"


def submit_registration(context: CommandContext, registration_id: int) -> Registration:
    """Checks the form and the conditions of the post and hands the registration in for review."""
    registration = registration_of(context.session, registration_id)
    _require_window(registration, context.now)
    problems = form_problems(registration, context.today)
    if problems:
        raise Invalid(fields=problems)
    _refuse_obstacles(registration_obstacles(context, registration))
    registration.id_index = claimed_index(context, registration)
    registration.move(RegistrationState.SUBMITTED)
    registration.submitted_at = context.now
    registration.ended_at, registration.ended_reason = None, ""
    note(context, registration, "registration.submitted", post=registration.post_id)
    context.session.flush()
    return registration


def record_review(
    context: CommandContext,
    registration_id: int,
    decision: ReviewDecision,
    opinion: str = "",
    remarks: Mapping[str, str] | None = None,
) -> RegistrationState:
    """The first review: passed (the form is locked), sent back with remarks per field, or rejected."""
    registration = registration_of(context.session, registration_id)
    states = {
        ReviewDecision.PASS: RegistrationState.PASSED,
        ReviewDecision.RETURN: RegistrationState.RETURNED,
        ReviewDecision.REJECT: RegistrationState.REJECTED,
    }
    if decision is not ReviewDecision.PASS and not opinion.strip() and not remarks:
        raise Invalid("请写明退回或不通过的理由，报考人员会看到", fields={"opinion": "请写明理由"})
    registration.move(states[decision])
    registration.passed_at = context.now if decision is ReviewDecision.PASS else None
    add_review(context, registration, ReviewStage.FIRST, decision, opinion=opinion, remarks=remarks)
    return registration.state


def request_appeal(context: CommandContext, registration_id: int, text: str) -> None:
    """The applicant appeals against a rejection, until the window of appeals closes."""
    registration = registration_of(context.session, registration_id)
    if context.now >= registration.campaign.appeal_closes_at:
        raise Invalid("申诉时间已截止")
    if not text.strip():
        raise Invalid("请写明申诉理由", fields={"text": "请写明申诉理由"})
    registration.move(RegistrationState.APPEALING)
    note(context, registration, "registration.appealed", text=text.strip())


def decide_appeal(context: CommandContext, registration_id: int, upheld: bool, opinion: str) -> RegistrationState:
    """Somebody who did not review the case decides the appeal; `upheld` means admitted after all."""
    registration = registration_of(context.session, registration_id)
    reviewers = {review.reviewer_id for review in registration.reviews if review.stage is ReviewStage.FIRST}
    if context.actor.user_id is not None and context.actor.user_id in reviewers:
        raise RuleViolation("初审人员不能办理同一人的申诉，请交由其他审查员办理", clause="10.1")
    registration.move(RegistrationState.PASSED if upheld else RegistrationState.REJECTED)
    registration.passed_at = context.now if upheld else None
    decision = ReviewDecision.PASS if upheld else ReviewDecision.REJECT
    add_review(context, registration, ReviewStage.APPEAL, decision, opinion=opinion)
    return registration.state


def withdraw_registration(context: CommandContext, registration_id: int) -> None:
    """The applicant takes it back before it is admitted; within the window he may register again."""
    registration = registration_of(context.session, registration_id)
    registration.move(RegistrationState.WITHDRAWN)
    registration.id_index = None
    note(context, registration, "registration.withdrawn")


def change_post(context: CommandContext, registration_id: int, post_id: int) -> None:
    """Another post for a form that may be edited; never one that was cancelled."""
    registration = registration_of(context.session, registration_id)
    post = context.session.get(CampaignPost, post_id)
    if post is None or post.campaign_id != registration.campaign_id:
        raise NotFound("没有找到该岗位")
    if post.cancelled:
        raise Invalid("该岗位已取消，请改报其他岗位", fields={"post_id": "该岗位已取消，请改报其他岗位"})
    registration.post = post
    registration.post_id = post.id
    note(context, registration, "registration.post_changed", post=post.code)


def waive(context: CommandContext, registration_id: int, reason: str) -> RegistrationState:
    """The applicant gives up his place, by statement or by not appearing."""
    return end(context, registration_id, RegistrationState.WAIVED, reason)


def disqualify(context: CommandContext, registration_id: int, reason: str) -> RegistrationState:
    """Cancels the registration at any stage for false data (资格审查贯穿全过程); answers the state it had."""
    if not reason.strip():
        raise Invalid("请写明取消资格的事实和依据", fields={"reason": "请写明取消资格的事实和依据"})
    return end(context, registration_id, RegistrationState.DISQUALIFIED, reason)


def end(context: CommandContext, registration_id: int, state: RegistrationState, reason: str) -> RegistrationState:
    """Ends a registration in `state` with its reason; answers the state it had before."""
    registration = registration_of(context.session, registration_id)
    before = registration.state
    registration.move(state)
    registration.ended_at, registration.ended_reason = context.now, reason.strip()[:500]
    note(context, registration, f"registration.{state.value}", before=before.value, reason=reason)
    context.session.flush()
    return before


def close_open_registration(context: CommandContext, registration_id: int, reason: str) -> RegistrationState:
    """Ends what was handed in and is not final as not hired, such as a rejection that stands; drafts stay drafts."""
    registration = registration_of(context.session, registration_id)
    if registration.state in FINAL | {RegistrationState.DRAFT, RegistrationState.WITHDRAWN}:
        return registration.state
    end(context, registration_id, RegistrationState.NOT_HIRED, reason)
    return RegistrationState.NOT_HIRED


def add_review(
    context: CommandContext,
    registration: Registration,
    stage: ReviewStage,
    decision: ReviewDecision,
    *,
    opinion: str,
    remarks: Mapping[str, str] | None = None,
) -> None:
    """Keeps a reviewer's decision; it is never changed afterwards."""
    registration.reviews.append(
        RegistrationReview(
            stage=stage, decision=decision, opinion=opinion.strip(), remarks=dict(remarks or {}),
            reviewer_id=context.actor.user_id, at=context.now,
        )
    )  # fmt: skip
    context.session.flush()
    note(context, registration, "registration.reviewed", stage=stage.value, decision=decision.value)


def claimed_index(context: CommandContext, registration: Registration) -> str:
    """The blind index of the person's ID number, which only one registration of a campaign may hold.

    It is taken with the submission and given back with a withdrawal: a draft hinders nobody.
    """
    index = id_index(context, registration.id_number or "")
    query = select(Registration.id).where(
        Registration.campaign_id == registration.campaign_id, Registration.id_index == index,
        Registration.id != registration.id,
    )  # fmt: skip
    if context.session.scalar(query.limit(1)) is not None:
        raise Invalid(fields={"id_number": ALREADY_REGISTERED})
    return index


def registration_obstacles(context: CommandContext, registration: Registration) -> list[Obstacle]:
    """Why the person may not apply for the post he chose."""
    if registration.post is None:
        raise Invalid("请选择报考岗位", fields={"post_id": "请选择报考岗位"})
    found = obstacles(decider(context), registration.post.conditions, registration.facts)
    if registration.id_number and _banned(context, id_index(context, registration.id_number)):
        found.append(Obstacle("id_number", "您在退出人员禁入期内，暂不能报考", "11.6"))
    return found


def registration_of(session: Session, registration_id: int) -> Registration:
    """The registration, or NotFound."""
    registration = session.get(Registration, registration_id)
    if registration is None:
        raise NotFound("没有找到该报名")
    return registration


def registration_by_number(session: Session, number: str) -> Registration:
    """The registration with that business key, or NotFound."""
    registration = session.scalars(select(Registration).where(Registration.number == number)).first()
    if registration is None:
        raise NotFound("没有找到该报名")
    return registration


def window_open(registration: Registration, now: datetime) -> bool:
    """Whether the applicant may still hand in or change the form."""
    campaign: Campaign = registration.campaign
    if registration.state is RegistrationState.POST_CANCELLED:
        closes = campaign.rereg_closes_at
        return campaign.state is CampaignState.RE_REG and closes is not None and now < closes
    in_time = campaign.reg_opens_at <= now < campaign.reg_closes_at
    return campaign.state is CampaignState.REG_OPEN and in_time


def _require_window(registration: Registration, now: datetime) -> None:
    if registration.state is RegistrationState.RETURNED and now < registration.campaign.reg_closes_at:
        return
    if not window_open(registration, now):
        raise Conflict("不在报名时间内，不能提交；草稿已为您保留")


def _refuse_obstacles(found: list[Obstacle]) -> None:
    if found:
        raise Invalid(fields={obstacle.field: obstacle.message for obstacle in found})


def _banned(context: CommandContext, id_index: str) -> bool:
    query = select(ReEntryBan.id).where(ReEntryBan.id_index == id_index, ReEntryBan.until >= context.today)
    return context.session.scalar(query.limit(1)) is not None
