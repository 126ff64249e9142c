"""Boards of a county or street: places, appraisal, secondments, exits; every number leads to its cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select

from engine.identity.organisations import Organisation, OrganisationKind, ancestor_of_kind
from engine.personnel.all_round import standing_of_communities
from engine.personnel.appraisal.cases import AppraisalCase, AppraisalPlan
from engine.personnel.appraisal.queries import BEFORE_SCORE, StreetProgress, progress_of_streets
from engine.personnel.appraisal.terms import CaseState
from engine.personnel.exits.cases import ExitCase, taken_up
from engine.personnel.exits.proposals import ExitProposal
from engine.personnel.exits.retirement_choices import retiring
from engine.personnel.exits.states import ENDED
from engine.personnel.quota_ledger import quota_standing
from engine.personnel.recruitment.requests import PostRequest
from engine.personnel.recruitment.states import RequestState
from engine.personnel.secondment.secondments import Secondment
from engine.personnel.secondment.states import ASKED, ON_LOAN, SecondmentState
from engine.personnel.workers import Worker
from webapp.home.panels import Cell, Figure, Look, Panel, Table

COUNTY = ("county_clerk", "county_head")
STREET = ("street_clerk", "street_leader")
LEADERS = (*COUNTY, *STREET)
SHOWN_STREETS = 30


@dataclass(frozen=True, slots=True)
class Part:
    """The part of the tree that a leader looks at: a county with its streets, or streets alone."""

    county_id: int | None
    """None when the person works at streets only."""
    around: int
    """The county, or the one around the street."""
    streets: Sequence[int]


def part_of(look: Look) -> Part | None:
    """The person's county, else his streets."""
    counties, own = look.actor.organisations(*COUNTY), look.actor.organisations(*STREET)
    query = select(Organisation.id).where(
        Organisation.kind == OrganisationKind.STREET.value,
        or_(Organisation.parent_id.in_(counties), Organisation.id.in_(own)),
    )
    streets = list(look.session.scalars(query.order_by(Organisation.path)))
    county = min(counties, default=None)
    around = county if county is not None else next(
        (found for place in sorted(own)
         if (found := ancestor_of_kind(look.session, place, OrganisationKind.COUNTY)) is not None), None
    )  # fmt: skip
    return None if around is None else Part(county, around, streets)


def boards(look: Look) -> Sequence[Panel]:
    """Everything a county or street asks about every morning."""
    part = part_of(look)
    if part is None:
        return ()
    return [_places(look, part), *_appraisal(look, part), _secondments(look, part), _exits(look, part)]


def _places(look: Look, part: Part) -> Panel:
    workers, quota = look.address("registry.workers"), look.address("desk.quota")
    figures = []
    if part.county_id is not None:
        standing = quota_standing(look.session, part.county_id, look.today)
        figures = [
            Figure("核定员额", standing.quota, quota), Figure("在岗", standing.staffed, workers),
            Figure("预留", standing.reserved, quota), Figure("空缺", max(0, standing.vacant), quota),
        ]  # fmt: skip
    else:
        staffed = select(func.count()).where(Worker.street_id.in_(part.streets), Worker.active)
        figures = [Figure("在岗社区工作者", look.session.scalar(staffed) or 0, workers)]
    short = sum(line.short for line in standing_of_communities(look.session, part.streets, look.today))
    figures.append(Figure("全科社工不足的社区", short, look.address("appraisal.all_round")))
    return Panel("员额和用人需求" if part.county_id else "队伍和用人需求", [*figures, *_requests(look, part)])


def _requests(look: Look, part: Part) -> list[Figure]:
    query = select(PostRequest.state, func.count()).where(PostRequest.street_id.in_(part.streets))
    found = dict(look.session.execute(query.group_by(PostRequest.state)).all())
    cases = look.address("worklist.all_of_them", process="post_request") or look.address("worklist.started")
    waiting = sum(found.get(state, 0) for state in (RequestState.SUBMITTED, RequestState.COUNTY_REVIEW))
    figures = [Figure("需求审核中", waiting, cases), Figure("已列入需求库", found.get(RequestState.ACCEPTED, 0), cases)]
    returned = found.get(RequestState.RETURNED, 0)
    return [*figures, Figure("退回补正", returned, cases)] if returned else figures


def _appraisal(look: Look, part: Part) -> list[Panel]:
    year = look.session.scalar(
        select(func.max(AppraisalPlan.year)).where(AppraisalPlan.county_id == part.around)
    )  # the year that runs; imported results of earlier years have no plan
    if year is None:
        return []
    lines = [line for line in progress_of_streets(look.session, part.around, year) if line.street_id in part.streets]
    late = _late(look, part, year)
    board = look.address("appraisal.board", year=year)
    return [
        Panel(
            f"{year} 年度考核", table=_progress(look, year, lines, late), href=board, link="考核看板",
            chart=_chart(lines) if len(lines) > 1 else None, chart_label="各街道考核进度（人）",
        )
    ]  # fmt: skip


