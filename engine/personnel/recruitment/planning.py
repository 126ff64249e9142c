"""From a street's request to a published campaign [N 5.4-5.6, domain 1.2]."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity.organisations import OrganisationKind, ancestor_of_kind
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid, NotFound
from engine.personnel import quota_ledger
from engine.personnel.quota import QuotaStanding
from engine.personnel.recruitment.requests import PostRequest, PostRequestLine
from engine.personnel.recruitment.states import RequestState, check_request_move
from engine.personnel.vocabulary import Education, Target


@dataclass(frozen=True, slots=True)
class WantedPosts:
    """Posts of one kind that a street asks for."""

    name: str
    heads: int
    community_id: int | None = None
    target: Target = Target.OPEN
    education: Education = Education.COLLEGE
    duties: str = ""


def create_request(context: CommandContext, street_id: int, reason: str, wanted: Sequence[WantedPosts]) -> PostRequest:
    """A street's request, handed in for the street's own review."""
    _check_wanted(reason, wanted)
    county_id = ancestor_of_kind(context.session, street_id, OrganisationKind.COUNTY)
    if county_id is None:
        raise NotFound("没有找到该街道所属的县（市、区）")
    request = PostRequest(
        street_id=street_id, county_id=county_id, state=RequestState.SUBMITTED, reason=reason.strip(),
        created_by=context.actor.user_id, created_at=context.now, lines=[_line(item) for item in wanted],
    )  # fmt: skip
    context.session.add(request)
    context.session.flush()
    request.number = f"XQ{context.today.year}-{request.id:04d}"
    _note(context, request, "post_request.submitted", heads=request.heads)
    return request


def revise_request(context: CommandContext, request_id: int, reason: str, wanted: Sequence[WantedPosts]) -> None:
    """New content for a request that was sent back, handed in again."""
    _check_wanted(reason, wanted)
    request = request_of(context.session, request_id)
    move_request(context, request_id, RequestState.SUBMITTED)
    request.reason, request.lines = reason.strip(), [_line(item) for item in wanted]
    context.session.flush()


def move_request(context: CommandContext, request_id: int, state: RequestState, opinion: str = "") -> None:
    """Street or county decides: on to the county, returned, rejected; a rejected acceptance gives places back."""
    request = request_of(context.session, request_id)
    check_request_move(request.state, state)
    if request.state is RequestState.ACCEPTED and state is RequestState.REJECTED:
        quota_ledger.release(context, request.county_id, quota_subject(request), note=opinion)
    request.state, request.opinion = state, opinion
    _note(context, request, f"post_request.{state.value}", opinion=opinion)


def check_request_quota(context: CommandContext, request_id: int) -> QuotaStanding:
    """The county's places; refuses a request for more heads than are vacant [N 1.2, 1.3]."""
    request = request_of(context.session, request_id)
    standing = quota_ledger.quota_standing(context.session, request.county_id, context.today)
    standing.require(request.heads)
    return standing


def accept_request(context: CommandContext, request_id: int, accepted: Mapping[int, int] | None = None) -> int:
    """The county takes the request into its pool, with fewer heads per line if it says so; places are reserved.

    `accepted` maps line ids to heads; lines that are not named keep what was wanted. Answers the heads.
    """
    request = request_of(context.session, request_id)
    for line in request.lines:
        line.heads_accepted = _accepted_heads(line, accepted or {})
    if request.heads == 0:
        raise Invalid("核定人数合计为 0，请改为“不予采纳”")
    quota_ledger.reserve(context, request.county_id, quota_subject(request), request.heads, request.street_id)
    check_request_move(request.state, RequestState.ACCEPTED)
    request.state, request.decided_at = RequestState.ACCEPTED, context.now
    _note(context, request, "post_request.accepted", heads=request.heads)
    return request.heads


def pooled_requests(session: Session, county_id: int) -> list[PostRequest]:
    """Accepted requests that wait for a campaign."""
    query = select(PostRequest).where(PostRequest.county_id == county_id, PostRequest.state == RequestState.ACCEPTED)
    return list(session.scalars(query.order_by(PostRequest.id)))


def request_of(session: Session, request_id: int) -> PostRequest:
    """The request, or NotFound."""
    request = session.get(PostRequest, request_id)
    if request is None:
        raise NotFound("没有找到该用人需求")
    return request


def take_into_plan(context: CommandContext, request_id: int, county_id: int, campaign_id: int) -> list[PostRequestLine]:
    """Marks an accepted request as planned in a campaign and answers its lines with heads."""
    request = request_of(context.session, request_id)
    if request.county_id != county_id:
        raise NotFound("没有找到该用人需求")
    if request.state is not RequestState.ACCEPTED:
        raise Conflict(f"用人需求 {request.number} 的状态为“{request.state.label}”，不能列入招聘计划")
    move_request(context, request_id, RequestState.PLANNED)
    lines = [line for line in request.lines if line.heads > 0]
    for line in lines:
        line.campaign_id = campaign_id
    return lines


def quota_subject(request: PostRequest) -> str:
    """What the ledger calls the places of a request."""
    return f"post_request:{request.id}"


def _accepted_heads(line: PostRequestLine, accepted: Mapping[int, int]) -> int:
    heads = accepted.get(line.id, line.heads_wanted)
    if not 0 <= heads <= line.heads_wanted:
        raise Invalid(f"“{line.name}”申请 {line.heads_wanted} 名，核定人数应在 0 至 {line.heads_wanted} 之间")
    return heads


def _check_wanted(reason: str, wanted: Sequence[WantedPosts]) -> None:
    problems = {}
    if not reason.strip():
        problems["reason"] = "请填写用人理由"
    if not wanted:
        problems["lines"] = "请至少填写一个岗位"
    for index, item in enumerate(wanted):
        if item.heads < 1 or not item.name.strip():
            problems[f"lines-{index}"] = f"第 {index + 1} 行：请填写岗位名称和大于 0 的人数"
    if problems:
        raise Invalid(fields=problems)


def _line(item: WantedPosts) -> PostRequestLine:
    return PostRequestLine(
        name=item.name.strip(), heads_wanted=item.heads, community_id=item.community_id, target=item.target,
        education=item.education, duties=item.duties,
    )  # fmt: skip


def _note(context: CommandContext, request: PostRequest, type_: str, **facts: Any) -> None:
    subject = f"post_request:{request.id}"
    context.record(type_, subject, chain=subject, **facts)
