"""Ledgers from spreadsheets: wrong cells are named by row and mended in place, all rows are kept or none."""

import io
import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from engine.personnel.all_round import AllRoundCertificate
from engine.personnel.appraisal.cases import AppraisalCase
from engine.personnel.appraisal.ledgers import LeaveEntry, TrainingEntry
from engine.personnel.appraisal.terms import AppraisalGrade, CaseState
from engine.personnel.spreadsheets import SheetToWrite, write_workbook
from tests.process.appraisal.town import Town
from tests.visitor import SignIn, Visitor

EARLIER = ("编号", "姓名", "等次", "得分")
TRAINING = ("编号", "姓名", "培训日期", "天数", "培训名称")
LEAVE = ("编号", "姓名", "类别", "开始日期", "工作日天数", "说明")
ALL_ROUND = ("编号", "姓名", "发证日期", "证书编号")


def send(visitor: Visitor, kind: str, columns: Sequence[str], rows: Sequence[Sequence[str]], **facts: str) -> str:
    """Uploads a workbook; the address of its preview, which is looked at, or nothing when it is refused."""
    content = write_workbook([SheetToWrite("表", columns, rows)])
    page = f"/appraisal/import/{kind}"
    visitor.get(page)
    data = {**facts, "file": (io.BytesIO(content), "表.xlsx")}
    answer = visitor.post(page, data, content_type="multipart/form-data")
    if answer.status_code != 302:
        return ""
    visitor.get(answer.headers["Location"])
    return answer.headers["Location"]


def commit(visitor: Visitor) -> int:
    target = re.search(r'action="(/appraisal/import/[^"]+/commit)"', visitor.page)
    return 0 if target is None else visitor.post(target[1]).status_code


def count(town: Town, table: type) -> int:
    return town.office.read(lambda session: session.scalar(select(func.count()).select_from(table)) or 0)


def test_an_earlier_year_is_entered_after_its_wrong_cells_are_mended(town: Town, sign_in: SignIn) -> None:
    clerk = sign_in("county_clerk")
    rows = [("SG0", "人0", "良好", "91"), ("SG1", "人1", "合格", "101"), ("SG2", "人2", "不定等次", ""),
            ("SG9", "某人", "合格", "80")]  # fmt: skip
    page = send(clerk, "earlier", EARLIER, rows, year="2025", source="清社工〔2026〕2号")
    assert "有 3 处错误" in clerk.page
    assert "第 2 行“等次”：等次只能是优秀、合格、基本合格、不合格（第 9.7 条）" in clerk.page
    assert (commit(clerk), count(town, AppraisalCase)) == (0, 0)
    assert clerk.post(page, {"cell-2-2": "优等"}).status_code == 422
    clerk.post(page, {"cell-2-2": "优秀", "cell-3-3": "81.5", "cell-5-0": "SG3", "cell-5-1": "人3"})
    assert commit(clerk) == 302
    cases = town.office.read(lambda session: session.scalars(select(AppraisalCase).order_by(AppraisalCase.id)).all())
    assert [(one.grade, one.score, one.state) for one in cases] == [
        (AppraisalGrade.EXCELLENT, Decimal(91), CaseState.FILED),
        (AppraisalGrade.COMPETENT, Decimal("81.5"), CaseState.FILED), (None, None, CaseState.FILED),
        (AppraisalGrade.COMPETENT, Decimal(80), CaseState.FILED),
    ]  # fmt: skip
    send(clerk, "earlier", EARLIER, [("SG0", "人0", "合格", "")], year="2025", source="再次")
    assert "2025 年度已有考核结果" in clerk.page


def test_a_year_that_is_appraised_here_or_has_not_passed_is_not_entered(town: Town, sign_in: SignIn) -> None:
    clerk = sign_in("county_clerk")
    rows = [("SG0", "人0", "合格", "")]
    assert send(clerk, "earlier", EARLIER, rows, year="2026", source="文件") == ""
    assert "只能导入以前年度的考核结果" in clerk.page
    assert send(clerk, "earlier", EARLIER, rows, year="2025", source="") == ""
    assert count(town, AppraisalCase) == 0


