"""States of requests, campaigns and registrations, each with its declared transitions [domain 10.4]."""

from collections.abc import Mapping
from typing import TypeVar

from engine.kernel.errors import Conflict
from engine.personnel.vocabulary import Term


class RequestState(Term):
    """A street's request for posts (用人需求)."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待街道审核"
    COUNTY_REVIEW = "county_review", "待县级审核"
    RETURNED = "returned", "退回修改"
    ACCEPTED = "accepted", "已列入需求库"
    PLANNED = "planned", "已进入招聘计划"
    REJECTED = "rejected", "不予采纳"


class CampaignState(Term):
    """An open recruitment from plan to close."""

    DRAFT = "draft", "编制方案"
    COUNTY_REVIEW = "county_review", "部领导审签"
    CITY_PREREVIEW = "city_prereview", "市级预审"
    APPROVED = "approved", "待发布"
    PUBLISHED = "published", "公告期"
    REG_OPEN = "reg_open", "报名中"
    REG_CLOSED = "reg_closed", "报名结束，资格初审"
    RATIO_SETTLED = "ratio_settled", "开考比例已确认"
    RE_REG = "re_reg", "改报"
    TICKETS = "tickets", "准考证打印"
    WRITTEN_DONE = "written_done", "笔试结束"
    SCORES_PUBLISHED = "scores_published", "笔试成绩已公布"
    RECHECK = "recheck", "资格复审"
    INTERVIEW_DONE = "interview_done", "面试结束"
    TOTAL_PUBLISHED = "total_published", "总成绩已公布"
    MEDICAL = "medical", "体检"
    INVESTIGATION = "investigation", "考察"
    PUBLICITY = "publicity", "拟聘用公示"
    HIRING_APPROVED = "hiring_approved", "聘用已审批"
    CLOSED = "closed", "已结束"
    CANCELLED = "cancelled", "已取消"


class RegistrationState(Term):
    """One applicant's way through one post."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待初审"
    RETURNED = "returned", "退回补正"
    PASSED = "passed", "初审通过"
    REJECTED = "rejected", "初审未通过"
    APPEALING = "appealing", "申诉中"
    POST_CANCELLED = "post_cancelled", "岗位取消，可改报"
    CONFIRMED = "confirmed", "可打印准考证"
    TICKET_PRINTED = "ticket_printed", "已打印准考证"
    ABSENT = "absent", "缺考"
    WRITTEN_FAIL = "written_fail", "笔试未合格"
    SUBSTITUTE = "substitute", "未入围，可递补"
    SHORTLISTED = "shortlisted", "进入资格复审"
    RECHECK_PASS = "recheck_pass", "复审通过"
    RECHECK_FAIL = "recheck_fail", "复审未通过"
    INTERVIEWED = "interviewed", "已面试"
    INTERVIEW_FAIL = "interview_fail", "面试未合格"
    RANKED = "ranked", "已公布总成绩"
    MEDICAL_PASS = "medical_pass", "体检合格"
    MEDICAL_RETEST = "medical_retest", "体检复检"
    MEDICAL_FAIL = "medical_fail", "体检不合格"
    INVEST_PASS = "invest_pass", "考察合格"
    INVEST_FAIL = "invest_fail", "考察不合格"
    PUBLICISED = "publicised", "拟聘用公示"
    OBJECTED = "objected", "公示异议核查"
    APPROVED = "approved", "聘用已审批"
    HIRED = "hired", "已聘用"
    RESERVE = "reserve", "进入后备库"
    NOT_HIRED = "not_hired", "未聘用"
    WITHDRAWN = "withdrawn", "已撤回"
    WAIVED = "waived", "已放弃"
    DISQUALIFIED = "disqualified", "取消资格"


_R = RegistrationState
_C = CampaignState
_Q = RequestState

