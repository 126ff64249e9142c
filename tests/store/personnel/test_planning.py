"""Requests and quota, plans and post tables, settings and calendar, and the constraints of the database."""

from dataclasses import replace
from datetime import date

import pytest

from engine.identity.organisations import Organisation
from engine.kernel.actor import actor_of
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Forbidden, Invalid, RuleViolation
from engine.personnel.holidays import DayRule, SaveHolidayDays, days_of_year, work_calendar
from engine.personnel.policy import SetPolicyParameter, parameter_history, policy_at, settings_at
from engine.personnel.quota_ledger import QuotaBase, SetUrbanPopulation, quota_standing
from engine.personnel.recruitment import announcement, planning, settings
from engine.personnel.recruitment.exam_desk import DrawSeats, RoomPlan, SaveExamRooms
from engine.personnel.recruitment.notices import NoticeTable, latest_notice
from engine.personnel.recruitment.outcomes import NoticeKind
from engine.personnel.recruitment.planning import WantedPosts
from engine.personnel.recruitment.post_import import ImportPostTable
from engine.personnel.recruitment.seat_draw import Room, draw
from engine.personnel.recruitment.states import CampaignState, RequestState
from engine.personnel.vocabulary import Education, Household, Politics, Post, Sex, Target, WorkerCategory
from engine.personnel.workers import EmploymentContract, Worker
from tests.store.personnel.conftest import County

ONE_POST = WantedPosts("社区工作者", 2)
TODAY = date(2026, 11, 23)


def drafted(county: County, *wanted: WantedPosts) -> int:
    request_id = county.request(*wanted)
    return county.run(lambda c: announcement.create_campaign(c, county.id, "招聘公告", [request_id])).id


def worker(county: County, **values: object) -> Worker:
    facts: dict[str, object] = {
        "county_id": county.id, "street_id": county.street, "category": WorkerCategory.EXAM_HIRED, "name": "王五",
        "sex": Sex.MALE, "born": date(1990, 1, 1), "id_number": "x", "id_index": "x",
        "education": Education.COLLEGE, "politics": Politics.MASSES, "post": Post.GENERAL, "grade": 1,
        "hired_on": TODAY, "community_since": TODAY, "recognised_by": 0,
    } | values  # fmt: skip
    return Worker(**facts)


def add(context: CommandContext, row: object) -> None:
    context.session.add(row)
    context.session.flush()


def test_requests_beyond_the_vacant_places_are_refused(county: County) -> None:
    county.request(WantedPosts("社区工作者", 1_229))

    def ask(context: CommandContext) -> None:
        request = planning.create_request(context, county.street, "新增小区", [ONE_POST])
        planning.check_request_quota(context, request.id)

    with pytest.raises(RuleViolation, match="空缺 1 名，不能再增加 2 名") as refused:
        county.run(ask)
    assert refused.value.clause == "1.2、1.3"


def test_the_county_may_accept_fewer_heads_and_a_rejection_gives_places_back(county: County) -> None:
    def accept(context: CommandContext) -> int:
        request = planning.create_request(context, county.street, "新增小区", [WantedPosts("社区工作者", 5)])
        planning.move_request(context, request.id, RequestState.COUNTY_REVIEW)
        assert planning.accept_request(context, request.id, {request.lines[0].id: 3}) == 3
        return request.id

    request_id = county.run(accept)
    assert county.run(lambda c: quota_standing(c.session, county.id, TODAY)).reserved == 3
    county.run(lambda c: planning.move_request(c, request_id, RequestState.REJECTED, "计划调整"))
    assert county.run(lambda c: quota_standing(c.session, county.id, TODAY)).reserved == 0


def test_more_heads_than_asked_for_are_refused(county: County) -> None:
    def accept(context: CommandContext) -> None:
        request = planning.create_request(context, county.street, "新增小区", [ONE_POST])
        planning.move_request(context, request.id, RequestState.COUNTY_REVIEW)
        planning.accept_request(context, request.id, {request.lines[0].id: 3})

    with pytest.raises(Invalid, match="0 至 2 之间"):
        county.run(accept)


def test_only_accepted_requests_go_into_a_plan(county: County) -> None:
    request_id = county.run(lambda c: planning.create_request(c, county.street, "新增小区", [ONE_POST])).id
    with pytest.raises(Conflict, match="不能列入招聘计划"):
        county.run(lambda c: announcement.create_campaign(c, county.id, "招聘公告", [request_id]))


