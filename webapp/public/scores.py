"""Scores as their owner sees them, each with how it came about; nothing before it is published."""

from dataclasses import dataclass
from decimal import Decimal

from engine.personnel.recruitment import settings
from engine.personnel.recruitment.pass_lines import ExamOutcome
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.states import CAMPAIGN_MOVES, CampaignState

_C = CampaignState


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One score and its arithmetic."""

    name: str
    value: Decimal | None
    how: str


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """Everything published about one person's scores."""

    campaign: str
    exam_number: str
    name: str
    post: str
    lines: tuple[ScoreLine, ...]
    outcome: str
    rank: int | None
    rank_reason: str


def score_sheet(registration: Registration) -> ScoreSheet | None:
    """The published scores; None while nothing is published."""
    if not written_published(registration):
        return None
    totals = totals_published(registration)
    lines = [_written(registration)]
    if totals and registration.interview_score is not None:
        lines += [_interview(registration), _total(registration)]
    return ScoreSheet(
        registration.campaign.title, registration.exam_number or "", registration.name,
        "" if registration.post is None else f"{registration.post.code} {registration.post.name}", tuple(lines),
        _outcome(registration), registration.rank if totals else None, registration.rank_reason if totals else "",
    )  # fmt: skip


def written_published(registration: Registration) -> bool:
    """Whether the written scores of the campaign are public."""
    return registration.campaign.state in _from(_C.SCORES_PUBLISHED) and registration.written_outcome is not None


def totals_published(registration: Registration) -> bool:
    """Whether the totals of the campaign are public."""
    return registration.campaign.state in _from(_C.TOTAL_PUBLISHED)


def _from(state: CampaignState) -> frozenset[CampaignState]:
    """The state and everything that can follow."""
    found, waiting = {state}, [state]
    while waiting:
        for following in CAMPAIGN_MOVES[waiting.pop()] - found:
            found.add(following)
            waiting.append(following)
    return frozenset(found)


def _written(registration: Registration) -> ScoreLine:
    if registration.written_outcome in (ExamOutcome.ABSENT, ExamOutcome.CHEATED):
        return ScoreLine("笔试成绩", None, registration.written_outcome.label)
    how = f"卷面 {registration.written_paper:.2f}"
    if registration.bonus:
        how += f"，加分 {registration.bonus:.2f}（{registration.bonus_reason}）"
    else:
        how += "，无加分"
    line = registration.campaign.policy[settings.WRITTEN_PASS]
    return ScoreLine("笔试成绩", registration.written_final, how + (f"；合格线 {line:.2f}" if line else ""))


def _interview(registration: Registration) -> ScoreLine:
    dropped = registration.campaign.policy[settings.JUDGES_DROPPED]
    how = f"考官评分去掉 {dropped} 个最高分和 {dropped} 个最低分后的平均分，四舍五入到两位小数"
    return ScoreLine("面试成绩", registration.interview_score, how)


def _total(registration: Registration) -> ScoreLine:
    weight = registration.post.written_weight if registration.post else Decimal(50)
    written = f"笔试 {registration.written_final:.2f}×{_plain(weight)}%"
    how = f"{written} + 面试 {registration.interview_score:.2f}×{_plain(100 - weight)}%"
    return ScoreLine("总成绩", registration.total, how)


def _outcome(registration: Registration) -> str:
    return registration.written_outcome.label if registration.written_outcome else ""


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
