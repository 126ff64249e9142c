"""Starting, writing, settling and looking on: bad input and forbidden acts are refused and change nothing."""

from decimal import Decimal

from sqlalchemy import select, update

from engine.kernel.actor import SYSTEM
from engine.kernel.command import CommandContext
from engine.personnel.appraisal.cases import AppraisalCase
from engine.personnel.appraisal.earlier import EarlierResult, ImportEarlierResults
from engine.personnel.appraisal.guides import AppraisalGuide
from engine.personnel.appraisal.ledgers import ConductEntry, TrainingEntry
from engine.personnel.appraisal.terms import AppraisalGrade, CaseState, Discipline, PlanState
from engine.personnel.workers import Worker
from tests.visitor import SignIn
from tests.web.appraisal.conftest import Year


class ScoreEverybody:
    """Puts every case where the group's scores bring it."""

    def execute(self, context: CommandContext) -> None:
        proposed = {"state": CaseState.PROPOSED, "proposed": AppraisalGrade.EXCELLENT, "score": Decimal(92)}
        context.session.execute(update(AppraisalCase).values(proposed))


def test_a_county_begins_with_a_guide_and_there_is_one_a_year(year: Year, sign_in: SignIn) -> None:
    clerk = sign_in("county_clerk")
    answer = clerk.post("/appraisal/start/guide", {"year": "2026"}, page="/appraisal/start/guide")
    assert answer.status_code == 422
    assert "已经在拟定或已发布" in clerk.page
    assert clerk.post("/appraisal/start/guide", {"year": "2025"}).status_code == 302
    assert clerk.post("/appraisal/start/guide", {"year": "2099"}, page="/appraisal/start/guide").status_code == 422


def test_weights_that_are_not_100_and_too_many_of_the_highest_grade_are_refused(year: Year, sign_in: SignIn) -> None:
    clerk = sign_in("county_clerk")
    clerk.post("/appraisal/start/guide", {"year": "2025"}, page="/appraisal/start/guide")
    guide = year.story.read(
        lambda session: session.scalars(select(AppraisalGuide).where(AppraisalGuide.year == 2025)).one()
    )
    address = f"/worklist/items/{year.item(guide.number, 'draft_guide')}"
    typed = {
        "decision": "submit", "title": "方案", "weight_routine": "30", "weight_street": "30", "weight_community": "10",
        "weight_peers": "10", "weight_residents": "10", "excellent_percent": "20", "plan_due_on": "2026-11-25",
        "summary_due_on": "2026-12-01", "ballots_due_on": "2026-12-05", "decision_due_on": "2026-12-10",
        "publicity_due_on": "2026-12-20", "filing_due_on": "2026-12-30",
    }  # fmt: skip
    assert clerk.post(address, typed, page=address).status_code == 422
    assert "各项权重之和应为 100，现为 90" in clerk.page
    assert clerk.post(address, {**typed, "weight_residents": "20", "excellent_percent": "24"}).status_code == 422
    assert "依据第 9.7 条" in clerk.page
    assert clerk.post(address, {**typed, "weight_residents": "20"}).status_code == 302
    assert year.item(guide.number, "head_approval")


def test_only_streets_begin_a_plan_and_only_once(year: Year, sign_in: SignIn) -> None:
    assert sign_in("county_clerk").get("/appraisal/start/plan").status_code == 403
    clerk = sign_in("street_clerk")
    assert clerk.post("/appraisal/start/plan", {"year": "2026"}, page="/appraisal/start/plan").status_code == 422
    assert "已经启动" in clerk.page
    assert clerk.post("/appraisal/start/plan", {"year": "2025"}, page="/appraisal/start/plan").status_code == 422
    assert "依据第 9.6 条" in clerk.page


def test_a_worker_writes_his_own_summary_and_nobody_elses(year: Year, sign_in: SignIn) -> None:
    case = year.case_of("community_worker")
    address = f"/worklist/items/{year.item(str(case.number), 'self_summary')}"
    assert sign_in("worker004").get(address).status_code == 404
    worker = sign_in("community_worker")
    assert worker.post(address, {"decision": "submit", "summary": ""}, page=address).status_code == 422
    assert "请填写个人总结" in worker.page
    assert worker.post(address, {"decision": "submit", "summary": "今年走访 200 户。"}).status_code == 302
    assert year.case_of("community_worker").state is CaseState.SELF_REPORTED


def test_more_of_the_highest_grade_than_the_cap_is_refused_beside_the_list(year: Year, sign_in: SignIn) -> None:
    story = year.story
    story.act("street_clerk", year.plan.number, "close_ballots", "close_short", "测评时间不足")
    year.work()
    story.engine.execute(ScoreEverybody(), actor=SYSTEM)
    clerk = sign_in("street_clerk")
    address = f"/worklist/items/{year.item(year.plan.number, 'settle_excellent')}"
    clerk.get(address)
    assert "名额 <b>10</b> 名" in clerk.page
    everybody = story.read(lambda session: [str(id_) for id_ in session.scalars(select(AppraisalCase.id))])
    answer = clerk.post(address, {"decision": "settle", "excellent": everybody})
    assert answer.status_code == 422
    assert "依据第 9.7 条" in clerk.page
    assert year.plan.state is PlanState.SCORING


