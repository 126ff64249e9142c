"""Cases of fault tolerance and clearing of the demo county in several states, played by their roles."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from engine.delegates.fault_tolerance.commands import OpenClearingCase, OpenFaultCase
from engine.personnel.fault_tolerance.terms import Condition
from engine.personnel.vocabulary import Post
from engine.personnel.workers import Worker
from engine.workflow.tables import ProcessInstance
from seed.story import Days, Story

DEPARTMENTS = ("discipline_officer", "organisation_officer", "county_head")
ALL_MET = {condition.value: "yes" for condition in Condition}


@dataclass
class _Case:
    """One case about an ordinary worker of the first street; `place` counts them."""

    story: Story
    place: int
    number: str = ""

    @property
    def worker_id(self) -> int:
        query = select(Worker.id).where(
            Worker.street_id == self.story.county.streets[0], Worker.post == Post.GENERAL,
            Worker.registration_id.is_(None),
        )  # fmt: skip
        return self.story.read(lambda session: session.scalars(query.order_by(Worker.id)).all()[self.place])

    def open(self, who: str, command: Callable[[int], Any]) -> None:
        instance = self.story.do(command(self.worker_id), who)
        self.number = self.story.read(lambda session: session.get_one(ProcessInstance, instance).business_key)

    def act(self, node_id: str, decision: str, opinion: str = "", **values: Any) -> None:
        self.story.act("discipline_officer", self.number, node_id, decision, opinion, **values)

    def sign(self, node_id: str, decision: str) -> None:
        for officer in DEPARTMENTS:
            self.story.act(officer, self.number, node_id, decision, "同意")

    @property
    def today(self) -> date:
        return self.story.clock.now().date()


@dataclass(frozen=True)
class FaultTolerance:
    """One in follow-up, one in consultation, one waiting to be accepted, one not tolerated; two clearings."""

    story: Story
    days: Days

    def schedule(self) -> None:
        self._exempted()
        self._consulted()
        self._applied()
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
            "assessment", "clear", "经核实所反映问题失实", finding="untrue", effect="career"
        ))  # fmt: skip
        at(office(-125), lambda: one.act("consent", "consented", consented_on=one.today.isoformat()))
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
            "assessment", "clear", "补贴发放签领手续齐全，反映失实", finding="untrue", effect="repeated"
        ))  # fmt: skip