def test_the_citys_cap_over_all_counties_holds(county: County) -> None:
    def cap(context: CommandContext) -> None:
        city = context.session.get_one(Organisation, county.id).parent_id
        add(context, QuotaBase(organisation_id=city, effective_from=date(2026, 1, 1), cap=1_300))

    county.run(cap)
    with pytest.raises(RuleViolation, match="全市总量为 1300 名") as refused:
        county.engine.execute(SetUrbanPopulation(county.id, 800_000, date(2026, 6, 1), "年鉴"), actor=county.head)
    assert refused.value.clause == "1.3"


def test_a_campaign_starts_with_suggested_dates_and_posts_from_the_requests(county: County) -> None:
    campaign = county.campaign(drafted(county, ONE_POST, WantedPosts("退役军人岗", 1, target=Target.VETERAN)))
    assert [(post.code, post.heads, post.target) for post in campaign.posts] == [
        ("001", 2, Target.OPEN), ("002", 1, Target.VETERAN),
    ]  # fmt: skip
    assert campaign.reg_opens_at.astimezone().isoformat()[:10] in {"2026-12-02", "2026-12-01"}
    assert (campaign.posts[0].birth_from, campaign.posts[0].birth_to) == (date(1990, 12, 2), date(2008, 12, 6))


def test_dates_out_of_order_are_named_at_their_field(county: County) -> None:
    campaign = county.campaign(drafted(county, ONE_POST))
    names = announcement.CampaignDates.__dataclass_fields__
    dates = announcement.CampaignDates(**{name: campaign.__dict__[name] for name in names})
    wrong = replace(dates, reg_closes_at=dates.reg_opens_at.replace(year=2025))
    with pytest.raises(Invalid) as refused:
        county.run(lambda c: announcement.revise_campaign(c, campaign.id, wrong, title="", announcement="", phone=""))
    assert refused.value.fields["reg_closes_at"] == "报名截止不能早于报名开始"
    assert "title" in refused.value.fields


def test_a_post_below_college_without_a_reason_cannot_be_published(county: County) -> None:
    campaign_id = drafted(county, ONE_POST)

    def lower(context: CommandContext) -> None:
        post = announcement.campaign_of(context.session, campaign_id).posts[0]
        post.education = Education.SENIOR
        announcement.check_plan(context, campaign_id)

    with pytest.raises(RuleViolation) as refused:
        county.run(lower)
    assert refused.value.clause == "4.4"


def test_a_cancelled_campaign_gives_its_places_back_and_says_why(county: County) -> None:
    campaign_id = county.published(ONE_POST)
    with pytest.raises(Invalid, match="终止招聘的原因"):
        county.run(lambda c: announcement.cancel_campaign(c, campaign_id, ""))
    county.run(lambda c: announcement.cancel_campaign(c, campaign_id, "计划调整"))
    assert county.run(lambda c: quota_standing(c.session, county.id, TODAY)).reserved == 0
    with county.engine.reading() as session:
        notice = latest_notice(session, campaign_id, NoticeKind.CANCELLATION)
        assert notice is not None and notice.body == "计划调整"


def test_a_notice_with_an_id_number_or_a_phone_is_refused() -> None:
    for private in ("13800000000", "320706199505050019", "电话13800000000"):
        with pytest.raises(Invalid, match="身份证号或手机号"):
            _ = NoticeTable(("姓名",), ((private,),)).content
    assert NoticeTable(("准考证号",), (("2026000101001",),)).content["rows"] == [["2026000101001"]]


HEADINGS = [
    "岗位代码",
    "岗位名称",
    "街道（乡镇）",
    "社区",
    "招聘人数",
    "学历",
    "专业",
    "户籍（生源）",
    "开考比例",
    "出生日期起",
]


def test_the_post_table_is_read_from_a_spreadsheet(county: County) -> None:
    campaign_id = drafted(county, ONE_POST)
    row = [
        "001",
        "党建岗",
        "平安街道",
        "和谐社区",
        "2",
        "本科及以上",
        "社会工作、法学",
        "户籍在本地、生源地在本地",
        "3:1",
        "1990/1/1",
    ]
    preview = county.engine.execute(ImportPostTable(campaign_id, [HEADINGS, row], preview=True), actor=county.clerk)
    assert (preview.saved, list(preview.errors)) == (False, [])
    assert county.campaign(campaign_id).posts[0].name == "社区工作者"
    assert county.engine.execute(ImportPostTable(campaign_id, [HEADINGS, row]), actor=county.clerk).saved
    post = county.campaign(campaign_id).posts[0]
    assert (post.name, post.education, post.majors, post.community_id) == (
        "党建岗", Education.BACHELOR, ["社会工作", "法学"], county.community,
    )  # fmt: skip
    assert post.households == [Household.HOUSEHOLD.value, Household.ORIGIN.value]
    assert post.birth_from == date(1990, 1, 1)


