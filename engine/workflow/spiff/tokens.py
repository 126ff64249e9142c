"""SpiffWorkflow's tasks and workflows, kept flat.

SpiffWorkflow grows a tree: every finished task stays, with its own copy of all data, and iteration silently ends at
depth 1000. Here a finished task is removed as soon as its successors exist, and these hang on the root: the tree is
the marking, its size depends on the open work alone, never on the history.
"""

from collections.abc import Iterator
from typing import Any, Self
from uuid import uuid4

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.decision.values import Value
from engine.workflow.spiff.frames import Frame
from engine.workflow.spiff.visits import Pass, Visits

LIVE = TaskState.WAITING | TaskState.READY | TaskState.STARTED


class Token(Task):
    """A task with its place in the variables and in the history.

    `number` names it outside; `past` are the passes it comes from; `came_from` is the node it arrived from (joins need
    it); `local` the frame of its input mappings and results; `index` counts multi-instances from 1; `choice` the event
    that an event-based gateway caught; `memory` what a multi-instance activity has to remember. `corrects` is the pass
    that is done over here; the tokens that wait for it are set aside and `parked` under its number.
    """

    def __init__(self, workflow: Any, task_spec: Any, parent: Any = None, state: int = TaskState.MAYBE) -> None:
        super().__init__(workflow, task_spec, parent, state, id=uuid4())
        self.number = 0
        self.frame: Frame = parent.frame if parent is not None else workflow.frame
        self.local: Frame | None = None
        self.past: tuple[Pass, ...] = ()
        self.came_from = ""
        self.fired = False
        self.choice = ""
        self.index: int | None = None
        self.memory: dict[str, Value] = {}
        self.corrects: Pass | None = None
        self.parked = 0

    def _add_child(self, task_spec: Any, state: int = TaskState.MAYBE) -> Self:
        return type(self)(self.workflow, task_spec, self, state)

    def _set_state(self, value: int) -> None:
        self._state = value

    def _inherit_data(self) -> None:
        """Variables live in frames."""

    @property
    def live(self) -> bool:
        return bool(self._state & LIVE)

    @property
    def is_instance(self) -> bool:
        """One instance of a multi-instance activity; its parent is that activity."""
        return self.index is not None

    @property
    def set_aside(self) -> bool:
        """It, or the activity it is in, waits until somebody has corrected what came before."""
        token: Token | None = self
        while token is not None:
            if token.parked:
                return True
            token = token.parent if token.is_instance else token.workflow.host
        return False

    @property
    def work(self) -> Frame:
        """The frame that results are written to before they leave the activity."""
        if self.local is None:
            self.local = Frame(self.frame)
        return self.local

    def sees(self) -> dict[str, Value]:
        """The variables as this token sees them."""
        return (self.local or self.frame).view()

    def leave_tree(self) -> None:
        """Out of the workflow; children are moved to the root before."""
        self.workflow.tasks.pop(self.id, None)
        parent = self.parent
        if parent is not None:
            parent._children.remove(self.id)


class ScopeMixin:
    """What the process and its sub-processes have in common."""

    tasks: dict[Any, Token]
    task_tree: Token

    def prepare(self, frame: Frame) -> None:
        self.frame = frame
        self.visits = Visits()
        self.interrupted = False
        self.task_tree = Token(self, self.spec.start, state=TaskState.COMPLETED)  # type: ignore[attr-defined]

    def tokens(self) -> Iterator[Token]:
        """The open tokens, instances of multi-instance activities included, as they came."""
        return (task for task in list(self.tasks.values()) if task._state & LIVE)

    def _task_completed_notify(self, task: Token) -> None:
        """Ends and joins are decided by the execution, from all tokens."""


class CaseWorkflow(ScopeMixin, BpmnWorkflow):
    """The process itself; `case` is the execution."""

    host: Token | None = None

    def __init__(self, spec: Any, subprocess_specs: Any, engine: Any, case: Any) -> None:
        super().__init__(spec, subprocess_specs, engine, deserializing=True)
        self.case = case
        self.prepare(Frame())


class ScopeWorkflow(ScopeMixin, BpmnSubWorkflow):
    """An open sub-process or called process; `host` is the token it belongs to."""

    def __init__(self, spec: Any, host: Token, frame: Frame) -> None:
        self.host = host
        top = host.workflow.top_workflow
        super().__init__(spec, host.id, top, deserializing=True)
        top.subprocesses[host.id] = self
        self.prepare(frame)

    def _calculate_depth(self) -> int:
        return int(self.host.workflow.depth) + 1


Scope = CaseWorkflow | ScopeWorkflow
