"""Exits in the browser: begun, refused with the clause, checked, decided, printed."""

import re
from dataclasses import dataclass
from datetime import date
from io import BytesIO

import pytest
from sqlalchemy import select

from engine.kernel.actor import SYSTEM
from engine.kernel.command import CommandContext
from engine.personnel.exits.cases import ExitCase
from engine.personnel.exits.proposals import ExitProposal
from engine.personnel.exits.terms import ExitState, TextChoice
from engine.personnel.vocabulary import Education, Politics, Post, Sex, WorkerCategory
from engine.personnel.workers import Worker
from tests.process.exits.bench import PHOTO
from tests.visitor import SignIn, Visitor
from tests.web.worklist.stage import Stage

START = "/exits/start"
EVIDENCE = {"decision": "submit", "documents": "培训记录 3 号"}
SERVED = {
    "number": "告〔2026〕1号",
    "served_on": "2026-11-02",
    "way": "signed",
    "proof": "本人签收",
    "decision": "served",
}


@dataclass(frozen=True)
class AddWorker:
    """Somebody who works in the first community of a street."""

    street: int
    community: int
    county: int

    def execute(self, context: CommandContext) -> int:
        worker = Worker(
            county_id=self.county, street_id=self.street, community_id=self.community, recognised_by=2,
            category=WorkerCategory.RECOGNISED, name="丁一凡", sex=Sex.FEMALE, born=date(1990, 1, 1), id_number="x",
            id_index="x", education=Education.BACHELOR, politics=Politics.MASSES, post=Post.GENERAL, grade=3,
            hired_on=date(2019, 3, 1), community_since=date(2019, 3, 1), active=True,
        )  # fmt: skip
        context.session.add(worker)
        context.session.flush()
        context.session.add(
            ExitProposal(worker_id=worker.id, street_id=self.street, ground="absence", clause="11.5",
                         evidence="连续旷工 10.5 个工作日", source="leave:1", proposed_at=context.now)
        )  # fmt: skip
        return worker.id


@dataclass(frozen=True)
class Ages:
    """The worker was born on another day."""

    worker_id: int
    born: date

    def execute(self, context: CommandContext) -> None:
        context.session.get_one(Worker, self.worker_id).born = self.born


@pytest.fixture
def worker(stage: Stage) -> int:
    """Works in the first street; the records show a ground for exit."""
    county = stage.story.county
    return stage.engine.execute(AddWorker(county.streets[0], county.communities[0], county.county), actor=SYSTEM)


def asked(worker: int, **fields: str) -> dict[str, str]:
    return {"worker": str(worker), "ground": "incompetence", "route": "L40(2)", "reason": "经培训仍不能胜任", **fields}


def begun(visitor: Visitor, worker: int, **fields: str) -> str:
    """The page of the case that was begun."""
    answer = visitor.post(START, asked(worker, **fields), page=START)
    assert answer.status_code == 302
    return visitor.get(answer.headers["Location"]).text


def case_of(stage: Stage) -> ExitCase:
    with stage.engine.reading() as session:
        row = session.scalars(select(ExitCase)).one()
        assert [len(row.evidence), len(row.guards)]
        return row


def item(stage: Stage, node_id: str) -> str:
    return f"/worklist/items/{stage.item(case_of(stage).number, node_id)}"


def test_a_clerk_begins_an_exit_and_sees_what_is_missing(stage: Stage, sign_in: SignIn, worker: int) -> None:
    page = begun(sign_in("street_clerk"), worker)
    assert "丁一凡" in page
    assert "还缺：不能胜任工作的认定材料；培训记录或调整岗位记录" in page


def test_missing_evidence_is_refused_with_the_clause(stage: Stage, sign_in: SignIn, worker: int) -> None:
    visitor = sign_in("street_clerk")
    begun(visitor, worker)
    path = item(stage, "gather_evidence")
    answer = visitor.post(path, {**EVIDENCE, "kinds": "unfitness_record"}, page=path)
    assert answer.status_code == 422
    assert "培训记录或调整岗位记录" in answer.text
    assert "11.4" in answer.text
    assert case_of(stage).evidence == []


