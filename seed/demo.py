"""What has happened in the demo county: one recruitment finished, one in the middle, one open, one being drawn up."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine.delegates.recruitment.commands import RaiseObjection, WithdrawRegistration
from engine.identity.organisations import Organisation
from engine.personnel.recruitment.announcement import CampaignDates
from engine.personnel.recruitment.campaigns import CampaignPost
from engine.personnel.recruitment.exam_desk import RoomPlan
from engine.personnel.recruitment.notices import latest_notice
from engine.personnel.recruitment.objections import Complaint
from engine.personnel.recruitment.outcomes import NoticeKind, PublicNotice
from engine.personnel.recruitment.planning import WantedPosts
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.requests import PostRequest
from engine.personnel.recruitment.states import RegistrationState
from engine.personnel.vocabulary import Target
from seed.applicants import PUBLIC, Applicant
from seed.people import Crowd
from seed.recruitment import Recruitment, request_posts
from seed.spreadsheets import interview_workbook, post_workbook
from seed.story import Days, Story

_R = RegistrationState
EARLIEST = -175
"""Day of the first act, counted from today."""
GENERAL = "社区综合服务岗"
REVIEWS = {
    4: ("return", "毕业证书照片不清晰，请重新上传"), 9: ("return", "户口簿缺本人页，请补传"),
    15: ("reject", "年龄超出岗位要求的出生日期区间"), 20: ("reject", "未取得岗位要求的学历"),
    23: ("return", "《学历证书电子注册备案表》已过有效期"),
}  # fmt: skip
"""Registrations of the open recruitment that were not passed, by their order."""
ROOMS = (RoomPlan("第一考场", 12, "云汀县实验中学 1 号楼 101"), RoomPlan("第二考场", 12, "云汀县实验中学 1 号楼 102"))


@dataclass(frozen=True)
class Demo:
    """Everything that is played, on the days before today."""

    story: Story
    days: Days
    now: datetime
    crowd: Crowd
    folder: Path
    password_hash: str

    def schedule(self) -> list[Recruitment]:
        """Schedules all of it; the recruitments are filled while the story is played."""
        return [self._finished(), self._in_the_middle(), self._open(), self._drawn_up()]

    def _finished(self) -> Recruitment:
        days, story = self.days, self.story
        dates = CampaignDates(
            days(-155), days(-151, 16), days(-150, 16), days(-149, 17), days(-142), days(-139, 8),
            days(-139, 9), days(-105, 9),
        )  # fmt: skip
        one = self._recruitment("云汀县上半年公开招聘社区工作者公告", dates, {
            0: [WantedPosts(GENERAL, 2, duties="网格走访、民生服务、矛盾调解")],
            1: [WantedPosts("社区党建岗", 1, duties="党建工作、党群服务中心运行")],
        })  # fmt: skip
        one.prepare(days.office(EARLIEST))
        for place in range(9):
            facts: dict[str, Any] = {"grid_worker": True, "community_years": 4} if place == 1 else {}
            one.registers(days(-155 + place % 4, 10 + place), 0, **facts)
        one.registers(days(-152, 15), 0, "reject", "所学专业与学历证书不符，不符合岗位条件")
        for place in range(5):
            one.registers(days(-154 + place % 3, 11 + place), 1)
        story.at(days(-145, 10), lambda: one.seat(ROOMS, "云汀福彩2024145期 03 07 11 19"))
        story.at(days(-141, 10), lambda: one.print_tickets(but=1))
        scores = [Decimal(n) / 2 for n in (151, 158, 158, 139, 145, 132, 96, 128, 149, 162, 141, 137, 120)]
        story.at(days.office(-133, 10), lambda: one.import_written(scores))
        story.at(days.office(-132, 15), lambda: one.act("county_clerk", "release_written", "release"))
        self._recheck(one, -114)
        story.at(days.office(-103, 10), lambda: one.import_interviews(
            [Decimal(n) for n in (82, 80, 80, 76, 78, 71, 84, 79, 75)]
        ))  # fmt: skip
        story.at(days.office(-102, 14), lambda: one.act("county_clerk", "release_totals", "release"))
        self._vet(one, -99)
        self._hire(one, -88)
        return one

    def _in_the_middle(self) -> Recruitment:
        days, story = self.days, self.story
        dates = CampaignDates(
            days(-50), days(-46, 16), days(-45, 16), days(-44, 17), days(-36), days(-32, 8), days(-32, 9), days(6, 9),
        )  # fmt: skip
        one = self._recruitment("云汀县第二批公开招聘社区工作者公告", dates, {
            0: [WantedPosts("退役军人定向岗", 1, target=Target.VETERAN)],
            1: [WantedPosts(GENERAL, 2)], 2: [WantedPosts(GENERAL, 2)],
        })  # fmt: skip
        one.prepare(days.office(-64))
        changers: list[Applicant] = []
        one.registers(days(-49, 10), 0, veteran=True, then=changers.append)
        one.registers(days(-48, 11), 0, veteran=True)
        for place in range(10):
            grid: dict[str, Any] = {"grid_worker": True} if place == 3 else {}
            one.registers(days(-50 + place % 4, 9 + place % 8), 1, **grid)
        for place in range(8):
            one.registers(days(-49 + place % 3, 12 + place % 6), 2)
        story.at(days(-44, 19), lambda: story.act(
            changers[0].actor, changers[0].number, "choose_other_post", "change", "改报综合服务岗", post_id=one.posts[1]
        ))  # fmt: skip
        story.at(days(-43, 10), lambda: one.reviewed(changers[0], "county_reviewer", "pass"))
        story.at(days(-40, 10), lambda: one.seat(ROOMS, "云汀体彩排列五 58203"))
        story.at(days(-35, 10), one.print_tickets)
        scores = [Decimal(n) / 2 for n in (148, 155, 139, 163, 144, 127, 151, 88, 136, 142, 0, 133, 159, 146, 152, 121)]
        papers = [score or None for score in [*scores, Decimal(71), Decimal(64), Decimal(77)]]
        story.at(days.office(-9, 10), lambda: one.import_written(papers))
        story.at(days.office(-8, 15), lambda: one.act("county_clerk", "release_written", "release"))
        story.at(days.office(-1), lambda: one.each("recheck", self._half))
        return one

    def _open(self) -> Recruitment:
        days, story = self.days, self.story
        dates = CampaignDates(
            days(-2), days(3, 16), days(4, 16), days(7, 17), days(13), days(19, 8), days(19, 9), days(48, 9),
        )  # fmt: skip
        one = self._recruitment("云汀县下半年公开招聘社区工作者公告", dates, {
            0: [WantedPosts(GENERAL, 2, duties="网格走访、民生服务、矛盾调解")],
            1: [WantedPosts("社区党建岗", 1, duties="党建工作、党群服务中心运行")],
            2: [WantedPosts("社区助老服务岗", 3, duties="养老服务、助餐助浴、探访关爱")],
        })  # fmt: skip
        one.prepare(days.office(-18))
        for place in range(26):
            decision, opinion = REVIEWS.get(place, ("pass", ""))
            one.registers(
                days(-2, 9) + timedelta(minutes=53 * place), place % 3, decision, opinion, after=timedelta(hours=3)
            )
        for place in range(11):
            one.registers(self.now - timedelta(hours=25 - 2 * place), place % 3, "")  # one is late, the next are due
        one.registers(days(-2, 20), 2, "draft")
        one.registers(days(-2, 21), 0, "draft")
        story.at(self.now - timedelta(hours=1), lambda: story.do(
            WithdrawRegistration(one.applicants[-3].registration_id), one.applicants[-3].actor
        ))  # fmt: skip
        return one

    def _drawn_up(self) -> Recruitment:
        """A plan the county's clerk is working on, with its post table to import; and requests at every stage."""
        days = self.days
        dates = CampaignDates(
            days(20), days(24, 16), days(25, 16), days(26, 17), days(32), days(36, 8), days(36, 9), days(64, 9)
        )
        one = self._recruitment("云汀县专项公开招聘社区工作者公告（拟）", dates, {1: [WantedPosts(GENERAL, 2)]})
        one.prepare(days.office(-9), until_draft=True)
        request_posts(self.story, days.office(-6), 0, [WantedPosts("社区助老服务岗", 1)], None)
        request_posts(self.story, days.office(-3), 1, [WantedPosts(GENERAL, 1)], None, stop_before="county_review")
        request_posts(self.story, days.office(-1), 2, [WantedPosts("社区党建岗", 2)], None, stop_before="street_review")
        return one

    def _recruitment(
        self, title: str, dates: CampaignDates, wanted: dict[int, list[WantedPosts]]
    ) -> Recruitment:
        return Recruitment(self.story, self.crowd, title, wanted, dates, self.password_hash, self.folder)

    def _recheck(self, one: Recruitment, day: int) -> None:
        """All pass but one, who accepts it; the next by score takes the place."""
        story, first = self.story, self.days.office(day)

        def check(number: str, place: int) -> None:
            decision, opinion = ("fail", "工作证明原件缺失") if place == 4 else ("pass", "")
            story.act("county_reviewer", number, "recheck", decision, opinion)

        def accept(number: str, _: int) -> None:
            story.act(_owner(one, number).actor, number, "recheck_defence", "accept", "接受结论")

        story.at(first, lambda: one.each("recheck", check))
        story.at(first + timedelta(hours=5), lambda: one.each("recheck_defence", accept))
        story.at(Days.later(first, 2), lambda: one.each("recheck", lambda number, _: check(number, 0)))

    def _half(self, number: str, place: int) -> None:
        """The first ones have been checked; one has failed and may defend himself, the rest is still waiting."""
        if place < 5:
            failed = place == 2
            opinion = "学历证书原件与备案表不一致" if failed else ""
            self.story.act("county_reviewer", number, "recheck", "fail" if failed else "pass", opinion)

    def _vet(self, one: Recruitment, day: int) -> None:
        """Medical and background check; one is examined again, one accepts the finding and is replaced."""
        story, first = self.story, self.days.office(day)

        def examine(number: str, place: int) -> None:
            decision, opinion = (("recheck", ""), ("pass", ""), ("fail", "体检结论不合格"))[min(place, 2)]
            story.act("medical_officer", number, "medical", decision, opinion)

        def accept(number: str, _: int) -> None:
            story.act(_owner(one, number).actor, number, "ask_recheck", "accept")

        def passed(node_id: str, who: str, opinion: str = "") -> Callable[[], None]:
            return lambda: one.each(node_id, lambda number, _: story.act(who, number, node_id, "pass", opinion))

        story.at(first, lambda: one.each("medical", examine))
        story.at(first + timedelta(hours=5), lambda: one.each("ask_recheck", accept))
        story.at(Days.later(first, 3), passed("medical_recheck", "medical_officer"))
        story.at(Days.later(first, 3) + timedelta(hours=4), passed("medical", "medical_officer"))
        for hours, checker in enumerate(("background_checker", "background_checker2")):
            moment = Days.later(first, 5) + timedelta(hours=hours)
            story.at(moment, passed("background_check", checker, "现实表现良好，无不良记录"))

    def _hire(self, one: Recruitment, day: int) -> None:
        """Publicity with an objection that proves unfounded, approval, contracts, first day."""
        story, first = self.story, self.days.office(day)
        first_day = Days.later(first, 16)

        def object_to_first() -> None:
            notice = story.read(lambda s: latest_notice(s, one.campaign_id, NoticeKind.HIRING))
            if notice is not None:
                story.do(RaiseObjection(_complaint(notice)), PUBLIC)

        def sign(number: str, _: int) -> None:
            clerk = _clerk_of(one, number)
            start = first_day.date().isoformat()
            story.act(clerk, number, "sign_contract", "sign", start=start, number=f"YT-{number[-4:]}")

        def verify(number: str, _: int) -> None:
            opinion = "经向户籍地村居核实，反映情况不属实"
            story.act("discipline_officer", number, "verify_objection", "unfounded", opinion)

        story.at(first, lambda: one.act("county_clerk", "prepare_publicity", "publish"))
        story.at(Days.later(first, 1) + timedelta(hours=5), object_to_first)
        story.at(Days.later(first, 2), lambda: one.each("verify_objection", verify))
        story.at(Days.later(first, 13), lambda: one.act("county_head", "hire_approval", "approve", "同意聘用"))
        story.at(Days.later(first, 14), lambda: one.each("sign_contract", sign))
        story.at(first_day, lambda: one.each("report_for_duty", lambda number, _: story.act(
            _clerk_of(one, number), number, "report_for_duty", "arrived"
        )))  # fmt: skip


