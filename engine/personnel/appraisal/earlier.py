"""Earlier years as a county enters them when it introduces the software; what they led to has happened already."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid
from engine.personnel.appraisal.cases import AppraisalCase
from engine.personnel.appraisal.effects import performance_factor
from engine.personnel.appraisal.guides import guide_of_year
from engine.personnel.appraisal.terms import AppraisalGrade, CaseState
from engine.personnel.authority import require_role
from engine.personnel.decisions import decider
from engine.personnel.workers import Worker


@dataclass(frozen=True, slots=True)
class EarlierResult:
    """One person's result of an earlier year; `grade` None: unrated."""

    worker_id: int
    grade: AppraisalGrade | None
    score: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ImportEarlierResults:
    """The county enters a whole earlier year at once, with the document it comes from. Answers how many."""

    county_id: int
    year: int
    source: str
    results: Sequence[EarlierResult]

    def execute(self, context: CommandContext) -> int:
        require_role(context, self.county_id, "county_clerk")
        check_earlier(context, self.county_id, self.year, self.source)
        for result in self.results:
            self._add(context, result)
        context.record("appraisal.earlier_imported", f"organisation:{self.county_id}", year=self.year,
                       results=len(self.results))  # fmt: skip
        return len(self.results)

    def _add(self, context: CommandContext, result: EarlierResult) -> None:
        query = select(Worker).where(Worker.id == result.worker_id, Worker.county_id == self.county_id)
        worker = context.session.scalar(query)
        if worker is None:
            raise Invalid(f"名册中没有编号为 {result.worker_id} 的社区工作者")
        context.session.add(
            AppraisalCase(
                worker_id=worker.id, county_id=worker.county_id, street_id=worker.street_id,
                community_id=worker.community_id, year=self.year, post=worker.post, state=CaseState.FILED,
                score=result.score, grade=result.grade, source=self.source.strip(), final_at=context.now,
                filed_at=context.now, performance=performance_factor(decider(context), result.grade),
            )
        )  # fmt: skip


def check_earlier(context: CommandContext, county_id: int, year: int, source: str) -> None:
    """Only a year before this one that was not appraised here, and only with the document it comes from."""
    if not 2000 <= year < context.today.year:
        raise Invalid(fields={"year": "只能导入以前年度的考核结果"})
    if not source.strip():
        raise Invalid(fields={"source": "请填写结果来源，例如备案文件号"})
    if guide_of_year(context.session, county_id, year) is not None:
        raise Conflict(f"{year} 年度考核已在系统内组织，不能导入")
