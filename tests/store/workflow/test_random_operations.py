"""Random processes under random operations, compared with a small model after each step.

The default run is short and always the same; it looks further with
`WALKS=2000 python -m pytest -o faulthandler_timeout=0 <this file>`.
"""

import os
from collections import Counter
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from engine.kernel.actor import SYSTEM, Actor
from engine.kernel.errors import Conflict
from engine.workflow.control import ResumeInstance, SuspendInstance
from engine.workflow.definitions import Deploy
from engine.workflow.going_back import ReturnTargets, SendBack, WithdrawAct
from engine.workflow.handing_over import DelegateWorkItem, TransferWorkItem
from engine.workflow.instances import TerminateInstance
from engine.workflow.tables import Job, Step
from engine.workflow.work_items import CompleteWorkItem
from engine.workflow.worklist import WorkRow
from tests.store.workflow.approving import check_rows, state_of
from tests.store.workflow.block_model import Block, Box, Either, Fork, Leaf, Model, Row, drawn
from tests.store.workflow.conftest import Office

WALKS = int(os.environ.get("WALKS", "0"))
_NUMBERS = count(1)


@st.composite
def blocks(draw: st.DrawFn, depth: int = 3) -> Block:
    """A block; every leaf has a name of its own."""
    numbers = count(1)

    def leaf() -> Leaf:
        kind = draw(st.sampled_from(["task", "task", "task", "many", "timer"]))
        rule_ = draw(st.sampled_from(["any", "any", "all", "ordered"])) if kind == "task" else "any"
        return Leaf(f"n{next(numbers)}", kind, rule_)

    def block(depth: int) -> Block:
        kind = draw(st.sampled_from(["leaf", "row", "row", "fork", "either", "box"])) if depth else "leaf"
        if kind == "leaf":
            return leaf()
        if kind == "box":
            return Box(block(depth - 1))
        size = draw(st.integers(2, 3 if kind == "row" else 2))
        parts = [block(depth - 1) for _ in range(size)]
        if kind == "either":
            return Either(parts, draw(st.integers(0, size - 1)))
        return Row(parts) if kind == "row" else Fork(parts)

    return Row([Leaf(f"n{next(numbers)}"), block(depth), block(depth - 1)])