def write_spreadsheets(recruitments: list[Recruitment], folder: Path) -> None:
    """What a user needs to go on: interview marks of the one in the middle, the post table of the one drawn up."""
    middle, drawn_up = recruitments[1], recruitments[3]
    invited = middle.in_state(_R.SHORTLISTED, _R.RECHECK_PASS)
    marks = [
        (row.exam_number or "", row.name, [Decimal(70 + (row.id * 7 + judge * 5) % 25) for judge in range(7)])
        for row in invited
    ]
    (folder / f"面试成绩-{middle.number}.xlsx").write_bytes(interview_workbook(marks))
    (folder / f"岗位表-{drawn_up.number}.xlsx").write_bytes(post_workbook(_post_rows(drawn_up)))
    wrong = [list(row) for row in _post_rows(drawn_up)]
    wrong[0][2], wrong[0][4] = "望江街道", "9"
    (folder / f"岗位表-{drawn_up.number}-含错误.xlsx").write_bytes(post_workbook(wrong))


def _post_rows(one: Recruitment) -> list[list[str]]:
    query = (
        select(CampaignPost, Organisation.name, PostRequest.number)
        .join(Organisation, Organisation.id == CampaignPost.street_id)
        .join(PostRequest, PostRequest.id == one.requests[0])
        .where(CampaignPost.campaign_id == one.campaign_id)
    )
    found = one.story.read(lambda session: session.execute(query).all())
    return [
        [
            post.code, post.name, street, "长堤社区", str(post.heads_planned), str(number), "不限", "3:1", "大专及以上",
            "不限", post.birth_from.isoformat(), post.birth_to.isoformat(), "不限", "网格走访、民生服务", "能适应值班",
            "0599-0000 1234",
        ]
        for post, street, number in found
    ]  # fmt: skip


def _owner(one: Recruitment, number: str) -> Applicant:
    return next(applicant for applicant in one.applicants if applicant.number == number)


def _clerk_of(one: Recruitment, number: str) -> str:
    """The clerk of the street that the registration's post belongs to."""
    query = (
        select(CampaignPost.street_id)
        .join(Registration, Registration.post_id == CampaignPost.id)
        .where(Registration.number == number)
    )
    street = one.story.read(lambda session: session.scalars(query).one())
    place = one.story.county.streets.index(street)
    return "street_clerk" if place == 0 else f"street_clerk{place + 1}"


def _complaint(notice: PublicNotice) -> Complaint:
    exam_number = notice.content["rows"][0][3]
    return Complaint(notice.id, exam_number, "热心居民", "19600000001", "反映该人员未在本地居住，请核实。")