def test_an_article_that_does_not_carry_the_ground_is_refused(stage: Stage, sign_in: SignIn, worker: int) -> None:
    answer = sign_in("street_clerk").post(START, asked(worker, route="L39(3)"), page=START)
    assert answer.status_code == 422
    assert "可以适用" in answer.text


def test_a_protected_person_is_refused_with_the_clause_and_nothing_changes(
    stage: Stage, sign_in: SignIn, worker: int
) -> None:
    visitor = sign_in("street_clerk")
    begun(visitor, worker)
    gathered(stage, visitor)
    path = item(stage, "guard_check")
    answer = visitor.post(path, {"decision": "submit", "protections": "L42(4)"}, page=path)
    assert answer.status_code == 422
    assert "孕期、产期、哺乳期" in answer.text
    assert "L42(4)" in answer.text
    assert case_of(stage).state is ExitState.GUARD_CHECK


def test_the_check_sheet_must_be_filled_in(stage: Stage, sign_in: SignIn, worker: int) -> None:
    visitor = sign_in("street_clerk")
    begun(visitor, worker)
    gathered(stage, visitor)
    path = item(stage, "guard_check")
    answer = visitor.post(path, {"decision": "submit"}, page=path)
    assert answer.status_code == 422
    assert "请逐项核查" in answer.text


def test_both_texts_are_shown_where_notice_and_law_differ(stage: Stage, sign_in: SignIn, worker: int) -> None:
    page = begun(sign_in("street_clerk"), worker, ground="appraisal")
    assert "文件与法律表述不一致" in page
    assert "连续两年考核不合格或者连续三年考核基本合格的" in page
    assert "劳动者不能胜任工作，经过培训或者调整工作岗位" in page


def test_a_resignation_without_its_thirty_days_is_refused(stage: Stage, sign_in: SignIn, worker: int) -> None:
    fields = asked(worker, ground="resignation", route="L37", notified_on="2026-11-02", last_day="2026-11-20")
    answer = sign_in("street_clerk").post(START, fields, page=START)
    assert answer.status_code == 422
    assert "最后工作日最早为 2026-12-02" in answer.text
    assert "依据劳动合同法第 37 条" in answer.text


def test_a_stranger_sees_nothing(stage: Stage, sign_in: SignIn, worker: int) -> None:
    begun(sign_in("street_clerk"), worker)
    number = case_of(stage).number
    other = sign_in("street_clerk2")
    assert other.get(f"/exits/{number}/evidence").status_code == 404
    assert other.get(f"/exits/{number}/withdrawal").status_code == 404
    assert other.get(f"/exits/{number}/review").status_code == 404
    assert number not in other.get("/exits/").text
    assert other.post(START, asked(worker), page=START).status_code == 422
    assert sign_in("exam_officer").get("/exits/").status_code == 403


def test_the_list_of_exits_is_narrowed(stage: Stage, sign_in: SignIn, worker: int) -> None:
    visitor = sign_in("street_clerk")
    begun(visitor, worker)
    number = case_of(stage).number
    for query in ("state=open", "state=verifying", "ground=incompetence", "q=丁", f"q={number}", "state=nonsense"):
        assert f">{number}</a>" in visitor.get(f"/exits/?{query}").text, query
    for query in ("state=ended", "state=closed", "ground=death", "q=王"):
        assert f">{number}</a>" not in visitor.get(f"/exits/?{query}").text, query


def test_the_records_proposal_leads_to_a_filled_form(stage: Stage, sign_in: SignIn, worker: int) -> None:
    visitor = sign_in("street_clerk")
    board = visitor.get("/exits/").text
    assert "连续旷工 10.5 个工作日" in board
    page = visitor.get(f"{START}?proposal=1").text
    assert "是否启动退出由街道研究决定" in page
    assert sign_in("street_clerk2").get(f"{START}?proposal=1").status_code == 404