def test_each_mistake_in_the_post_table_is_named_and_nothing_is_saved(county: County) -> None:
    campaign_id = drafted(county, ONE_POST)
    rows = [
        HEADINGS,
        ["001", "党建岗", "太平街道", "", "两", "小学", "", "火星", "x", "1990-13-01"],
        ["001", "网格岗", "平安街道", "幸福社区", "9", "高中", "", "", "", ""],
    ]
    report = county.engine.execute(ImportPostTable(campaign_id, rows), actor=county.clerk)
    found = {(error.row, error.column) for error in report.errors}
    assert not report.saved
    assert {
        (2, "街道（乡镇）"),
        (2, "招聘人数"),
        (2, "学历"),
        (2, "户籍（生源）"),
        (2, "开考比例"),
        (2, "出生日期起"),
    } <= found
    assert {(3, "岗位代码"), (3, "社区"), (3, "招聘人数"), (3, "学历")} <= found
    assert county.campaign(campaign_id).posts[0].name == "社区工作者"


def test_a_post_without_a_request_is_refused_in_the_import(county: County) -> None:
    campaign_id = drafted(county, ONE_POST)
    row = ["009", "新岗", "平安街道", "", "1", "", "", "", "", "", "XQ2026-9999"]
    report = county.engine.execute(ImportPostTable(campaign_id, [[*HEADINGS, "需求编号"], row]), actor=county.clerk)
    assert [(error.column, "第 5 条" in error.message) for error in report.errors] == [("需求编号", True)]


def test_another_countys_clerk_cannot_touch_the_post_table(county: County) -> None:
    campaign_id = drafted(county, ONE_POST)
    stranger = actor_of(county.clerk.user_id or 0, "外县经办", [("county_clerk", county.street)])
    with pytest.raises(Forbidden):
        county.engine.execute(ImportPostTable(campaign_id, [HEADINGS]), actor=stranger)


def test_only_the_county_itself_sets_its_parameters(county: County) -> None:
    change = SetPolicyParameter(county.id, "recruitment.openRatio", "5", TODAY, "会议纪要 1 号")
    for actor in (county.reviewer, actor_of(county.head.user_id or 0, "外县", [("county_head", county.street)])):
        with pytest.raises(Forbidden):
            county.engine.execute(change, actor=actor)
    county.engine.execute(change, actor=county.head)
    assert county.run(lambda c: policy_at(c.session, county.id, TODAY))[settings.OPEN_RATIO] == 5


def test_a_setting_counts_from_its_day_to_its_day(county: County) -> None:
    def put(value: str, first: date, last: date | None = None) -> None:
        change = SetPolicyParameter(county.id, "recruitment.openRatio", value, first, "纪要", last)
        county.engine.execute(change, actor=county.head)

    put("5", date(2026, 12, 1))
    put("2", date(2026, 12, 10), date(2026, 12, 20))
    with county.engine.reading() as session:
        days = {date(2026, 11, 30): 3, date(2026, 12, 1): 5, date(2026, 12, 10): 2, date(2026, 12, 21): 5}
        assert {day: policy_at(session, county.id, day)[settings.OPEN_RATIO] for day in days} == days
        assert len(parameter_history(session, county.id, "recruitment.openRatio")) == 2
        shown = {entry.parameter.key: entry for entry in settings_at(session, county.id, date(2026, 12, 1))}
    assert (shown["recruitment.openRatio"].text, shown["recruitment.openRatio"].is_default) == ("5", False)
    assert shown["recruitment.regDays"].is_default


def test_settings_need_a_reason_and_never_reach_back(county: County) -> None:
    with pytest.raises(Invalid) as refused:
        change = SetPolicyParameter(county.id, "recruitment.openRatio", "5", date(2026, 1, 1), " ")
        county.engine.execute(change, actor=county.head)
    assert set(refused.value.fields) == {"reason", "effective_from"}


