"""The operations on a whole case as pages offer them: what is asked, what it will do, and what is said afterwards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from engine.kernel.command import Command
from engine.workflow.choosing import ChooseHandlers
from engine.workflow.control import JumpInstance, ResumeInstance, SuspendInstance
from engine.workflow.informing import UrgeCase
from engine.workflow.instances import TerminateInstance, WithdrawInstance
from forms.base import BaseForm
from forms.operations import ChooseHandlersForm, JumpForm, ReasonForm, UrgeForm, WithdrawCaseForm


@dataclass(frozen=True, slots=True)
class CaseAct:
    """One operation: its form, the sentence of its effect, its button, its command, and the message afterwards.

    `command` takes the case and the form; `done` takes what the command answered.
    """

    form: type[BaseForm]
    title: str
    effect: str
    button: str
    command: Callable[[int, Any], Command[Any]]
    done: Callable[[Any], str]
    grave: bool = True


def jump_of(instance_id: int, form: Any) -> JumpInstance:
    """Everything that waits is cancelled, or what was chosen of it."""
    return JumpInstance(instance_id, form.target.data, form.reason.data or "", cancelled_by(form))


def cancelled_by(form: Any) -> tuple[str, ...] | None:
    """The nodes whose waits a jump cancels; None: all of them."""
    return None if len(form.cancel.data) == len(form.cancel.choices) else tuple(form.cancel.data)


def choice_of(instance_id: int, form: Any) -> ChooseHandlers:
    """Every node that was offered, with the people ticked for it."""
    people: dict[str, list[int]] = {value.rpartition(":")[0]: [] for value, _ in form.handlers.choices}
    for value in form.handlers.data:
        node_id, _, user_id = value.rpartition(":")
        people[node_id].append(int(user_id))
    return ChooseHandlers(instance_id, people)


CASE_ACTS: Mapping[str, CaseAct] = MappingProxyType({
    "urge": CaseAct(
        UrgeForm, "催办", "正在办理的人员会收到提醒；同一件事 4 小时内只能催办一次。", "催办",
        lambda case, form: UrgeCase(case, form.note.data or ""),
        lambda people: f"已提醒 {people} 名办理人员。", grave=False,
    ),
    "choose": CaseAct(
        ChooseHandlersForm, "自选办理人", "到达该环节时只由您选定的人办理；没有选定的由全部候选人共同待办。", "保存",
        choice_of, lambda _done: "已保存，到达该环节时由选定的人办理。", grave=False,
    ),
    "withdrawInstance": CaseAct(
        WithdrawCaseForm, "撤销此事项", "撤销后此事项结束，未办的环节都会关闭，办理过程保留；需要时只能重新发起。",
        "撤销此事项", lambda case, form: WithdrawInstance(case, form.reason.data or ""),
        lambda _done: "此事项已撤销，未办的环节已关闭。",
    ),
    "terminate": CaseAct(
        ReasonForm, "终止此事项", "终止（作废）后不能恢复，所有未办的环节都会关闭；办理过程保留，理由会写在上面。",
        "终止此事项",
        lambda case, form: TerminateInstance(case, form.reason.data or ""),
        lambda _done: "此事项已终止，理由已记入办理过程。",
    ),
    "suspend": CaseAct(
        ReasonForm, "挂起此事项", "挂起期间谁也不能办理，自动办理也会停下，各环节的时限停止计算；激活后接着计算。",
        "挂起",
        lambda case, form: SuspendInstance(case, form.reason.data or ""),
        lambda _done: "此事项已挂起，时限停止计算。",
    ),
    "resume": CaseAct(
        ReasonForm, "激活此事项", "激活后可以继续办理，各环节剩余的时限与挂起时一样。", "激活",
        lambda case, form: ResumeInstance(case, form.reason.data or ""),
        lambda _done: "此事项已激活，时限继续计算。", grave=False,
    ),
    "jump": CaseAct(
        JumpForm, "跳转",
        "跳转不经过正常流程，作为例外操作记入办理过程。跳过的自动环节不会执行，报名状态、名单、文书等业务记录也不随之改变，"
        "须由经办人另行更正。请先预览将取消和打开的环节。",
        "确认跳转",
        jump_of, lambda _done: "已跳转，理由已作为例外操作记入办理过程。",
    ),
})  # fmt: skip
"""Operation -> how a page offers it."""