class Walk(RuleBasedStateMachine):
    """One case, driven the way pages do."""

    def __init__(self, office: Office, people: dict[str, Actor]) -> None:
        super().__init__()
        self.office, self.people = office, people
        self.last: tuple[int, str, str, Model] | None = None
        self.case = 0

    @initialize(block=blocks())
    def begin(self, block: Block) -> None:
        key = f"walk{next(_NUMBERS)}"
        self.office.engine.execute(Deploy({f"{key}.bpmn": drawn(block, key)}), actor=SYSTEM)
        self.case = self.office.start(key, key=key)
        self.model = Model(block, ["甲", "乙"])

    def teardown(self) -> None:
        """Lists are pages: a case that is over must not push the next one out."""
        if self.case and state_of(self.office, self.case)[0] == "active":
            self.office.do(TerminateInstance(self.case, "结束"), SYSTEM)
            check_rows(self.office, self.case)

    def todo(self, name: str) -> list[WorkRow]:
        return [row for row in self.office.todo(self.people[name]) if row.instance_id == self.case]

    def pick(self, data: st.DataObject) -> tuple[WorkRow, str] | None:
        """Somebody with something to do."""
        found = [(row, name) for name in self.people for row in self.todo(name)]
        return data.draw(st.sampled_from(found)) if found else None

    def act(self, command: Any, name: str) -> Any:
        self.last = None
        return self.office.do(command, self.people[name])

    @rule(data=st.data())
    def complete(self, data: st.DataObject) -> None:
        if picked := self.pick(data):
            row, name = picked
            before = self.model.copy()
            self.act(CompleteWorkItem(row.work_item_id, "pass"), name)
            self.last = (row.work_item_id, name, row.node_id, before)
            self.model.sign(row.node_id, name)

    @rule(data=st.data())
    def complete_one_more(self, data: st.DataObject) -> None:
        """Twice as often, so that walks get somewhere."""
        self.complete(data)

    @rule(data=st.data(), direct=st.booleans())
    def send_back(self, data: st.DataObject, direct: bool) -> None:
        if picked := self.pick(data):
            row, name = picked
            offered = [target.node_id for target in self.act(ReturnTargets(row.work_item_id), name)]
            assert set(offered) == self.model.passed(row.node_id)
            if not offered:
                return
            target = data.draw(st.sampled_from(offered))
            self.act(SendBack(row.work_item_id, target, "请改正", direct), name)
            if direct:
                self.model.correct(row.node_id, name, target)
            else:
                self.model.send_back(target)

    @precondition(lambda self: self.last is not None)
    @rule()
    def withdraw(self) -> None:
        item, name, node, before = self.last or (0, "", "", self.model)
        work = self.model.work[node]
        refused = self.model.finished or (
            (work.state == "done" or self.model.leaves[node].kind == "many")
            and (self.model.leaves[node].kind == "many" or node in before.corrections or self.model.boxes_over(node))
        )
        if refused:
            with pytest.raises(Conflict):
                self.act(WithdrawAct(item), name)
            return
        self.act(WithdrawAct(item), name)
        self.model = before
        if before.leaves[node].rule == "any":
            before.work[node].only = name

    @rule(data=st.data())
    def transfer(self, data: st.DataObject) -> None:
        if (picked := self.pick(data)) and self._newcomer(picked):
            row, name = picked
            self.act(TransferWorkItem(row.work_item_id, self.people["丙"].user_id or 0), name)
            work = self.model.work[row.node_id]
            work.signers = ["丙" if each == name else each for each in work.signers]
            work.only = "丙" if self.model.leaves[row.node_id].rule == "any" else ""

    @rule(data=st.data())
    def ask(self, data: st.DataObject) -> None:
        """委派 and its answer."""
        if (picked := self.pick(data)) and self._newcomer(picked):
            row, name = picked
            command = DelegateWorkItem(row.work_item_id, self.people["丙"].user_id or 0, "请核实")
            asked = self.act(command, name)
            check_rows(self.office, self.case)
            self.act(CompleteWorkItem(asked, opinion="属实"), "丙")
            if self.model.leaves[row.node_id].rule == "any":
                self.model.work[row.node_id].only = name

    def _newcomer(self, picked: tuple[WorkRow, str]) -> bool:
        """Whether 丙 has nothing to do with the step; steps of multi-instances are left out."""
        row, name = picked
        work, leaf = self.model.work[row.node_id], self.model.leaves[row.node_id]
        present = {work.only, *work.signed} | (set() if leaf.rule == "any" else set(work.signers))
        return name != "丙" and leaf.kind == "task" and "丙" not in present

    @precondition(lambda self: self.model.open_leaves("timer"))
    @rule()
    def time_passes(self) -> None:
        self.last = None
        due = self.model.open_leaves("timer")
        self.office.clock.advance(timedelta(hours=2))
        self.office.work()
        for name in due:
            self.model.finish(name)

    @precondition(lambda self: not self.model.finished)
    @rule(data=st.data())
    def stop_for_a_while(self, data: st.DataObject) -> None:
        self.last = None
        self.office.do(SuspendInstance(self.case, "核查"), SYSTEM)
        check_rows(self.office, self.case)
        if picked := self.pick(data):
            with pytest.raises(Conflict, match="挂起"):
                self.office.do(CompleteWorkItem(picked[0].work_item_id, "pass"), self.people[picked[1]])
        self.office.do(ResumeInstance(self.case, "继续"), SYSTEM)

    @invariant()
    def rows_and_model_agree(self) -> None:
        check_rows(self.office, self.case)
        assert state_of(self.office, self.case)[0] == ("completed" if self.model.finished else "active")
        with self.office.engine.reading() as session:
            opened = session.scalars(select(Step.node_id).where(Step.instance_id == self.case, Step.state == "open"))
            expected = Counter(self.model.open_leaves("task"))
            expected.update({name: self.model.work[name].left for name in self.model.open_leaves("many")})
            assert Counter(opened) == expected
            timers = session.scalars(select(Job.node_id).where(Job.instance_id == self.case, Job.kind == "timer"))
            assert sorted(timers) == self.model.open_leaves("timer")
            deadlines = select(Job.node_id).where(Job.instance_id == self.case, Job.kind == "deadline")
            assert Counter(session.scalars(deadlines)) == expected
        tasks = self.model.open_leaves("task")
        for name in self.people:
            seen = sorted(row.node_id for row in self.todo(name) if self.model.leaves[row.node_id].kind == "task")
            assert seen == [node for node in tasks if name in self.model.holders(node)], name


def test_any_process_under_any_operations_is_as_the_model_says(office: Office) -> None:
    people = {name: office.person(name, "county_head") for name in ("甲", "乙")}
    people["丙"] = office.person("丙", "county_clerk")
    usual = 8 if office.engine.store.engine.dialect.name == "sqlite" else 2  # a commit costs more there
    phases = (Phase.generate, Phase.shrink) if WALKS else (Phase.generate,)
    profile = settings(
        max_examples=WALKS or usual, stateful_step_count=40 if WALKS else 14, deadline=None, derandomize=not WALKS,
        phases=phases, database=None, print_blob=False, suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(lambda: Walk(office, people), settings=profile)
