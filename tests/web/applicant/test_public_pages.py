"""What anybody may read, and what nobody may read there."""

import csv
import hashlib
import io

from sqlalchemy import select

from engine.kernel.clock import FixedClock
from engine.personnel.recruitment.outcomes import NoticeKind, Objection, PublicNotice
from tests.process.office import Office
from tests.process.recruitment import Applicant, Recruitment, id_number
from tests.visitor import Visitor

ELIGIBLE = {
    "born": "1998-05-20", "education": "bachelor", "household": "household", "politics": "masses",
    "certificate": "none", "community_years": "0",
}  # fmt: skip


def test_the_front_page_shows_what_is_open(visitor: Visitor, recruitment: Recruitment) -> None:
    visitor.get("/")
    assert "清溪县公开招聘" in visitor.page
    assert "报名中" in visitor.page


def test_a_plan_that_is_not_published_does_not_exist_for_the_public(visitor: Visitor, office: Office) -> None:
    plan = Recruitment(office)
    assert visitor.get(f"/announcements/{plan.number}").status_code == 404
    visitor.get("/announcements")
    assert plan.number not in visitor.page


def test_an_announcement_shows_its_dates_posts_and_fee(visitor: Visitor, recruitment: Recruitment) -> None:
    visitor.get(f"/announcements/{recruitment.number}")
    for text in ("社区工作者1", "社区工作者3", "东门街道", "免费", "我要报名", "3 人，3 个岗位"):
        assert text in visitor.page


def test_the_post_table_is_narrowed_by_words(visitor: Visitor, recruitment: Recruitment) -> None:
    visitor.get(f"/announcements/{recruitment.number}?q=社区工作者2")
    assert "社区工作者2" in visitor.page
    assert "社区工作者1" not in visitor.page


def test_nobody_needs_an_account_to_learn_for_which_posts_he_may_apply(
    visitor: Visitor, recruitment: Recruitment
) -> None:
    page = f"/announcements/{recruitment.number}/eligibility"
    assert visitor.post(page, ELIGIBLE, page=page).status_code == 200
    assert "可以报考 3 个岗位" in visitor.page


def test_who_may_not_apply_is_told_why_and_by_which_clause(visitor: Visitor, recruitment: Recruitment) -> None:
    page = f"/announcements/{recruitment.number}/eligibility"
    visitor.post(page, {**ELIGIBLE, "born": "1970-01-01", "education": "senior"}, page=page)
    assert "出生日期应在" in visitor.page
    assert "该岗位要求学历为大专及以上" in visitor.page
    assert "依据：第 4.4 条" in visitor.page


def test_a_birth_date_that_is_none_is_explained_at_the_field(visitor: Visitor, recruitment: Recruitment) -> None:
    page = f"/announcements/{recruitment.number}/eligibility"
    assert visitor.post(page, {**ELIGIBLE, "born": "1998-13-01"}, page=page).status_code == 422
    assert "请按“2026-01-05”的格式填写存在的日期" in visitor.page


def test_no_public_page_carries_an_id_number_or_a_phone(visitor: Visitor, recruitment: Recruitment) -> None:
    examined = _examined(recruitment)
    notices = recruitment.office.read(lambda session: list(session.scalars(select(PublicNotice.id))))
    pages = [
        "/", "/announcements", "/notices", "/scores", f"/announcements/{recruitment.number}",
        f"/announcements/{recruitment.number}/draw", f"/announcements/{recruitment.number}/draw.csv",
        *(f"/notices/{id_}" for id_ in notices),
    ]  # fmt: skip
    for address in pages:
        answer = visitor.get(address)
        text = answer.get_data(as_text=True)
        assert answer.status_code == 200, address
        for applicant in examined:
            row = applicant.row
            assert row.id_number and row.id_number not in text, address
            assert row.phone and row.phone not in text, address


def test_scores_are_shown_to_who_knows_both_numbers(visitor: Visitor, recruitment: Recruitment) -> None:
    first = _examined(recruitment)[0]
    visitor.post("/scores", _query(first), page="/scores")
    assert "82.00" in visitor.page
    assert "卷面 82.00" in visitor.page


