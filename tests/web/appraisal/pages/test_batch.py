"""A case a worker begins as a batch: it shows how far it is, goes on after a stop, and begins nobody twice."""

from datetime import date

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from engine.delegates.appraisal.commands import StartPlan
from engine.kernel.command import CommandContext
from engine.personnel.appraisal import plans
from engine.personnel.appraisal.cases import AppraisalCase, AppraisalPlan
from engine.personnel.vocabulary import Education, Politics, Post, Sex, WorkerCategory
from engine.personnel.workers import Worker
from engine.workflow.jobs import run_due_jobs
from engine.workflow.tables import ProcessInstance
from tests.process.appraisal.town import YEAR, Town
from tests.visitor import SignIn

MORE, ALL, CHUNK = 56, 60, 50


def crowd(town: Town) -> None:
    """So many more workers, without accounts."""
    rows = [
        {
            "county_id": town.office.county, "street_id": town.office.street, "community_id": town.community,
            "category": WorkerCategory.RECOGNISED, "recognised_by": 2, "name": f"众{n}", "sex": Sex.MALE,
            "born": date(1990, 1, 1), "id_number": f"more{n}", "id_index": f"more{n}", "education": Education.COLLEGE,
            "education_exception": "", "politics": Politics.MASSES, "post": Post.GENERAL, "grade": 3,
            "hired_on": date(2020, 1, 1), "community_since": date(2020, 1, 1), "active": True,
        }
        for n in range(MORE)
    ]  # fmt: skip
    town.office.prepare(lambda context: context.session.execute(insert(Worker), rows))


def cases(town: Town) -> tuple[int, int]:
    """Rows of the appraisal, and running cases."""

    def load(session: Session) -> tuple[int, int]:
        rows = select(func.count()).select_from(AppraisalCase).where(AppraisalCase.year == YEAR)
        running = select(func.count()).select_from(ProcessInstance)
        running = running.where(ProcessInstance.process_key == "appraisal_case")
        return session.scalar(rows) or 0, session.scalar(running) or 0

    return town.office.read(load)


def test_a_batch_shows_its_progress_goes_on_and_begins_nobody_twice(town: Town, sign_in: SignIn) -> None:
    crowd(town)
    town.guide()
    town.office.do(StartPlan(town.office.street, YEAR), "street_clerk")
    clerk, page = sign_in("street_clerk"), f"/appraisal/plans/{town.plan.number}"
    run_due_jobs(town.office.engine, limit=1)
    assert cases(town) == (CHUNK, CHUNK)
    clerk.get(page)
    assert f"正在逐人办理：{CHUNK} / {ALL}" in clerk.page
    town.office.work()
    assert cases(town) == (ALL, ALL)
    clerk.get(page)
    assert "正在逐人办理" not in clerk.page

    def again(context: CommandContext) -> int:
        plan = context.session.scalars(select(AppraisalPlan)).one()
        return len(plans.open_cases(context, plan, plans.workers_of(context.session, plan)))

    assert (town.office.prepare(again), cases(town)) == (0, (ALL, ALL))
