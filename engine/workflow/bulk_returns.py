"""Sending back without looking at the single case: to the step before, or to the first one that was passed."""

from dataclasses import dataclass
from enum import StrEnum

from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict
from engine.workflow.going_back import ReturnTargets, SendBack


class Way(StrEnum):
    """How far a case is sent back."""

    PREVIOUS = "previous"
    FIRST = "first"


@dataclass(frozen=True)
class SendBackAlong:
    """Sends an item back to the step before it or to the first step of its way (退回)."""

    work_item_id: int
    way: Way
    opinion: str

    def execute(self, context: CommandContext) -> None:
        passed = ReturnTargets(self.work_item_id).execute(context)
        if not passed:
            raise Conflict("此件前面没有可以退回的环节。")
        target = passed[0] if self.way is Way.PREVIOUS else passed[-1]
        SendBack(self.work_item_id, target.node_id, self.opinion).execute(context)