def test_the_calendar_is_edited_by_the_year_and_versions_count_up(county: County) -> None:
    admin = actor_of(county.head.user_id or 0, "管理员", [("system_admin", county.id)])
    days = [DayRule(date(2027, 1, 1), False, "元旦"), DayRule(date(2027, 1, 3), True, "元旦调休")]
    with county.engine.reading() as session:
        before = work_calendar(session)
    assert county.engine.execute(SaveHolidayDays(2027, days, "国办发明电〔2026〕9号"), actor=admin) == 1
    assert county.engine.execute(SaveHolidayDays(2027, days[:1], "更正"), actor=admin) == 2
    with county.engine.reading() as session:
        after = work_calendar(session)
        assert [rule.day for rule in days_of_year(session, 2027)] == [date(2027, 1, 1)]
    assert before.deadline(date(2026, 12, 30), 3).assumed and not after.deadline(date(2026, 12, 30), 3).assumed
    assert after.version.endswith("2027v2")
    with pytest.raises(Invalid, match="本来就是工作日"):
        county.engine.execute(SaveHolidayDays(2027, [DayRule(date(2027, 1, 4), True, "x")], "x"), actor=admin)
    with pytest.raises(Forbidden):
        county.engine.execute(SaveHolidayDays(2027, days, "x"), actor=county.clerk)


@pytest.mark.parametrize(("post", "grade"), [(Post.GENERAL, 13), (Post.DEPUTY, 3), (Post.CHIEF, 19), (Post.GENERAL, 0)])
def test_a_grade_outside_the_posts_range_is_refused_by_the_database(county: County, post: Post, grade: int) -> None:
    with pytest.raises(Exception, match="grade_in_range"):
        county.run(lambda c: add(c, worker(county, post=post, grade=grade)))


def test_a_recognised_worker_without_two_departments_is_refused_by_the_database(county: County) -> None:
    with pytest.raises(Exception, match="two_departments_recognise"):
        county.run(lambda c: add(c, worker(county, category=WorkerCategory.RECOGNISED, recognised_by=1)))


def test_probation_over_the_limit_is_refused_by_the_database(county: County) -> None:
    def sign(context: CommandContext, months: int | None, probation: int) -> None:
        entry = worker(county)
        add(context, entry)
        contract = EmploymentContract(
            worker_id=entry.id, employer_id=county.street, starts_on=TODAY, months=months, write_by=TODAY,
            probation_months=probation,
        )  # fmt: skip
        add(context, contract)

    for months, probation in ((36, 7), (12, 3), (3, 2), (2, 1), (None, 7)):
        with pytest.raises(Exception, match="probation_within_law"):
            county.run(lambda c, months=months, probation=probation: sign(c, months, probation))
    county.run(lambda c: sign(c, 36, 6))


def test_the_published_draw_can_be_recomputed_from_the_notice(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    county.passed(campaign_id, 6)
    county.close_and_settle(campaign_id)
    county.seated(campaign_id)
    with county.engine.reading() as session:
        notice = latest_notice(session, campaign_id, NoticeKind.SEATS)
        assert notice is not None and "20261123-7788" in notice.body
        rows = notice.content["rows"]
    again = draw("20261123-7788", sorted(row[0] for row in rows), [Room("第一考场", 4), Room("第二考场", 30)])
    assert rows == [[seat.number, seat.draw_value, seat.room, str(seat.seat)] for seat in again]
    with pytest.raises(Conflict, match="不能重新抽签"):
        county.engine.execute(DrawSeats(campaign_id, "another seed"), actor=county.examiner)
    with pytest.raises(Conflict, match="不能再修改考场"):
        county.engine.execute(SaveExamRooms(campaign_id, [RoomPlan("甲", 30)]), actor=county.examiner)


def test_only_the_exam_desk_of_the_county_arranges_rooms(county: County) -> None:
    campaign_id = county.published(ONE_POST)
    with pytest.raises(Forbidden):
        county.engine.execute(SaveExamRooms(campaign_id, [RoomPlan("甲", 30)]), actor=county.clerk)


def test_score_imports_name_every_wrong_row_and_save_all_or_nothing(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    ids = county.passed(campaign_id, 6)
    county.close_and_settle(campaign_id)
    county.seated(campaign_id)
    bad = county.written(
        campaign_id, [(ids[0], "101"), (ids[1], "70.005"), (ids[2], "八十"), (ids[2], "80"), (ids[3], "")]
    )
    assert not bad.saved
    assert [error.row for error in bad.errors] == [2, 3, 4, 5, 6]
    assert "名单中还有 2 人不在表内" in bad.summary
    good = [(each, "60.50") for each in ids[:5]] + [(ids[5], "缺考")]
    assert not county.written(campaign_id, good, preview=True).saved
    assert county.written(campaign_id, good).saved
    assert county.campaign(campaign_id).state is CampaignState.TICKETS
