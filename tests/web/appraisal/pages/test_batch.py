"""A case a worker begins as a batch: it shows how far it is, goes on after a stop, and begins nobody twice."""

from datetime import date

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from engine.delegates.appraisal.commands import StartPlan
from engine.identity.organisations import Organisation, OrganisationKind, add_organisation
from engine.identity.users import User
from engine.kernel.command import CommandContext
from engine.personnel.appraisal import plans
from engine.personnel.appraisal.cases import AppraisalCase, AppraisalPlan
from engine.personnel.vocabulary import Education, Politics, Post, Sex, WorkerCategory
from engine.personnel.workers import Worker
from engine.workflow.jobs import run_due_jobs
from engine.workflow.tables import ProcessInstance
from tests.process.appraisal.town import YEAR, Town, officer
from tests.visitor import SignIn

MORE, ALL, CHUNK = 56, 60, 50


def crowd(town: Town, street: int | None = None) -> None:
    """So many more workers, without accounts."""
    rows = [
        {
            "county_id": town.office.county, "street_id": street or town.office.street,
            "community_id": None if street else town.community,
            "category": WorkerCategory.RECOGNISED, "recognised_by": 2, "name": f"众{n}", "sex": Sex.MALE,
            "born": date(1990, 1, 1), "id_number": f"more{street}{n}", "id_index": f"more{street}{n}",
            "education": Education.COLLEGE, "education_exception": "", "politics": Politics.MASSES,
            "post": Post.GENERAL, "grade": 3, "hired_on": date(2020, 1, 1),
            "community_since": date(2020, 1, 1), "active": True,
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
        return len(plans.open_cases(context, plan, plans.workers_of(context.session, plan.street_id, plan.year)))

    assert (town.office.prepare(again), cases(town)) == (0, (ALL, ALL))


def second_street(town: Town, *, clerk: bool) -> int:
    """Another street of the county with workers, with or without somebody who can act in it."""

    def make(context: CommandContext) -> int:
        county = context.session.get_one(Organisation, town.office.county)
        return add_organisation(context.session, OrganisationKind.STREET, "320001002", "西门街道", county).id

    street = town.office.prepare(make)
    crowd(town, street)
    if clerk:
        officer(town.office, "west_clerk", "street_clerk", street)
    return street


def test_a_county_begins_for_all_its_streets_in_one_go(town: Town, sign_in: SignIn) -> None:
    street = second_street(town, clerk=True)
    town.guide()
    county = sign_in("county_clerk")
    county.get("/appraisal/?year=2026")
    assert "还有 2 个街道没有启动" in county.page
    county.get("/appraisal/start/plans")
    assert "启动 2 个街道、60 人的考核" in county.page
    county.post("/appraisal/start/plans", {"year": str(YEAR)})
    run_due_jobs(town.office.engine, limit=1)
    county.get("/appraisal/?year=2026")
    assert "正在逐人办理：" in county.page
    assert "还有" not in county.page
    town.office.work()
    assert cases(town) == (ALL, ALL)
    clerk = town.office.read(lambda session: session.scalars(
        select(User.login).join(AppraisalPlan, AppraisalPlan.clerk_id == User.id)
        .where(AppraisalPlan.street_id == street)
    ).one())  # fmt: skip
    assert clerk == "west_clerk"
    county.get("/appraisal/start/plans")
    assert "各街道都已启动" in county.page


def test_a_street_without_a_clerk_is_named_and_left_out(town: Town, sign_in: SignIn) -> None:
    second_street(town, clerk=False)
    county = sign_in("county_clerk")
    county.get("/appraisal/start/plans")
    assert "县级还没有发布 2026 年度考核指导方案" in county.page
    refused = county.post("/appraisal/start/plans", {"year": str(YEAR)}, page="/appraisal/")
    assert refused.status_code == 422
    assert "县级尚未发布 2026 年度考核指导方案" in county.page
    assert "依据第 9.6 条" in county.page
    town.guide()
    county.get("/appraisal/start/plans")
    assert "没有街道经办人，请先由安全管理员授予角色" in county.page
    county.post("/appraisal/start/plans", {"year": str(YEAR)})
    town.office.work()
    assert cases(town) == (ALL - MORE, ALL - MORE)
    again = county.post("/appraisal/start/plans", {"year": str(YEAR)}, page="/appraisal/")
    assert again.status_code == 422
    assert "没有可以启动 2026 年度考核的街道" in county.page
    assert sign_in("street_clerk").get("/appraisal/start/plans").status_code == 403
