"""Cases of fault tolerance and clearing of the demo county in several states, played by their roles."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from engine.delegates.fault_tolerance.commands import ObjectToConclusion, OpenClearingCase, OpenFaultCase
from engine.personnel.case_files import Material
from engine.personnel.fault_tolerance.terms import Condition
from engine.personnel.vocabulary import Post
from engine.personnel.workers import Worker
from engine.workflow.tables import ProcessInstance
from seed.materials import paper
from seed.story import Days, Story

SIGNERS = ("discipline_officer2", "organisation_officer", "county_head")
"""Who countersigns; the author of an opinion does not."""
ALL_MET = {condition.value: "yes" for condition in Condition}


@dataclass
class _Case:
    """One case about an ordinary worker of the first street; `place` counts them, None: the one with an account."""

    story: Story
    place: int | None
    number: str = ""

    @property
    def worker_id(self) -> int:
        place = self.place
        if place is None:
            account = self.story.county.officers["community_worker"]
            own = select(Worker.id).where(Worker.user_id == account)
            return self.story.read(lambda session: session.scalars(own).one())
        query = select(Worker.id).where(
            Worker.street_id == self.story.county.streets[0], Worker.post == Post.GENERAL,
            Worker.registration_id.is_(None),
        )  # fmt: skip
        return self.story.read(lambda session: session.scalars(query.order_by(Worker.id)).all()[place])

    def open(self, who: str, command: Callable[[int], Any]) -> None:
        instance = self.story.do(command(self.worker_id), who)
        self.number = self.story.read(lambda session: session.get_one(ProcessInstance, instance).business_key)

    def act(self, node_id: str, decision: str, opinion: str = "", **values: Any) -> None:
        self.story.act("discipline_officer", self.number, node_id, decision, opinion, **values)

    def agree(self, node_id: str, decision: str) -> None:
        """The person himself."""
        own = self.story.read(lambda session: session.get_one(Worker, self.worker_id).user_id)
        self.story.act(self.story.person(own or 0), self.number, node_id, decision)

    def sign(self, node_id: str, decision: str) -> None:
        for officer in SIGNERS:
            self.story.act(officer, self.number, node_id, decision, "同意")

    @property
    def today(self) -> date:
        return self.story.clock.now().date()


@dataclass(frozen=True)
class FaultTolerance:
    """Tolerance: followed up, consulted about, waiting to be accepted, waiting for material, re-examined, refused;
    clearings: one finished, two that wait for the worker's own consent."""

    story: Story
    days: Days

    def schedule(self) -> None:
        self._exempted()
        self._consulted()
        self._applied()
        self._asked_for_material()
        self._objected()
        self._consenting()
        self._refused()
        self._cleared()
        self._asked()

    def _applies(self, one: _Case, offset: int, account: str) -> None:
        def apply() -> None:
            noticed = one.today - timedelta(days=3)
            one.open("street_clerk", lambda worker: OpenFaultCase(worker, account, noticed))

        self.story.at(self.days.office(offset), apply)

    def _investigated(self, one: _Case, offset: int, report: str) -> None:
        self.story.at(self.days.office(offset), lambda: one.act("acceptance", "accept"))
        self.story.at(self.days.office(offset + 10), lambda: one.act("investigation", "finish", report=report))

    def _concluded(self, one: _Case, offset: int, conclusion: str, *found: str, **unmet: str) -> None:
        at, office = self.story.at, self.days.office
        sheet: dict[str, Any] = {**ALL_MET, **unmet, "found": list(found), "grounds": "会议记录、现场照片和值班台账"}
        at(office(offset), lambda: one.act("check_sheet", "submit", **sheet))
        at(office(offset), lambda: one.act("draft_conclusion", conclusion, "按核对表认定"))
        at(office(offset + 3), lambda: one.sign("consultation", "agree"))
        at(
            office(offset + 5),
            lambda: one.act("delivery", "delivered", delivered_on=one.today.isoformat(), manner="face"),
        )

    def _exempted(self) -> None:
        one, at, office = _Case(self.story, 12), self.story.at, self.days.office
        self._applies(one, -160, "强降雨夜间组织转移居民，未及履行报批手续先行拆除围挡，次日上午补报。")
        self._investigated(one, -157, "处置系防汛紧急需要，当班三人商议后实施，次日上午书面报告，未造成损失。")
        self._concluded(one, -140, "exempt")
        at(office(-112), lambda: one.act(
            "correction_notice", "issue", correction="完善应急处置的口头请示和事后补报登记。"
        ))  # fmt: skip
        at(office(-92), lambda: one.act("correction_check", "passed"))
        at(office(-35), lambda: one.act("first_talk", "talked", talk="思想稳定，工作主动，应急台账已规范。"))

    def _consulted(self) -> None:
        one, at, office = _Case(self.story, 13), self.story.at, self.days.office
        account = "入户排查燃气隐患时未按两人一组要求，经调查系人手不足。"
        at(office(-24), lambda: one.open("discipline_officer", lambda worker: OpenFaultCase(worker, account)))
        at(office(-9), lambda: one.act("investigation", "finish", report="未造成后果，事后已主动纠正。"))
        sheet: dict[str, Any] = {**ALL_MET, Condition.PROCEDURE.value: "no", "found": [], "grounds": "值班表、入户记录"}
        at(office(-6), lambda: one.act("check_sheet", "submit", **sheet))
        at(office(-5), lambda: one.act("draft_conclusion", "mitigated", "程序有瑕疵，建议从轻"))

    def _applied(self) -> None:
        self._applies(_Case(self.story, 14), -2, "疫苗接种通知群发错误，半小时内更正并逐户致歉。")

    def _asked_for_material(self) -> None:
        one, at, office = _Case(self.story, None), self.story.at, self.days.office
        photo = Material("现场照片", paper("现场照片"))
        account = "台风夜间值守时未按时限上报险情，次日清晨补报，险情已先行处置。"
        at(office(-20), lambda: one.open(
            "community_worker",
            lambda worker: OpenFaultCase(worker, account, one.today - timedelta(days=5), (photo,)),
        ))  # fmt: skip
        at(office(-17), lambda: one.act("acceptance", "accept"))
        at(office(-4), lambda: one.act("investigation", "ask_person", "请提供当晚值班记录和通话记录。"))

    def _objected(self) -> None:
        one, at, office = _Case(self.story, 18), self.story.at, self.days.office
        self._applies(one, -60, "接到居民求助后未登记台账，口头转办后遗漏。")
        self._investigated(one, -57, "转办无记录，造成居民多次投诉，事后已上门致歉。")
        self._concluded(one, -40, "mitigated", procedure="no")
        at(office(-32), lambda: self.story.do(
            ObjectToConclusion(one.number, "事后已补登台账，程序瑕疵已纠正"), "street_clerk"
        ))  # fmt: skip

    def _consenting(self) -> None:
        one, at, office = _Case(self.story, None), self.story.at, self.days.office
        account = "被匿名反映上班时间办私事，经查当日系按安排走访。"
        at(office(-8), lambda: one.open("discipline_officer", lambda worker: OpenClearingCase(worker, account)))
        at(office(-2), lambda: one.act(
            "assessment", "clear", "走访记录和监控均可证明，反映失实", finding="untrue", effect="life",
            way="face_to_face", scope="所在社区全体工作人员",
        ))  # fmt: skip

    def _refused(self) -> None:
        one = _Case(self.story, 15)
        self._applies(one, -90, "代领慰问物资后未及时发放。")
        self._investigated(one, -87, "部分物资被本人留用，经催要后退还。")
        self._concluded(one, -70, "not_tolerated", "private_gain", unselfish="no", lawful="no")

    def _cleared(self) -> None:
        one, at, office = _Case(self.story, 16), self.story.at, self.days.office
        account = "被举报在低保评议中优亲厚友，影响其社区“两委”提名。"
        at(office(-130), lambda: one.open("discipline_officer", lambda worker: OpenClearingCase(worker, account)))
        at(office(-127), lambda: one.act(
            "assessment", "clear", "经核实所反映问题失实", finding="untrue", effect="career", way="meeting",
            scope="所在社区全体工作人员和居民代表",
        ))  # fmt: skip
        at(office(-125), lambda: one.agree("own_consent", "consented"))
        at(office(-120), lambda: one.sign("clearing_approval", "approve"))
        at(office(-117), lambda: one.act(
            "carry_out", "done", way="meeting", scope="所在社区全体工作人员和居民代表", cleared_on=one.today.isoformat()
        ))  # fmt: skip
        at(office(-20), lambda: one.act("clearing_talk", "talked", talk="影响已经消除，本人情绪稳定。"))

    def _asked(self) -> None:
        one, at, office = _Case(self.story, 17), self.story.at, self.days.office
        account = "网上匿名帖称其克扣志愿者补贴，经查无此事，居民多次询问。"
        at(office(-6), lambda: one.open("street_clerk", lambda worker: OpenClearingCase(worker, account)))
        at(office(-3), lambda: one.act(
            "assessment", "clear", "补贴发放签领手续齐全，反映失实", finding="untrue", effect="repeated", way="notice",
            scope="所在社区居民",
        ))  # fmt: skip
