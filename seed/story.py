"""Playing what happened: a clock that moves, people who act at their moments, and the worker in between."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.identity.users import load_actor
from engine.kernel.actor import Actor
from engine.kernel.clock import CHINA, FixedClock
from engine.kernel.command import Command
from engine.kernel.process_engine import ProcessEngine
from engine.workflow.jobs import run_due_jobs
from engine.workflow.states import JobState
from engine.workflow.tables import Incident, Job, ProcessInstance, WorkItem
from engine.workflow.work_items import CompleteWorkItem
from seed.county import County

R = TypeVar("R")
Act = Callable[[], None]


class StoryBroken(Exception):
    """The demo could not be played to its end."""


@dataclass
class Story:
    """Acts at their moments, played in order of time by the officers of the demo county."""

    engine: ProcessEngine
    clock: FixedClock
    county: County
    _acts: list[tuple[datetime, int, Act]] = field(default_factory=list)
    _actors: dict[int, Actor] = field(default_factory=dict)

    def at(self, moment: datetime, act: Act) -> None:
        """Somebody does something at that moment; at one moment, in the order written."""
        self._acts.append((moment, len(self._acts), act))

    def play(self, until: datetime, tell: Callable[[int, int], None]) -> None:
        """Plays every act in order of time, then lets the rest of the time pass."""
        ordered = sorted(self._acts, key=lambda entry: entry[:2])
        for number, (moment, _, act) in enumerate(ordered, start=1):
            self.pass_to(moment)
            act()
            self._work()
            tell(number, len(ordered))
        self.pass_to(until)
        self._refuse_incidents()

    def pass_to(self, moment: datetime) -> None:
        """Time passes; whatever falls due on the way is done at its moment."""
        while (due := self._next_due()) is not None and due <= moment:
            self.clock.move_to(max(due, self.clock.now()))
            self._work()
        self.clock.move_to(max(moment, self.clock.now()))

    def do(self, command: Command[R], who: Actor | str) -> R:
        """A command of an officer, by sign-in name, or of somebody else."""
        return self.engine.execute(command, actor=self.officer(who) if isinstance(who, str) else who)

    def act(
        self, who: Actor | str, case: str, node_id: str, decision: str, opinion: str = "", **values: Any
    ) -> None:
        """Somebody completes the user task of a case."""
        actor = self.officer(who) if isinstance(who, str) else who
        item = self._open_item(case, node_id, actor)
        if item is None:
            raise StoryBroken(f"{node_id} of {case} is not open at {self.clock.now()}")
        self.do(CompleteWorkItem(item, decision, opinion, values), actor)

    def read(self, query: Callable[[Session], R]) -> R:
        """Something from the store."""
        with self.engine.reading() as session:
            return query(session)

    def officer(self, login: str) -> Actor:
        """The officer of that sign-in name."""
        return self.person(self.county.officers[login])

    def person(self, user_id: int) -> Actor:
        """Somebody with an account."""
        if user_id not in self._actors:
            self._actors[user_id] = self.read(lambda session: load_actor(session, user_id))
        return self._actors[user_id]

    def _open_item(self, number: str, node_id: str, actor: Actor) -> int | None:
        query = (
            select(WorkItem.id)
            .join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
            .where(
                ProcessInstance.business_key == number, WorkItem.node_id == node_id, WorkItem.queue.is_not(None),
                (WorkItem.assignee_id == actor.user_id) | WorkItem.assignee_id.is_(None),
            )
        )  # fmt: skip
        return self.read(lambda session: session.scalar(query.limit(1)))

    def _next_due(self) -> datetime | None:
        query = select(func.min(Job.due_at)).where(Job.state == JobState.READY)
        return self.read(lambda session: session.scalar(query))

    def _work(self) -> None:
        while run_due_jobs(self.engine, limit=200):
            pass

    def _refuse_incidents(self) -> None:
        found = self.read(lambda session: [row.message for row in session.scalars(select(Incident).limit(5))])
        if found:
            raise StoryBroken("；".join(found))


@dataclass(frozen=True, slots=True)
class Days:
    """Days counted from the day on which the demo is loaded."""

    today: date

    def __call__(self, offset: int, hour: int = 9, minute: int = 0) -> datetime:
        """A moment `offset` days from today, in China."""
        return datetime.combine(self.today + timedelta(days=offset), time(hour, minute), CHINA)

    def office(self, offset: int, hour: int = 10, minute: int = 0) -> datetime:
        """The same, on the Friday before when it is a weekend."""
        moment = self(offset, hour, minute)
        return moment - timedelta(days=max(0, moment.weekday() - 4))

    @staticmethod
    def later(moment: datetime, workdays: int) -> datetime:
        """So many days later, weekends passed over."""
        while workdays:
            moment += timedelta(days=1)
            workdays -= moment.weekday() < 5
        return moment
