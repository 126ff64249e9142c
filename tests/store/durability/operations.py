"""A case in the middle of its way, and the approval operations that somebody may do with it now."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from engine.kernel.actor import Actor
from engine.workflow.control import JumpInstance, SuspendInstance
from engine.workflow.handing_over import DelegateWorkItem, TransferWorkItem
from engine.workflow.informing import SendCopies
from engine.workflow.instances import TerminateInstance
from engine.workflow.signers import AddSignersAfter, AddSignersBefore
from engine.workflow.tables import WorkItem
from engine.workflow.work_items import ClaimWorkItem, CompleteWorkItem, SendBack, WithdrawAct
from tests.store.workflow.approving import in_a_row
from tests.store.workflow.conftest import Office


@dataclass(frozen=True)
class Scene:
    """Two clerks who may both act, two colleagues, an administrator; `done` is the step before the open one."""

    office: Office
    clerks: tuple[Actor, Actor]
    colleagues: tuple[Actor, Actor]
    admin: Actor

    def case(self, number: int = 1) -> "Case":
        """A new case whose first step is done by the first clerk."""
        instance = self.office.start("in_a_row", key=f"A-{number}")
        done = self._open(instance)
        self.office.do(CompleteWorkItem(done, "pass", "同意"), self.clerks[0])
        return Case(self, instance, done, self._open(instance))

    def _open(self, instance: int) -> int:
        with self.office.engine.reading() as session:
            query = select(WorkItem.id).where(WorkItem.instance_id == instance, WorkItem.queue.is_not(None))
            return session.scalars(query).one()


@dataclass(frozen=True)
class Case:
    scene: Scene
    instance: int
    done: int
    item: int

    def act(self, name: str, turn: int = 0) -> tuple[object, Actor]:
        """An operation on the case by the clerk (or the administrator) whose turn it is."""
        by = self.scene.clerks[0] if name == "withdraw" else self.scene.clerks[turn]
        to = self.scene.colleagues[turn].user_id or 0
        return _ACTS[name](self, to), self.scene.admin if name in BY_ADMINISTRATORS else by


_ACTS: Mapping[str, Callable[[Case, int], object]] = {
    "complete": lambda case, to: CompleteWorkItem(case.item, "pass", "同意"),
    "claim": lambda case, to: ClaimWorkItem(case.item),
    "transfer": lambda case, to: TransferWorkItem(case.item, to, "出差"),
    "delegate": lambda case, to: DelegateWorkItem(case.item, to, "请核实"),
    "send_back": lambda case, to: SendBack(case.item, "a", "材料不全"),
    "send_straight_back": lambda case, to: SendBack(case.item, "a", "材料不全", direct=True),
    "add_before": lambda case, to: AddSignersBefore(case.item, (to,)),
    "add_after": lambda case, to: AddSignersAfter(case.item, (to,), "pass", "同意"),
    "copy": lambda case, to: SendCopies(case.item, (to,)),
    "withdraw": lambda case, to: WithdrawAct(case.done, "填错了"),
    "suspend": lambda case, to: SuspendInstance(case.instance, "等待核查"),
    "jump": lambda case, to: JumpInstance(case.instance, "c", "领导批示"),
    "terminate": lambda case, to: TerminateInstance(case.instance, "误报"),
}
BY_ADMINISTRATORS = ("suspend", "jump", "terminate")
OPERATIONS = tuple(_ACTS)


def scene(office: Office) -> Scene:
    """People and a process of three steps in which everything is allowed."""
    clerks = (office.person("王敏"), office.person("赵磊"))
    colleagues = (office.person("甲", "county_reviewer"), office.person("乙", "county_reviewer"))
    admin = office.person("管理", "process_admin")
    office.deploy(in_a_row("a", "b", "c"))
    return Scene(office, clerks, colleagues, admin)