def test_a_wrong_pair_does_not_tell_which_half_is_wrong(visitor: Visitor, recruitment: Recruitment) -> None:
    first = _examined(recruitment)[0]
    visitor.post("/scores", {**_query(first), "id_number": id_number(999)}, page="/scores")
    wrong_person = _summary(visitor.page)
    visitor.post("/scores", {**_query(first), "exam_number": "nobody"}, page="/scores")
    assert _summary(visitor.page) == wrong_person
    assert "没有查到成绩" in wrong_person


def test_scores_are_hidden_until_they_are_published(visitor: Visitor, recruitment: Recruitment) -> None:
    first = _examined(recruitment, release=False)[0]
    visitor.post("/scores", _query(first), page="/scores")
    assert "没有查到成绩" in visitor.page


def test_guessing_scores_is_stopped_after_some_tries(visitor: Visitor, recruitment: Recruitment) -> None:
    query = {"exam_number": "1", "id_number": id_number(1)}
    visitor.get("/scores")
    statuses = [visitor.post("/scores", query).status_code for _ in range(11)]
    assert statuses == [422] * 10 + [429]


def test_anybody_can_recompute_the_seat_draw(visitor: Visitor, recruitment: Recruitment) -> None:
    _examined(recruitment, release=False)
    text = visitor.get(f"/announcements/{recruitment.number}/draw.csv").get_data(as_text=True)
    lines = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))[1:]
    seed = recruitment.row.draw_seed
    assert [line[1] for line in lines] == sorted(
        hashlib.sha256(f"{seed}:{line[0]}".encode()).hexdigest() for line in lines
    )
    assert [line[3] for line in lines] == [str(seat) for seat in range(1, len(lines) + 1)]


def test_an_objection_needs_a_name_and_reaches_the_county(visitor: Visitor, recruitment: Recruitment) -> None:
    notice = _bonus_notice(recruitment, _examined(recruitment))
    page = f"/notices/{notice}/objection"
    assert visitor.post(page, {"text": "短"}, page=page).status_code == 422
    assert "请填写真实姓名" in visitor.page
    exam_number = recruitment.office.read(
        lambda session: session.get_one(PublicNotice, notice).content["rows"][0][0]
    )
    answer = visitor.post(page, {
        "exam_number": exam_number, "text": "该考生的证书并不是本人取得的，请核实。", "from_name": "李明",
        "from_phone": "13711112222",
    })  # fmt: skip
    assert answer.status_code == 302
    assert len(recruitment.office.read(lambda session: list(session.scalars(select(Objection))))) == 1


def test_objections_are_not_taken_after_the_window(
    visitor: Visitor, recruitment: Recruitment, clock: FixedClock
) -> None:
    notice = _bonus_notice(recruitment, _examined(recruitment))
    recruitment.pass_workdays(5)
    answer = visitor.get(f"/notices/{notice}/objection")
    assert answer.status_code == 410
    assert "不再受理异议" in visitor.page


def _examined(recruitment: Recruitment, *, release: bool = True) -> list[Applicant]:
    """Three people who have sat the written exam."""
    people = [recruitment.admitted(post, certificate="junior", bonus_claimed=post == 1) for post in range(3)]
    recruitment.close_registration()
    recruitment.seat()
    recruitment.examine(dict(zip(people, ("82", "75.5", "66"), strict=True)))
    if release:
        recruitment.act("county_clerk", "release_written", "release")
    return people


def _bonus_notice(recruitment: Recruitment, _people: list[Applicant]) -> int:
    query = select(PublicNotice.id).where(PublicNotice.kind == NoticeKind.BONUS)
    return recruitment.office.read(lambda session: session.scalars(query).one())


def _query(applicant: Applicant) -> dict[str, str]:
    return {"exam_number": str(applicant.row.exam_number), "id_number": str(applicant.row.id_number)}


def _summary(page: str) -> str:
    return page.partition('<div class="error-summary"')[2].partition("</div>")[0]
