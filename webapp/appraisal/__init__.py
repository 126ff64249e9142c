"""The annual appraisal: boards of street and county, ballots, ledgers, and everybody's own results."""

from webapp.appraisal import (
    all_round,
    attempts,
    ballots,
    boards,
    conduct,
    grades,
    ledgers,
    objections,
    own,
    publicity,
    sheets,
    starts,
    tokens,
    turnout,
    uploads,
)
from webapp.appraisal.blueprint import blueprint
from webapp.navigation import Entry

NAVIGATION: tuple[Entry, ...] = (
    Entry("appraisal.board", "考核看板", "年度考核"),
    Entry("appraisal.start_guide", "启动年度考核", "年度考核"),
    Entry("appraisal.start_plans", "统一启动考核", "年度考核"),
    Entry("appraisal.start_plan", "制定考核方案", "年度考核"),
    Entry("appraisal.ledger", "培训和考勤登记", "年度考核"),
    Entry("appraisal.all_round", "全科社工", "队伍"),
    Entry("appraisal.conduct", "考核处分登记", "年度考核"),
    Entry("appraisal.department", "部门考核申请", "年度考核"),
    Entry("appraisal.mine", "我的考核", "年度考核"),
    Entry("appraisal.papers", "民主测评", "年度考核"),
)

__all__ = ["NAVIGATION", "ROUTES", "blueprint"]

ROUTES = (
    all_round, attempts, ballots, boards, conduct, grades, ledgers, objections, own, publicity, sheets, starts,
    tokens, turnout, uploads,
)  # fmt: skip
"""The modules whose routes hang on the blueprint."""