def test_training_and_leave_of_many_people_are_entered_at_once(town: Town, sign_in: SignIn) -> None:
    clerk, before = sign_in("street_clerk"), count(town, TrainingEntry)
    rows = [(f"SG{n}", f"人{n}", "2026/10/12", "0.5", "消防演练") for n in range(4)]
    assert (bool(send(clerk, "training", TRAINING, rows)), commit(clerk)) == (True, 302)
    assert count(town, TrainingEntry) == before + 4
    leave = [("SG2", "人2", "病假", "2026-03-02", "2.5", "住院")]
    assert (bool(send(clerk, "leave", LEAVE, leave)), commit(clerk)) == (True, 302)
    entry = town.office.read(lambda session: session.scalars(select(LeaveEntry)).one())
    assert (entry.starts_on, entry.days) == (date(2026, 3, 2), Decimal("2.5"))


@pytest.mark.parametrize(("row", "message"), [
    (("SG2", "人2", "旷工", "2026-03-02", "1", ""), "旷工请在旷工台账登记"),
    (("SG2", "人2", "病假", "2026-12-31", "1", ""), "日期不能晚于今天"),
    (("SG2", "人2", "病假", "三月二日", "1", ""), "不是日期"),
    (("SG2", "人2", "病假", "2026-03-02", "0.3", ""), "0.5 的倍数"),
    (("SG2", "张三", "病假", "2026-03-02", "1", ""), "名册中 SG2 是人2"),
])  # fmt: skip
def test_wrong_cells_are_named_and_keep_everything_out(
    town: Town, sign_in: SignIn, row: tuple[str, ...], message: str
) -> None:
    clerk = sign_in("street_clerk")
    good = ("SG1", "人1", "事假", "2026-03-02", "1", "")
    send(clerk, "leave", LEAVE, [good, row])
    assert message in clerk.page
    assert (commit(clerk), count(town, LeaveEntry)) == (0, 0)


def test_all_round_certificates_are_entered_by_the_county_and_short_communities_stand_out(
    town: Town, sign_in: SignIn
) -> None:
    clerk = sign_in("county_clerk")
    clerk.get("/appraisal/all-round")
    assert "不足" in clerk.page
    rows = [("SG1", "人1", "2026-05-01", "QK1"), ("SG2", "人2", "2026-05-01", "QK2")]
    assert (bool(send(clerk, "all-round", ALL_ROUND, rows)), commit(clerk)) == (True, 302)
    assert count(town, AllRoundCertificate) == 2
    clerk.get("/appraisal/all-round")
    assert ("达到" in clerk.page, "2029-04-30" in clerk.page) == (True, True)
    page = "/appraisal/all-round"
    assert clerk.post(page, {"number": "SG3", "certified_on": "2026-06-01"}, page=page).status_code == 302
    assert clerk.post(page, {"number": "SG3", "certified_on": "2026-06-01"}, page=page).status_code == 422
    street = sign_in("street_clerk")
    assert street.post(page, {"number": "SG0", "certified_on": "2026-06-01"}, page=page).status_code == 200
    assert count(town, AllRoundCertificate) == 3


def test_each_ledger_is_filled_by_its_own_office(town: Town, sign_in: SignIn) -> None:
    assert sign_in("street_clerk").get("/appraisal/import/earlier").status_code == 404
    assert sign_in("county_clerk").get("/appraisal/import/training").status_code == 404
    assert sign_in("w0").get("/appraisal/import/training").status_code == 403
    assert sign_in("street_clerk").get("/appraisal/import/nothing").status_code == 404


def test_anothers_upload_does_not_exist(town: Town, sign_in: SignIn) -> None:
    clerk = sign_in("county_clerk")
    page = send(clerk, "all-round", ALL_ROUND, [("SG1", "人1", "2026-05-01", "")])
    assert sign_in("county_head").get(page).status_code == 403
    assert sign_in("street_clerk").get(page).status_code == 404
