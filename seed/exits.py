"""Exits of the demo county in several states, played by their roles."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from engine.delegates.exits.commands import RequestExitReview, StartExit, StateDefence, WaiveDefence
from engine.delegates.exits.reminders import NoteAbsence
from engine.kernel.actor import Actor
from engine.personnel.case_files import Material
from engine.personnel.exits.absence_ledger import RecordReturnNotice
from engine.personnel.exits.evidence import AddExitEvidence
from engine.personnel.exits.procedure import ExitRequest
from engine.personnel.exits.proposals import ExitProposal
from engine.personnel.exits.terms import EvidenceKind, ExitGround, Route, Service
from engine.personnel.vocabulary import Post
from engine.personnel.workers import Worker
from engine.workflow.tables import ProcessInstance
from seed.materials import paper
from seed.story import Days, Story

RULES = {"rulebook": "云汀县社区工作者管理办法（试行）", "rulebook_published_on": "2025-03-10"}
WAGES = {
    "average": "6480.00",
    "city_average": "8920.00",
    "minimum": "2490.00",
    "last_month": "6520.00",
    "wages_due": "0",
}


@dataclass
class _Leaver:
    """One exit of one street; `place` counts the street's ordinary workers."""

    story: Story
    street: int
    place: int
    number: str = ""
    suffix: str = field(init=False)

    def __post_init__(self) -> None:
        self.suffix = "" if self.street == 0 else str(self.street + 1)

    @property
    def worker_id(self) -> int:
        query = select(Worker.id).where(
            Worker.street_id == self.story.county.streets[self.street], Worker.post == Post.GENERAL,
            Worker.registration_id.is_(None),
        )  # fmt: skip
        return self.story.read(lambda session: session.scalars(query.order_by(Worker.id)).all()[self.place])

    def begin(self, ground: ExitGround, route: Route, reason: str, **facts: Any) -> None:
        proposal = select(ExitProposal.id).where(ExitProposal.worker_id == self.worker_id)
        known = self.story.read(lambda session: session.scalar(proposal))
        command = StartExit(self.worker_id, ExitRequest(ground, route, reason, **facts), known)
        instance = self.story.do(command, f"street_clerk{self.suffix}")
        self.number = self.story.read(lambda session: session.get_one(ProcessInstance, instance).business_key)

    def clerk(self, node_id: str, decision: str, opinion: str = "", **values: Any) -> None:
        self.story.act(f"street_clerk{self.suffix}", self.number, node_id, decision, opinion, **values)

    def leader(self, node_id: str, decision: str, opinion: str = "同意") -> None:
        self.story.act(f"street_leader{self.suffix}", self.number, node_id, decision, opinion)

    def gather(self, *kinds: str, documents: str) -> None:
        for kind in map(EvidenceKind, kinds):
            material = Material(f"{kind.label}（复印件）", paper(kind.label))
            self.story.do(AddExitEvidence(self.number, kind, material), f"street_clerk{self.suffix}")
        self.clerk("gather_evidence", "submit", kinds=list(kinds), documents=documents)

    def checked(self) -> None:
        self.clerk("guard_check", "submit", protections=[], unprotected=True, **RULES)

    def serve(self, node_id: str, **values: Any) -> None:
        served_on = self.story.clock.now().date().isoformat()
        self.clerk(node_id, "served", served_on=served_on, way="signed", proof="本人签收", **values)

    @property
    def himself(self) -> Actor:
        """The person, with his account."""
        own = self.story.read(lambda session: session.get_one(Worker, self.worker_id).user_id)
        return self.story.person(own or 0)

    def close(self) -> None:
        for node_id, note in (("handover", "台账、印章、设备已移交"), ("issue_certificate", "已出具"),
                              ("transfer_files", "社保、档案已转出")):  # fmt: skip
            self.clerk(node_id, "done", note=note)
        self.leader("exit_talk", "done", "已谈话")
        self.clerk("final_pay", "paid", **WAGES)