def test_the_group_settles_who_is_in_and_the_committee_decides(year: Year, sign_in: SignIn) -> None:
    story = year.story
    story.act("street_clerk", year.plan.number, "close_ballots", "close_short", "测评时间不足")
    year.work()
    story.engine.execute(ScoreEverybody(), actor=SYSTEM)
    clerk = sign_in("street_clerk")
    address = f"/worklist/items/{year.item(year.plan.number, 'settle_excellent')}"
    chosen = [str(year.case_of("community_worker").id)]
    assert clerk.post(address, {"decision": "settle", "excellent": chosen}, page=address).status_code == 302
    leader = sign_in("street_leader")
    address = f"/worklist/items/{year.item(year.plan.number, 'committee_decision')}"
    assert leader.post(address, {"decision": "approve", "opinion": "同意"}, page=address).status_code == 302
    visitor = sign_in("resident_delegate")
    assert visitor.get(f"/appraisal/publicity/{year.plan.number}").status_code == 200
    assert "蓝雨欣" in visitor.page


def test_publicity_is_not_found_before_it_begins(year: Year, sign_in: SignIn) -> None:
    assert sign_in("resident_delegate").get(f"/appraisal/publicity/{year.plan.number}").status_code == 404


def test_boards_show_the_own_county_and_the_own_street(year: Year, sign_in: SignIn) -> None:
    head = sign_in("county_head")
    assert head.get("/appraisal/").status_code == 200
    assert "汀兰街道" in head.page
    assert head.get(f"/appraisal/plans/{year.plan.number}").status_code == 200
    other = sign_in("street_clerk2")
    assert other.get(f"/appraisal/plans/{year.plan.number}").status_code == 404
    assert other.get(f"/appraisal/streets/{year.plan.street_id}/2026").status_code == 404
    assert other.post(f"/appraisal/streets/{year.plan.street_id}/2026/export", page="/appraisal/").status_code == 404


def test_boards_can_be_taken_out_as_workbooks(year: Year, sign_in: SignIn) -> None:
    clerk = sign_in("street_clerk")
    for address in ("/appraisal/export/2026", f"/appraisal/streets/{year.plan.street_id}/2026/export"):
        answer = clerk.post(address, page="/appraisal/")
        assert answer.status_code == 200
        assert answer.data[:2] == b"PK"


def test_training_is_entered_in_half_days_for_the_own_street(year: Year, sign_in: SignIn) -> None:
    clerk, worker = sign_in("street_clerk"), year.case_of("community_worker").worker_id
    typed = {"which": "training", "training-worker": str(worker), "training-held_on": "2026-11-20",
             "training-days": "0.3", "training-title": "业务培训"}  # fmt: skip
    assert clerk.post("/appraisal/ledger", typed, page="/appraisal/ledger").status_code == 422
    assert "0.5 的倍数" in clerk.page
    assert clerk.post("/appraisal/ledger", {**typed, "training-days": "0.5"}).status_code == 302
    kept = year.story.read(lambda session: [entry.days for entry in session.scalars(select(TrainingEntry))])
    assert kept == [Decimal("0.5")]


def test_own_results_with_the_form_and_nobody_elses(year: Year, sign_in: SignIn) -> None:
    case = year.case_of("community_worker")
    results = [EarlierResult(case.worker_id, AppraisalGrade.EXCELLENT, Decimal("93.20"))]
    year.story.do(ImportEarlierResults(year.story.county.county, 2025, "云社工〔2026〕2号", results), "county_clerk")
    earlier = year.story.read(
        lambda session: session.scalars(select(AppraisalCase.id).where(AppraisalCase.year == 2025)).one()
    )
    worker = sign_in("community_worker")
    worker.get("/appraisal/mine")
    assert "优秀" in worker.page
    answer = worker.get(f"/appraisal/cases/{earlier}/sheet.pdf")
    assert answer.data[:5] == b"%PDF-"
    assert worker.get(f"/appraisal/cases/{case.id}/sheet.pdf").status_code == 409
    assert sign_in("worker004").get(f"/appraisal/cases/{earlier}/sheet.pdf").status_code == 404
    assert worker.get(f"/appraisal/mine/{earlier + 10_000}/review").status_code == 404


def test_discipline_is_entered_by_the_discipline_officers_for_their_county(year: Year, sign_in: SignIn) -> None:
    assert sign_in("street_clerk").get("/appraisal/conduct").status_code == 403
    officer, worker = sign_in("discipline_officer"), year.case_of("community_worker").worker_id
    number = year.story.read(lambda session: session.get_one(Worker, worker).number)
    typed = {"number": "SG000", "year": "2026", "discipline": "warning"}
    assert officer.post("/appraisal/conduct", typed, page="/appraisal/conduct").status_code == 422
    assert "名册中没有这个编号" in officer.page
    assert officer.post("/appraisal/conduct", {**typed, "number": str(number)}).status_code == 302
    kept = year.story.read(lambda session: [one.discipline for one in session.scalars(select(ConductEntry))])
    assert kept == [Discipline.WARNING]