def test_evidence_is_handed_in_by_kind_and_a_wrong_file_is_taken_out_before_it_is_submitted(
    stage: Stage, sign_in: SignIn, worker: int
) -> None:
    visitor = sign_in("street_clerk")
    begun(visitor, worker)
    page = f"/exits/{case_of(stage).number}/evidence"
    for wrong in ({"kind": "", "label": "x", "file": (BytesIO(PHOTO), "a.jpg")},
                  {"kind": "training_record", "label": "x"},
                  {"kind": "training_record", "label": "x", "file": (BytesIO(b"MZ"), "a.jpg")}):  # fmt: skip
        assert visitor.post(page, wrong, page=page).status_code == 422
    handed_in(stage, visitor, "training_record")
    assert "培训记录" in visitor.get(page).text
    assert visitor.post(f"{page}/1/remove", page=page).status_code == 302
    assert "还没有" not in visitor.get(page).text
    path = item(stage, "gather_evidence")
    answer = visitor.post(path, {**EVIDENCE, "kinds": ["unfitness_record", "training_record"]}, page=path)
    assert answer.status_code == 422
    assert "以下证据还没有上传文件：不能胜任工作的认定材料；培训记录" in answer.text
    assert "11.4" in answer.text
    assert case_of(stage).state is ExitState.VERIFYING
    gathered(stage, visitor)
    assert visitor.post(f"{page}/2/remove", page=page).status_code == 409
    assert sign_in("street_clerk2").get(page).status_code == 404


def test_the_served_notice_is_the_copy_that_was_kept(stage: Stage, sign_in: SignIn, worker: int) -> None:
    visitor = sign_in("street_clerk")
    begun(visitor, worker)
    gathered(stage, visitor)
    checked(stage, visitor)
    decide(stage, sign_in("union_officer"), "union_notice", decision="no_objection")
    page = visitor.get(item(stage, "serve_notice")).text
    links = re.findall(r'href="(/exits/[^"]*/files/\d+)">([^<]*)<', page)
    papers = [link for link, label in links if label in ("征求工会意见函", "退出告知书")]
    assert len(papers) == 2
    first = [visitor.get(link).data for link in papers]
    assert all(content.startswith(b"%PDF") for content in first)
    assert [visitor.get(link).data for link in papers] == first
    assert sign_in("street_clerk2").get(papers[0]).status_code == 404
    assert sign_in("union_officer").get(papers[0]).status_code == 200


def test_where_notice_and_law_differ_the_officer_chooses_and_says_why(
    stage: Stage, sign_in: SignIn, worker: int
) -> None:
    visitor = sign_in("street_clerk")
    begun(visitor, worker, ground="appraisal")
    for kind in ("appraisal_record", "appeals_closed"):
        handed_in(stage, visitor, kind)
    path = item(stage, "gather_evidence")
    assert visitor.post(path, EVIDENCE, page=path).status_code == 302
    path = item(stage, "guard_check")
    form = {"decision": "submit", "unprotected": "y"}
    answer = visitor.post(path, form, page=path)
    assert answer.status_code == 422
    assert "请对照两种文本后选择办理依据" in answer.text
    chosen = {**form, "conflict_choice": "rules", "conflict_reason": "规章制度第九条"}
    assert "请填写规章制度名称和公示日期" in visitor.post(path, chosen, page=path).text
    assert case_of(stage).conflict_choice is None
    chosen |= {"conflict_choice": "law", "conflict_reason": "已安排培训 5 天，仍不能胜任"}
    assert visitor.post(path, chosen, page=path).status_code == 302
    assert case_of(stage).conflict_choice is TextChoice.LAW
    assert "已安排培训 5 天" in visitor.get(f"/worklist/cases/{stage.case(case_of(stage).number)}").text


def test_the_calculator_shows_every_step_with_its_basis(stage: Stage, sign_in: SignIn) -> None:
    page = "/exits/calculator"
    visitor = sign_in("street_clerk")
    sums = {"first_day": "2019-03-01", "last_day": "2026-08-20", "average": "8200", "city_average": "9000",
            "minimum": "2490", "last_month": "8200"}  # fmt: skip
    text = visitor.post(page, sums, page=page).text
    assert "61500.00" in text
    assert "第47条" in text
    capped = sums | {"average": "40000", "first_day": "2011-08-21"}
    assert "324000.00" in visitor.post(page, capped, page=page).text
    assert visitor.post(page, sums | {"last_day": "2018-01-01"}, page=page).status_code == 422
    assert visitor.post(page, sums | {"average": ""}, page=page).status_code == 422
    assert sign_in("exam_officer").get(page).status_code == 403