@dataclass(frozen=True)
class Exits:
    """Finished, with the street's committee, held by the legal checks, waiting for the last day, in the time of
    defence, closing with a review that was asked for; and somebody who was warned."""

    story: Story
    days: Days

    def schedule(self) -> None:
        self._resigned()
        self._absent()
        self._unfit()
        self._resigning()
        self._warned()
        self._proposed()
        self._told()
        self._leaving()

    def _resigned(self) -> None:
        one, days = _Leaver(self.story, 2, 7), self.days
        first = days.office(-70)
        leaving = first.date() + timedelta(days=30)
        self._at(first, lambda: one.begin(
            ExitGround.RESIGNATION, Route.L37, "本人因家庭原因申请辞职", notified_on=first.date(), last_day=leaving
        ))  # fmt: skip
        self._at(days.office(-69), lambda: one.gather("resignation_letter", documents="书面辞职报告，本人签名"))
        self._at(days.office(-68), lambda: one.leader("street_acknowledgement", "acknowledge"))
        self._at(days.office(-37), one.close)

    def _absent(self) -> None:
        one, days, story = _Leaver(self.story, 0, 9), self.days, self.story
        self._at(days.office(-40), lambda: story.do(
            NoteAbsence(one.worker_id, days.office(-60).date(), Decimal("10.5"), "联系不上本人"), "street_clerk"
        ))  # fmt: skip
        self._at(days.office(-39), lambda: story.do(
            RecordReturnNotice(one.worker_id, "催01号", days.office(-41).date(), Service.REGISTERED, "挂号信XA01"),
            "street_clerk",
        ))  # fmt: skip
        self._at(
            days.office(-30),
            lambda: one.begin(ExitGround.ABSENCE, Route.L39_2, "连续旷工超过 10 个工作日，经催告未返岗"),
        )
        self._at(days.office(-28), lambda: one.gather(
            "attendance_ledger", "return_notice", documents="考勤台账；返岗催告书及挂号信回执"
        ))  # fmt: skip
        self._at(
            days.office(-27), one.checked
        )
        self._at(
            days.office(-24), lambda: story.act("union_officer", one.number, "union_notice", "no_objection", "无异议")
        )
        self._at(days.office(-21), lambda: one.serve("serve_notice"))
        self._at(days.office(-17), lambda: story.do(
            StateDefence(one.number, "确因家人急病外出，当时无法联系，请求从轻处理。"), one.himself
        ))  # fmt: skip
        self._at(days.office(-16), lambda: one.clerk("hear_defence", "heard", "已当面听取，本人承认未请假"))

    def _unfit(self) -> None:
        one, days = _Leaver(self.story, 0, 12), self.days
        self._at(days.office(-12), lambda: one.begin(
            ExitGround.INCOMPETENCE, Route.L40_2, "连续两次季度考评不达标，参加 5 天专项培训后仍不能胜任网格工作"
        ))  # fmt: skip
        self._at(days.office(-8), lambda: one.gather(
            "unfitness_record", "training_record", documents="考评记录；专项培训签到和测试成绩"
        ))  # fmt: skip

    def _resigning(self) -> None:
        one, days = _Leaver(self.story, 1, 6), self.days
        first = days.office(-10)
        self._at(first, lambda: one.begin(
            ExitGround.RESIGNATION, Route.L37, "考取其他单位", notified_on=first.date(),
            last_day=first.date() + timedelta(days=31),
        ))  # fmt: skip
        self._at(days.office(-9), lambda: one.gather("resignation_letter", documents="书面辞职报告"))
        self._at(days.office(-7), lambda: one.leader("street_acknowledgement", "acknowledge"))

    def _warned(self) -> None:
        one, days, story = _Leaver(self.story, 0, 15), self.days, self.story
        self._at(days.office(-5), lambda: story.do(
            NoteAbsence(one.worker_id, days.office(-15).date(), Decimal("3.5"), "未履行请假手续"), "street_clerk"
        ))  # fmt: skip

    def _proposed(self) -> None:
        """The ledger is over the limit; the street has not yet decided whether to begin."""
        one, days, story = _Leaver(self.story, 0, 10), self.days, self.story
        self._at(days.office(-2), lambda: story.do(
            NoteAbsence(one.worker_id, days.office(-24).date(), Decimal("11"), "多次电话通知未到岗"), "street_clerk"
        ))  # fmt: skip

    def _told(self) -> None:
        one, days, story = _Leaver(self.story, 1, 8), self.days, self.story
        self._at(days.office(-20), lambda: one.begin(
            ExitGround.NEGLECT, Route.L39_3, "值守脱岗，致燃气报警未及时处置，造成居民财产损失"
        ))  # fmt: skip
        self._at(days.office(-16), lambda: one.gather("verification_report", documents="失职核查报告"))
        self._at(days.office(-13), one.checked)
        self._at(days.office(-9), lambda: story.act(
            "union_officer", one.number, "union_notice", "object", "请补充核实值班安排"
        ))  # fmt: skip
        self._at(days.office(-7), lambda: one.clerk("answer_union", "answer", "值班安排表和交接记录已附，事实清楚"))
        self._at(days.office(-2), lambda: one.serve("serve_notice"))

    def _leaving(self) -> None:
        one, days, story = _Leaver(self.story, 2, 9), self.days, self.story
        self._at(days.office(-50), lambda: one.begin(
            ExitGround.SANCTION, Route.L39_6, "因醉酒驾驶被依法追究刑事责任"
        ))  # fmt: skip
        self._at(days.office(-48), lambda: one.gather("judgment", documents="云汀县人民法院刑事判决书"))
        self._at(days.office(-46), one.checked)
        self._at(days.office(-43), lambda: story.act("union_officer", one.number, "union_notice", "no_objection"))
        self._at(days.office(-41), lambda: one.serve("serve_notice"))
        self._at(days.office(-38), lambda: story.do(WaiveDefence(one.number), one.himself))
        self._at(days.office(-33), lambda: one.leader("street_decision", "approve"))
        self._at(days.office(-28), lambda: story.act("county_head", one.number, "county_confirmation", "confirm"))
        self._at(days.office(-5), lambda: one.serve(
            "serve_decision", last_day=story.clock.now().date().isoformat()
        ))  # fmt: skip
        self._at(days.office(-3), lambda: one.clerk("handover", "done", note="台账、钥匙、工作手机已移交"))
        self._at(days.office(-2), lambda: story.do(
            RequestExitReview(one.number, "对最后工作日有异议，请求复核"), one.himself
        ))  # fmt: skip

    def _at(self, moment: datetime, act: Callable[[], object]) -> None:
        def play() -> None:
            act()

        self.story.at(moment, play)
