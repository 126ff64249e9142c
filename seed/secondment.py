"""Secondments of the demo county in every state: waiting at each role, away, soon over, late, back, refused."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.delegates.secondment.commands import RequestSecondment, ReturnEarly
from engine.kernel.actor import Actor
from engine.personnel.secondment.course import Wish
from engine.personnel.secondment.returns import ReportMonth
from engine.personnel.vocabulary import Post
from engine.personnel.workers import Worker
from engine.workflow.tables import ProcessInstance
from seed.story import Days, Story

STEPS = ("worker_consent", "community_opinion", "street_committee", "county_review", "county_approval")
OFFICES = ("党建工作办公室", "社会治理办公室", "社会事务办公室", "综合执法协调办公室")
COMMUNITIES_OF_STREET = 4
REPORTED = -2
"""Day of the monthly returns, counted from today."""


@dataclass
class Loan:
    """One secondment of the story: whom, when, and how far it has come (days counted from today)."""

    community: int
    place: int
    """Which of the community's other workers, from 0."""
    asked: int
    starts: int
    ends: int
    decided: int = len(STEPS)
    """So many of the steps have been taken."""
    refused_at: str = ""
    back: int | None = None
    number: str = ""
    worker: int = 0


LOANS = (
    Loan(1, 2, -28, -24, -8, back=-8),
    Loan(2, 2, -28, -24, 30, back=-9),
    Loan(6, 2, -27, -21, -11),
    Loan(5, 3, -27, -20, 8),
    Loan(9, 2, -26, -18, 120),
    Loan(10, 2, -20, -12, 90),
    Loan(7, 3, -15, -8, 60, refused_at="county_approval"),
    Loan(0, 0, -2, 7, 120, decided=0),
    Loan(1, 3, -3, 8, 100, decided=1),
    Loan(3, 2, -4, 9, 130, decided=2),
    Loan(4, 3, -5, 10, 90, decided=3),
    Loan(8, 2, -7, 12, 150, decided=4),
)


@dataclass(frozen=True)
class Secondments:
    """Everything about secondments that is played; the workers' accounts are there by then."""

    story: Story
    days: Days

    def schedule(self) -> None:
        """One act a step, on office days."""
        for loan in LOANS:
            first = self.days.office(loan.asked, 14)
            self.story.at(first, self._asking(loan))
            for number, node_id in enumerate(STEPS[: loan.decided]):
                self.story.at(_after(first, number), self._deciding(loan, node_id))
                if node_id == loan.refused_at:
                    break
            if loan.back is not None:
                self._return(loan, loan.back)
        self.story.at(self.days.office(REPORTED, 11), self._report)

    def _report(self) -> None:
        """Two of three streets have handed in last month's return; the county waits for the third."""
        month = (self.days(REPORTED).date().replace(day=1) - timedelta(days=1)).replace(day=1)
        for street, clerk in ((0, "street_clerk"), (1, "street_clerk2")):
            self.story.do(ReportMonth(self.story.county.streets[street], month), clerk)

    def _return(self, loan: Loan, day: int) -> None:
        moment = self.days(day, 15)
        if day != loan.ends:
            reason = "专项工作已提前完成"
            self.story.at(moment, lambda: self.story.do(ReturnEarly(loan.number, reason), self._clerk(loan)))
        values = {"performance": "good", "evaluation": "工作认真负责，任务完成好。", "handover": "材料和账号均已移交。"}
        self.story.at(moment.replace(hour=16), lambda: self.story.act(
            self._clerk(loan), loan.number, "return_to_post", "done", returned_on=moment.date().isoformat(), **values
        ))  # fmt: skip
        self.story.at(Days.later(moment, 1), lambda: self.story.act(
            self._secretary(loan), loan.number, "confirm_return", "confirm"
        ))  # fmt: skip

    def _asking(self, loan: Loan) -> Callable[[], None]:
        def ask() -> None:
            loan.worker = self.story.read(lambda session: self._people(session, loan)[loan.place].id)
            street = self.story.county.streets[loan.community // COMMUNITIES_OF_STREET]
            wish = Wish(
                loan.worker, street, OFFICES[loan.community % len(OFFICES)], "专项工作材料整理和联络协调",
                "街道专项工作任务集中，现有人手不足", self.days(loan.starts).date(), self.days(loan.ends).date(),
            )  # fmt: skip
            instance = self.story.do(RequestSecondment(street, wish), self._clerk(loan))
            loan.number = self.story.read(lambda session: session.get_one(ProcessInstance, instance).business_key)

        return ask

    def _deciding(self, loan: Loan, node_id: str) -> Callable[[], None]:
        yes = {"worker_consent": "agree", "community_opinion": "support", "county_approval": "approve"}

        def decide() -> None:
            refused = node_id == loan.refused_at
            opinion = "该社区近期承担整治任务，暂不借出" if refused else ""
            decision = "reject" if refused else yes.get(node_id, "pass")
            self.story.act(self._who(loan, node_id), loan.number, node_id, decision, opinion)

        return decide

    def _who(self, loan: Loan, node_id: str) -> Actor | str:
        if node_id == "worker_consent":
            return self._person(loan.worker)
        if node_id == "community_opinion":
            return self._secretary(loan)
        if node_id == "street_committee":
            return f"street_leader{_suffix(loan)}"
        return {"county_review": "county_clerk", "county_approval": "county_head"}[node_id]

    def _clerk(self, loan: Loan) -> str:
        return f"street_clerk{_suffix(loan)}"

    def _secretary(self, loan: Loan) -> Actor:
        return self._person(self.story.read(lambda session: self._people(session, loan, Post.CHIEF)[0].id))

    def _person(self, worker_id: int) -> Actor:
        return self.story.person(self.story.read(lambda session: session.get_one(Worker, worker_id).user_id or 0))

    def _people(self, session: Session, loan: Loan, post: Post = Post.GENERAL) -> list[Worker]:
        """The community's workers of that post; who has the demo account of a worker comes first."""
        query = select(Worker).where(
            Worker.community_id == self.story.county.communities[loan.community], Worker.post == post, Worker.active
        )
        own = self.story.county.officers["community_worker"]
        return sorted(session.scalars(query), key=lambda worker: (worker.user_id != own, worker.id))


def _suffix(loan: Loan) -> str:
    street = loan.community // COMMUNITIES_OF_STREET
    return str(street + 1) if street else ""


def _after(first: datetime, number: int) -> datetime:
    return Days.later(first, number // 2).replace(hour=15 + number % 2)