def test_a_resignation_that_waits_is_taken_back(stage: Stage, sign_in: SignIn, worker: int) -> None:
    visitor = sign_in("street_clerk")
    begun(visitor, worker, ground="resignation", route="L37", notified_on="2026-11-02", last_day="2026-12-30")
    path = item(stage, "gather_evidence")
    form = {"decision": "submit", "kinds": "resignation_letter", "documents": "书面辞职报告"}
    assert visitor.post(path, form, page=path).status_code == 302
    page = f"/exits/{case_of(stage).number}/withdrawal"
    assert visitor.post(page, {"reason": "不走了"}, page=page).status_code == 422
    decide(stage, sign_in("street_leader"), "street_acknowledgement", decision="acknowledge")
    assert visitor.post(page, {"reason": ""}, page=page).status_code == 422
    assert visitor.post(page, {"reason": "家庭情况有变"}, page=page).status_code == 302
    stage.story.pass_to(stage.clock.now())
    assert case_of(stage).state is ExitState.WITHDRAWN
    assert "家庭情况有变" in case_of(stage).outcome


def test_retirement_is_announced_half_a_year_ahead_and_may_be_chosen_within_the_law(
    stage: Stage, sign_in: SignIn, worker: int
) -> None:
    visitor = sign_in("street_clerk")
    stage.engine.execute(Ages(worker, date(1971, 6, 1)), actor=SYSTEM)
    page = visitor.get("/exits/retirement").text
    assert "丁一凡" in page
    form = f"/exits/retirement/{worker}"
    assert "提前 3 个月" in visitor.post(form, {"chosen_on": "2026-12-01"}, page=form).text
    late = visitor.post(form, {"chosen_on": "2031-01-01"}, page=form)
    assert late.status_code == 422
    assert "依据劳动合同法第 44 条第 2 项" in late.text
    assert visitor.post(form, {"chosen_on": "2028-01-01"}, page=form).status_code == 302
    assert "没有即将退休的人员" in visitor.get("/exits/retirement").text
    assert sign_in("street_clerk2").get(form).status_code == 404


def handed_in(stage: Stage, visitor: Visitor, kind: str) -> None:
    page = f"/exits/{case_of(stage).number}/evidence"
    given = {"kind": kind, "label": "证据", "file": (BytesIO(PHOTO), "a.jpg")}
    assert visitor.post(page, given, page=page).status_code == 302


def gathered(stage: Stage, visitor: Visitor) -> None:
    for kind in ("unfitness_record", "training_record"):
        handed_in(stage, visitor, kind)
    path = item(stage, "gather_evidence")
    form = {**EVIDENCE, "kinds": ["unfitness_record", "training_record"]}
    assert visitor.post(path, form, page=path).status_code == 302


def checked(stage: Stage, visitor: Visitor) -> None:
    path = item(stage, "guard_check")
    assert visitor.post(path, {"decision": "submit", "unprotected": "y"}, page=path).status_code == 302