REQUEST_MOVES: Mapping[RequestState, frozenset[RequestState]] = {
    _Q.DRAFT: frozenset({_Q.SUBMITTED}),
    _Q.SUBMITTED: frozenset({_Q.COUNTY_REVIEW, _Q.RETURNED, _Q.REJECTED, _Q.DRAFT}),
    _Q.COUNTY_REVIEW: frozenset({_Q.ACCEPTED, _Q.RETURNED, _Q.REJECTED}),
    _Q.RETURNED: frozenset({_Q.SUBMITTED, _Q.REJECTED}),
    _Q.ACCEPTED: frozenset({_Q.PLANNED, _Q.REJECTED}),
    _Q.PLANNED: frozenset({_Q.ACCEPTED}),
    _Q.REJECTED: frozenset(),
}

CAMPAIGN_MOVES: Mapping[CampaignState, frozenset[CampaignState]] = {
    _C.DRAFT: frozenset({_C.COUNTY_REVIEW}),
    _C.COUNTY_REVIEW: frozenset({_C.DRAFT, _C.CITY_PREREVIEW, _C.APPROVED}),
    _C.CITY_PREREVIEW: frozenset({_C.DRAFT, _C.COUNTY_REVIEW, _C.APPROVED}),
    _C.APPROVED: frozenset({_C.PUBLISHED, _C.DRAFT}),
    _C.PUBLISHED: frozenset({_C.REG_OPEN}),
    _C.REG_OPEN: frozenset({_C.REG_CLOSED}),
    _C.REG_CLOSED: frozenset({_C.RATIO_SETTLED, _C.REG_OPEN}),
    _C.RATIO_SETTLED: frozenset({_C.RE_REG, _C.TICKETS, _C.CLOSED}),
    _C.RE_REG: frozenset({_C.TICKETS, _C.CLOSED}),
    _C.TICKETS: frozenset({_C.WRITTEN_DONE, _C.CLOSED}),
    _C.WRITTEN_DONE: frozenset({_C.SCORES_PUBLISHED}),
    _C.SCORES_PUBLISHED: frozenset({_C.RECHECK}),
    _C.RECHECK: frozenset({_C.INTERVIEW_DONE}),
    _C.INTERVIEW_DONE: frozenset({_C.TOTAL_PUBLISHED}),
    _C.TOTAL_PUBLISHED: frozenset({_C.MEDICAL, _C.INVESTIGATION}),
    _C.MEDICAL: frozenset({_C.INVESTIGATION, _C.PUBLICITY}),
    _C.INVESTIGATION: frozenset({_C.MEDICAL, _C.PUBLICITY}),
    _C.PUBLICITY: frozenset({_C.HIRING_APPROVED, _C.MEDICAL, _C.INVESTIGATION}),
    _C.HIRING_APPROVED: frozenset({_C.CLOSED}),
    _C.CLOSED: frozenset(),
    _C.CANCELLED: frozenset(),
}