def _progress(look: Look, year: int, lines: Sequence[StreetProgress], late: dict[int, int]) -> Table:
    def cell(line: StreetProgress, value: int, only: str = "", *, red: bool = False) -> Cell:
        href = look.address("appraisal.street", street_id=line.street_id, year=year, only=only or None)
        return Cell(value, href, red and value > 0)

    return Table(
        ("街道", "阶段", "应考核", "已交总结", "已评分", "已反馈", "已备案", "逾期"),
        [
            [Cell(line.street, look.address("appraisal.street", street_id=line.street_id, year=year)),
             Cell("未启动" if line.state is None else line.state.label), cell(line, line.people),
             cell(line, line.summarised), cell(line, line.scored), cell(line, line.served),
             cell(line, line.filed, CaseState.FILED.value), cell(line, late.get(line.street_id, 0), "late", red=True)]
            for line in lines[:SHOWN_STREETS]
        ],
    )  # fmt: skip


def _late(look: Look, part: Part, year: int) -> dict[int, int]:
    """Street -> people whose step should be over by the plan's dates."""
    overdue = or_(
        (AppraisalCase.state == CaseState.NOT_STARTED) & (AppraisalPlan.summary_closes_at < look.now),
        AppraisalCase.state.in_(BEFORE_SCORE[1:]) & (AppraisalPlan.ballots_close_at < look.now),
    )
    query = (
        select(AppraisalCase.street_id, func.count())
        .join(AppraisalPlan, AppraisalPlan.id == AppraisalCase.plan_id)
        .where(AppraisalCase.street_id.in_(part.streets), AppraisalCase.year == year, overdue)
        .group_by(AppraisalCase.street_id)
    )
    return dict(look.session.execute(query).all())


def _chart(lines: Sequence[StreetProgress]) -> dict[str, Any]:
    """How many of each street have come how far, as bars side by side."""
    shown = list(lines[:SHOWN_STREETS])[::-1]
    series = (
        ("应考核", [line.people for line in shown], "#d5d9e0"),
        ("已交总结", [line.summarised for line in shown], "#9db4dc"),
        ("已评分", [line.scored for line in shown], "#5b7fb9"), ("已反馈", [line.served for line in shown], "#1f3a6e"),
    )  # fmt: skip
    return {
        "tooltip": {}, "legend": {"data": [name for name, _, _ in series], "top": 0, "itemWidth": 14, "itemGap": 20},
        "grid": {"left": 96, "right": 24, "top": 40, "bottom": 24}, "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {"type": "category", "data": [line.street for line in shown]},
        "series": [
            {"type": "bar", "name": name, "data": data, "itemStyle": {"color": colour}, "barMaxWidth": 14}
            for name, data, colour in series
        ],
    }  # fmt: skip


def _secondments(look: Look, part: Part) -> Panel:
    query = select(Secondment.state, func.count()).where(Secondment.street_id.in_(part.streets))
    found = dict(look.session.execute(query.group_by(Secondment.state)).all())

    def figure(label: str, kind: str, states: frozenset[SecondmentState], *, late: bool = False) -> Figure:
        total = sum(found.get(state, 0) for state in states)
        return Figure(label, total, look.address("secondment.board", kind=kind), late and total > 0)

    return Panel(
        "借调",
        [
            figure("借调中", "current", ON_LOAN), figure("即将到期", "current", frozenset({SecondmentState.DUE_SOON})),
            figure("逾期未返岗", "overdue", frozenset({SecondmentState.OVERDUE}), late=True),
            figure("审批中和待借出", "pending", ASKED | {SecondmentState.APPROVED}),
        ],
        href=look.address("secondment.monthly"), link="借调月报",
    )  # fmt: skip


def _exits(look: Look, part: Part) -> Panel:
    query = select(ExitCase.state, func.count()).where(
        ExitCase.street_id.in_(part.streets), ExitCase.state.not_in(sorted(ENDED))
    )
    found = look.session.execute(query.group_by(ExitCase.state)).all()
    board = look.address("exits.board")
    proposals = select(func.count()).where(
        ExitProposal.street_id.in_(part.streets), ExitProposal.settled_at.is_(None),
        ExitProposal.id.not_in(taken_up()),
    )  # fmt: skip
    running = look.address("exits.board", state="open")
    figures = [Figure("办理中", sum(number for _, number in found), running)]
    figures += [
        Figure(state.label, number, look.address("exits.board", state=state.value))
        for state, number in sorted(found, key=lambda each: each[0].value)
    ]
    if part.county_id is None:
        figures.append(Figure("记录提示待研究", look.session.scalar(proposals) or 0, board))
        soon = len(retiring(look.session, set(part.streets), look.today))
        figures.append(Figure("半年内到龄退休", soon, look.address("exits.retirement")))
    return Panel("退出", figures, href=board, link="退出管理")