def test_an_exit_is_played_by_its_roles_to_the_end(stage: Stage, sign_in: SignIn, worker: int) -> None:
    clerk, leader, head = sign_in("street_clerk"), sign_in("street_leader"), sign_in("county_head")
    begun(clerk, worker)
    gathered(stage, clerk)
    checked(stage, clerk)
    decide(stage, sign_in("union_officer"), "union_notice", decision="no_objection")
    decide(stage, clerk, "serve_notice", **SERVED | today(stage))
    decide(stage, clerk, "hear_defence", decision="waived")
    decide(stage, leader, "street_decision", decision="approve")
    decide(stage, head, "county_confirmation", decision="confirm")
    last_day = today(stage)["served_on"]
    decide(stage, clerk, "serve_decision", **SERVED | today(stage), last_day=last_day, in_lieu="y")
    number = case_of(stage).number
    page = clerk.get(f"/worklist/cases/{stage.case(number)}").text
    for label in ("征求工会意见函", "退出告知书", "退出决定书", "解除（终止）劳动合同证明", "工作交接清单"):
        assert f">{label}</a>" in page, label
    for node, who in (("handover", clerk), ("exit_talk", leader), ("issue_certificate", clerk)):
        decide(stage, who, node, decision="done", note="已办")
    decide(stage, clerk, "transfer_files", decision="done", note="已转")
    wages = {"average": "8200", "city_average": "9000", "minimum": "2490", "last_month": "8200", "wages_due": "0"}
    decide(stage, clerk, "final_pay", decision="paid", **wages)
    path = f"/exits/{number}/review"
    assert clerk.post(path, {"reason": "不服"}, page=path).status_code == 302
    stage.story.pass_to(stage.clock.now())
    decide(stage, head, "county_review", decision="uphold", opinion="事实清楚")
    assert case_of(stage).state is ExitState.CLOSED
    page = clerk.get(f"/worklist/cases/{stage.case(number)}").text
    assert "补偿计算" in page
    assert "赔偿金" in page


def today(stage: Stage) -> dict[str, str]:
    return {"served_on": stage.clock.now().date().isoformat()}


def decide(stage: Stage, visitor: Visitor, node_id: str, **form: str) -> None:
    path = item(stage, node_id)
    answer = visitor.post(path, form, page=path)
    assert answer.status_code == 302, answer.text


def test_absence_is_warned_about_and_leads_to_a_proposal(stage: Stage, sign_in: SignIn, worker: int) -> None:
    visitor, path = sign_in("street_clerk"), "/exits/absence"
    first = {"worker": str(worker), "starts_on": "2026-08-10", "days": "10", "note": ""}
    assert visitor.post(path, first, page=path).status_code == 302
    assert "连续旷工达 10 个工作日" in visitor.get(path).text
    assert visitor.get("/exits/").text.count("第 11.5 条") == 1
    served = {"number": "催〔2026〕1号", "served_on": "2026-09-10", "way": "registered", "proof": "XA1234"}
    notice = f"{path}/{worker}/return-notice"
    assert visitor.get(f"{notice}.pdf").data.startswith(b"%PDF")
    assert sign_in("street_clerk2").get(f"{notice}.pdf").status_code == 404
    assert visitor.post(notice, served, page=notice).status_code == 302
    assert visitor.post(path, {**first, "starts_on": "2026-08-24", "days": "0.5"}, page=path).status_code == 302
    page = visitor.get(path).text
    assert "已达退出情形" in page
    assert "催〔2026〕1号" in page
    assert visitor.get("/exits/").text.count("第 11.5 条") == 2
    begun(visitor, worker, ground="absence", route="L39(2)")
    page = f"/exits/{case_of(stage).number}/evidence"
    assert visitor.post(f"{page}/records", page=page).status_code == 302
    assert "考勤台账（系统记录）" in visitor.get(page).text
    assert "返岗催告书及送达记录（系统记录）" in visitor.get(page).text


def test_what_the_records_propose_is_put_aside_with_a_reason(stage: Stage, sign_in: SignIn, worker: int) -> None:
    visitor, page = sign_in("street_clerk"), "/exits/proposals/1/aside"
    assert visitor.post(page, {"reason": ""}, page=page).status_code == 422
    assert sign_in("street_clerk2").get(page).status_code == 404
    assert visitor.post(page, {"reason": "已补办请假手续"}, page=page).status_code == 302
    assert "11.5 条" not in visitor.get("/exits/").text
    assert visitor.get(page).status_code == 404


def test_absence_of_another_street_or_in_quarter_days_is_refused(stage: Stage, sign_in: SignIn, worker: int) -> None:
    path, entry = "/exits/absence", {"worker": str(worker), "starts_on": "2026-09-07", "days": "0.7", "note": ""}
    assert "0.5 的倍数" in sign_in("street_clerk").post(path, entry, page=path).text
    other = sign_in("street_clerk2")
    assert other.post(path, {**entry, "days": "1"}, page=path).status_code == 422
    assert other.get(f"{path}/{worker}/return-notice").status_code == 404
