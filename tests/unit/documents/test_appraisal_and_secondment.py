"""The forms of appraisal and secondment: what people typed is printed, never run."""

from datetime import UTC, date, datetime

from engine.personnel.documents.appraisal_sheets import AppraisalSheet, appraisal_pdf
from engine.personnel.documents.secondment_notice import SecondmentNotice, secondment_notice_pdf
from engine.personnel.documents.secondment_sheets import SecondmentSheet, SheetOpinion, secondment_sheet_pdf

MOMENT = datetime(2026, 12, 10, 8, 0, tzinfo=UTC)
HOSTILE = '#read("/etc/passwd") $x$ *b* ] } \\ #panic() 王芳'


def test_an_appraisal_form_takes_any_text() -> None:
    sheet = AppraisalSheet(
        "KH-2026-1", 2026, "清溪县", "东门街道", "一号社区", HOSTILE, "女", "1990-01-01", "群众", "本科", "副职",
        "6 级", "3 天", "旷工 0 天", HOSTILE * 60, HOSTILE, HOSTILE, [("日常考核", "30%", "91")], "91.00", HOSTILE,
        "合格", "2026-12-20", "已签收", HOSTILE, "2027-01-20",
    )  # fmt: skip
    assert appraisal_pdf(sheet, MOMENT).startswith(b"%PDF-")


def test_a_form_of_approval_shows_what_is_open_and_takes_any_text() -> None:
    opinions = [SheetOpinion("本人意见", "同意借调", HOSTILE, HOSTILE, "2026-11-13"), SheetOpinion("街道党工委意见")]
    sheet = SecondmentSheet(
        "JD202600001", "", HOSTILE, "女", "1990-01", "群众", "本科", "一般工作人员", "一号社区", "东门街道", HOSTILE,
        "2026-12-01 至 2027-05-31", HOSTILE, HOSTILE, "审批时已核对", opinions,
    )  # fmt: skip
    assert secondment_sheet_pdf(sheet, MOMENT).startswith(b"%PDF-")


def test_a_notice_is_issued_by_the_department_and_is_the_same_each_time() -> None:
    def notice(county: str) -> bytes:
        return secondment_notice_pdf(
            SecondmentNotice("苏社清借〔2026〕1号", county, "东门街道", "一号社区", HOSTILE, HOSTILE, HOSTILE,
                             date(2026, 12, 1), date(2027, 5, 31), MOMENT)
        )  # fmt: skip

    assert notice("清溪县") == notice("清溪县")
    assert notice("清溪县") != notice("清溪县委社会工作部")