REGISTRATION_MOVES: Mapping[RegistrationState, frozenset[RegistrationState]] = {
    _R.DRAFT: frozenset({_R.SUBMITTED}),
    _R.SUBMITTED: frozenset({_R.PASSED, _R.RETURNED, _R.REJECTED, _R.WITHDRAWN, _R.NOT_HIRED}),
    _R.RETURNED: frozenset({_R.SUBMITTED, _R.REJECTED, _R.WITHDRAWN, _R.NOT_HIRED}),
    _R.REJECTED: frozenset({_R.SUBMITTED, _R.APPEALING, _R.DRAFT, _R.NOT_HIRED}),
    _R.APPEALING: frozenset({_R.PASSED, _R.REJECTED, _R.NOT_HIRED}),
    _R.WITHDRAWN: frozenset({_R.DRAFT, _R.SUBMITTED}),
    _R.PASSED: frozenset({_R.CONFIRMED, _R.POST_CANCELLED, _R.NOT_HIRED}),
    _R.POST_CANCELLED: frozenset({_R.SUBMITTED, _R.PASSED, _R.NOT_HIRED}),
    _R.CONFIRMED: frozenset({_R.TICKET_PRINTED}),
    _R.TICKET_PRINTED: frozenset({_R.ABSENT, _R.WRITTEN_FAIL, _R.SUBSTITUTE, _R.SHORTLISTED}),
    _R.SUBSTITUTE: frozenset({_R.SHORTLISTED, _R.NOT_HIRED}),
    _R.SHORTLISTED: frozenset({_R.RECHECK_PASS, _R.RECHECK_FAIL}),
    _R.RECHECK_FAIL: frozenset({_R.RECHECK_PASS, _R.NOT_HIRED}),
    _R.RECHECK_PASS: frozenset({_R.INTERVIEWED, _R.INTERVIEW_FAIL, _R.ABSENT}),
    _R.INTERVIEWED: frozenset({_R.RANKED, _R.INTERVIEW_FAIL}),
    _R.RANKED: frozenset(
        {_R.MEDICAL_PASS, _R.MEDICAL_FAIL, _R.MEDICAL_RETEST, _R.INVEST_PASS, _R.INVEST_FAIL, _R.RESERVE, _R.NOT_HIRED}
    ),
    _R.MEDICAL_RETEST: frozenset({_R.MEDICAL_PASS, _R.MEDICAL_FAIL}),
    _R.MEDICAL_PASS: frozenset({_R.INVEST_PASS, _R.INVEST_FAIL, _R.PUBLICISED, _R.RESERVE, _R.NOT_HIRED}),
    _R.INVEST_PASS: frozenset(
        {_R.PUBLICISED, _R.MEDICAL_PASS, _R.MEDICAL_FAIL, _R.MEDICAL_RETEST, _R.RESERVE, _R.NOT_HIRED}
    ),
    _R.PUBLICISED: frozenset({_R.OBJECTED, _R.APPROVED, _R.NOT_HIRED}),
    _R.OBJECTED: frozenset({_R.PUBLICISED, _R.APPROVED, _R.NOT_HIRED}),
    _R.APPROVED: frozenset({_R.HIRED, _R.NOT_HIRED}),
    _R.RESERVE: frozenset({_R.APPROVED, _R.NOT_HIRED}),
}
"""States without an entry are final; waiver and disqualification are added below."""

FINAL = frozenset(
    {
        _R.ABSENT, _R.WRITTEN_FAIL, _R.INTERVIEW_FAIL, _R.MEDICAL_FAIL, _R.INVEST_FAIL, _R.HIRED, _R.NOT_HIRED,
        _R.WAIVED, _R.DISQUALIFIED,
    }
)  # fmt: skip
"""Nothing follows; false data may still disqualify (资格审查贯穿全过程)."""
BEFORE_PASS = frozenset({_R.DRAFT, _R.SUBMITTED, _R.RETURNED, _R.REJECTED, _R.APPEALING, _R.WITHDRAWN})
"""The applicant is not yet admitted: he withdraws instead of waiving."""
EDITABLE = frozenset({_R.DRAFT, _R.RETURNED, _R.REJECTED, _R.WITHDRAWN, _R.POST_CANCELLED})
"""The applicant may change his form."""

S = TypeVar("S", RequestState, CampaignState, RegistrationState)


def check_request_move(old: RequestState, new: RequestState) -> None:
    """Refuses what the table does not declare."""
    _check(old, new, REQUEST_MOVES[old])


def check_campaign_move(old: CampaignState, new: CampaignState) -> None:
    """Refuses what the table does not declare; a campaign may be cancelled until it is closed."""
    allowed = CAMPAIGN_MOVES[old]
    if old not in (_C.CLOSED, _C.CANCELLED):
        allowed = allowed | {_C.CANCELLED}
    _check(old, new, allowed)


def registration_moves(old: RegistrationState) -> frozenset[RegistrationState]:
    """Where a registration may go: the table, waiver once admitted, disqualification at any time after submitting."""
    allowed = set(REGISTRATION_MOVES.get(old, ()))
    if old not in (_R.DRAFT, _R.WITHDRAWN, _R.DISQUALIFIED):
        allowed.add(_R.DISQUALIFIED)
    if old not in FINAL | BEFORE_PASS:
        allowed |= {_R.WAIVED, _R.NOT_HIRED}
    return frozenset(allowed)


def check_registration_move(old: RegistrationState, new: RegistrationState) -> None:
    """Refuses what is not declared."""
    _check(old, new, registration_moves(old))


def _check(old: S, new: S, allowed: frozenset[S]) -> None:
    if new not in allowed:
        raise Conflict(f"当前状态为“{old.label}”，不能变更为“{new.label}”，请刷新后查看最新状态")
