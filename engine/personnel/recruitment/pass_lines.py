"""Whether a score passes; the tables written_outcome and interview_outcome decide [domain 1.8, 1.10]."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.personnel.decisions import Decide, row
from engine.personnel.vocabulary import Term


class ExamOutcome(Term):
    """What an exam came to."""

    ABSENT = "absent", "缺考"
    CHEATED = "cheated", "违纪取消成绩"
    FAILED = "failed", "未达合格线"
    PASSED = "passed", "合格"


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome with the line that decided."""

    outcome: ExamOutcome
    reason: str


def written_outcome(
    decide: Decide, *, absent: bool, cheated: bool, paper: Decimal, final: Decimal, line: Decimal, basis: str
) -> Verdict:
    """Passed or not; `line` 0 means no line, `basis` tells whether it is held against the raw or the raised score."""
    return _verdict(
        decide,
        "written_outcome",
        {"absent": absent, "cheated": cheated, "paper": paper, "final": final, "pass_line": line, "basis": basis},
    )


def interview_outcome(decide: Decide, *, absent: bool, score: Decimal, line: Decimal, competitive: bool) -> Verdict:
    """Passed or not; without competition (no more interviewees than places) the table asks for its own line."""
    variables = {"absent": absent, "score": score, "pass_line": line, "competitive": competitive}
    return _verdict(decide, "interview_outcome", variables)


def _verdict(decide: Decide, table: str, variables: dict[str, Any]) -> Verdict:
    found = row(decide(table, variables))
    return Verdict(ExamOutcome(str(found["outcome"])), str(found["reason"]))
