"""The operations on a work item as pages offer them: what is asked, what it will do, and what is said afterwards."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from engine.kernel.command import Command
from engine.workflow.going_back import SendBack, WithdrawAct
from engine.workflow.handing_over import DelegateWorkItem, TransferWorkItem
from engine.workflow.informing import SendCopies
from engine.workflow.signers import AddSignersBefore, AddSignersBeside, RemoveSigner
from forms.base import BaseForm
from forms.operations import (
    AddSignersForm,
    CopyForm,
    DelegateForm,
    RemoveSignerForm,
    SendBackForm,
    TransferForm,
    WithdrawActForm,
)


@dataclass(frozen=True, slots=True)
class ItemAct:
    """One operation: its form, the sentence of its effect, its button, its command, and the message afterwards.

    `command` takes the item and the form; `done` takes the names of the people and the form.
    """

    form: type[BaseForm]
    title: str
    effect: str
    button: str
    command: Callable[[int, Any], Command[Any]]
    done: Callable[[str, Any], str]
    grave: bool = False
    stays: bool = False
    """The item is still with its handler afterwards."""


def _send_back(item: int, form: Any) -> Command[Any]:
    return SendBack(item, form.target.data, form.opinion.data, form.way.data == "direct")


def _sent_back(_names: str, form: Any) -> str:
    target = next(label for value, label in form.target.choices if value == form.target.data)
    after = "改好后直接回到您这里" if form.way.data == "direct" else "改好后逐级重新办理"
    return f"已退回到“{target}”，{after}。"


ITEM_ACTS: Mapping[str, ItemAct] = MappingProxyType({
    "transfer": ItemAct(
        TransferForm, "转办给同事", "转办后此件归对方办理和决定，您不再办理。", "转办",
        lambda item, form: TransferWorkItem(item, form.person.data[0], form.reason.data or ""),
        lambda names, _form: f"已转办给{names}，此件由其办理和决定。",
    ),
    "delegate": ItemAct(
        DelegateForm, "委派给同事", "对方答复后此件回到您这里，由您决定；答复前您不能办理。", "委派",
        lambda item, form: DelegateWorkItem(item, form.person.data[0], form.request.data or ""),
        lambda names, _form: f"已委派给{names}，对方答复后此件回到您的待办。",
    ),
    "addBefore": ItemAct(
        AddSignersForm, "前加签", "所选人员先签，全部签完以后回到您这里；他们的意见供您参考，由您决定。", "前加签",
        lambda item, form: AddSignersBefore(item, tuple(form.person.data), form.reason.data or ""),
        lambda names, _form: f"已请{names}先签，签完以后此件回到您的待办。",
    ),
    "addBeside": ItemAct(
        AddSignersForm, "并加签", "所选人员加入本环节的会签，与您一样各自表决。", "并加签",
        lambda item, form: AddSignersBeside(item, tuple(form.person.data), form.reason.data or ""),
        lambda names, _form: f"{names}已加入会签。", stays=True,
    ),
    "removeSigner": ItemAct(
        RemoveSignerForm, "减签", "被减去的人员不再办理此环节，会签规则随即重新核算。", "减签",
        lambda _item, form: RemoveSigner(int(form.signer.data), form.reason.data or ""),
        lambda _names, form: f"已减去{dict(form.signer.choices)[form.signer.data]}，会签规则已重新核算。",
        grave=True, stays=True,
    ),
    "return": ItemAct(
        SendBackForm, "退回",
        "退回后，所选环节重新打开，它之后正在办理的环节都会停下；填写过的内容保留，对方可以接着改。",
        "退回", _send_back, _sent_back, grave=True,
    ),
    "copy": ItemAct(
        CopyForm, "抄送", "对方只能查看，不影响办理。", "抄送",
        lambda item, form: SendCopies(item, tuple(form.person.data), form.note.data or ""),
        lambda names, _form: f"已抄送给{names}。", stays=True,
    ),
    "withdraw": ItemAct(
        WithdrawActForm, "撤回我的办理", "撤回后此件回到您的待办，您可以改了再交；后面已经有人办理的不能撤回。", "撤回",
        lambda item, form: WithdrawAct(item, form.reason.data or ""),
        lambda _names, _form: "已撤回，此件回到您的待办。", stays=True,
    ),
})  # fmt: skip
"""Operation -> how a page offers it. 后加签 stands in the form of the decision, which it agrees to."""
