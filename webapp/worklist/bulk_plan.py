"""What a bulk act would do to each chosen thing, and for which it cannot be done: said before anything happens."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.kernel.errors import Invalid, ShegongError
from engine.workflow.bulk_runs import NewEntry
from engine.workflow.definitions import DefinitionCache
from engine.workflow.diagram import FieldRight, Operation, Settings, SignatureRule
from engine.workflow.flags import RETURNING
from engine.workflow.item_trace import visible_item
from engine.workflow.items import allows
from engine.workflow.readers import readable
from engine.workflow.states import ENDED, InstanceState, Origin, WorkItemState
from engine.workflow.tables import ProcessDefinition, ProcessInstance
from engine.workflow.worklist import WorkRow, chosen_work
from forms.work_items import FORMS
from forms.work_items.base import WorkItemForm
from webapp.visit import actor, engine


class Act(StrEnum):
    """What can be done to many things at once; a decision of a step is `decide:<decision>`."""

    APPROVE = "approve"
    RETURN = "return"
    TRANSFER = "transfer"
    CLAIM = "claim"
    RELEASE = "release"
    URGE = "urge"
    HAND_OVER = "hand_over"


LABELS: Mapping[str, str] = {
    Act.APPROVE: "通过", Act.RETURN: "退回", Act.TRANSFER: "转办", Act.CLAIM: "认领", Act.RELEASE: "退回认领池",
    Act.URGE: "催办", Act.HAND_OVER: "工作交接",
}  # fmt: skip
AT_ONCE = (Act.CLAIM, Act.RELEASE)
"""Acts without a word and easily undone: nobody is asked again."""
DECIDE = "decide:"
ALONG = "along"
"""The choice of an entry that is sent back along its way, not by a decision of its step."""
TOO_MUCH = "此环节需要逐件填写，不能批量办理。"


@dataclass(frozen=True, slots=True)
class Planned:
    """One thing: what would be done, or why it cannot be."""

    entry: NewEntry
    place: str
    """Process and step, as people call them."""
    label: str = ""
    needs_opinion: bool = False
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """A bulk act before it is begun."""

    act: str
    label: str
    doable: Sequence[Planned]
    refused: Sequence[Planned]

    @property
    def groups(self) -> Sequence[tuple[str, str, int]]:
        """(process and step, what is done there, how often)."""
        found: dict[tuple[str, str], int] = {}
        for each in self.doable:
            found[each.place, each.label] = found.get((each.place, each.label), 0) + 1
        return [(place, label, number) for (place, label), number in found.items()]

    @property
    def opinion_needed(self) -> bool:
        return any(each.needs_opinion for each in self.doable)

    @property
    def asks_way(self) -> bool:
        """Whether somebody has to say how far back."""
        return any(each.entry.choice == ALONG for each in self.doable)

    @property
    def entries(self) -> tuple[NewEntry, ...]:
        return tuple(each.entry for each in self.doable)


def plan(session: Session, act: str, ids: Sequence[int]) -> Plan:
    """What the act would do to the items, or to the cases when they are urged."""
    known = set(Act) - {Act.HAND_OVER}
    if act not in known and not act.startswith(DECIDE):
        raise Invalid("没有这种批量操作，请从列表下方的按钮选择。")
    planned = list(_cases(session, ids) if act == Act.URGE else _items(session, act, ids))
    doable = [each for each in planned if not each.refusal]
    return Plan(act, _label(act, doable), doable, [each for each in planned if each.refusal])


def _label(act: str, doable: Sequence[Planned]) -> str:
    """What the whole is called: as the steps call it when they agree."""
    labels = {each.label for each in doable}
    if len(labels) == 1 and (act == Act.APPROVE or act.startswith(DECIDE)):
        return labels.pop()
    return LABELS.get(act, "办理")


def _items(session: Session, act: str, ids: Sequence[int]) -> Iterator[Planned]:
    now = engine().clock.now()
    rows = {row.work_item_id: row for row in chosen_work(session, actor(), now, ids)}
    names = dict(session.execute(select(ProcessDefinition.id, ProcessDefinition.name).where(
        ProcessDefinition.id.in_({row.definition_id for row in rows.values()}))).all())  # fmt: skip
    for id_ in ids:
        row = rows.get(id_)
        yield _gone(session, id_) if row is None else _item(session, act, row, names[row.definition_id])


def _item(session: Session, act: str, row: WorkRow, process: str) -> Planned:
    definition = engine().service(DefinitionCache).get(session, row.definition_id)
    settings = definition.node(row.node_id).settings
    place, choice, label, needed, refusal = f"{process} · {row.step_name}", "", "", False, ""
    try:
        choice, label, needed = _choice(act, row, settings)
    except Invalid as error:
        refusal = error.message
    title = f"{row.title}（{row.business_key}）"
    entry = NewEntry(row.instance_id, row.work_item_id, title, row.step_name, choice)
    return Planned(entry, place, label, needed, refusal)


def _choice(act: str, row: WorkRow, settings: Settings) -> tuple[str, str, bool]:
    """(choice of the entry, what it is called, whether it needs a word); Invalid with the reason when it cannot be."""
    if row.case_state == InstanceState.SUSPENDED:
        raise Invalid("此件已挂起，恢复后才能办理。")
    if act == Act.CLAIM:
        return _claim(row, settings)
    if act == Act.RELEASE:
        if row.state != WorkItemState.CLAIMED or row.offered_to.startswith("user:"):
            raise Invalid("不是认领来的事项，没有认领池可退。")
        return "", LABELS[act], False
    if act == Act.TRANSFER:
        if not allows(settings, Operation.TRANSFER):
            raise Invalid("此环节不允许转办。")
        return "", LABELS[act], False
    if act == Act.RETURN:
        return _return(row, settings)
    wanted = next(iter(settings.decisions), "") if act == Act.APPROVE else act.removeprefix(DECIDE)
    return _decision(wanted, row, settings)


def _claim(row: WorkRow, settings: Settings) -> tuple[str, str, bool]:
    if row.state != WorkItemState.OFFERED:
        raise Invalid(f"已由{row.assignee}认领。" if row.assignee else "已被认领。")
    if not allows(settings, Operation.CLAIM):
        raise Invalid("此环节不需要认领。")
    return "", LABELS[Act.CLAIM], False


def _return(row: WorkRow, settings: Settings) -> tuple[str, str, bool]:
    if RETURNING in settings.decisions:
        return (*_decision(RETURNING, row, settings)[:2], True)
    if Operation.RETURN in settings.operations and row.origin != Origin.DELEGATED:
        return ALONG, LABELS[Act.RETURN], True
    raise Invalid("此环节不能退回。")


def _decision(decision: str, row: WorkRow, settings: Settings) -> tuple[str, str, bool]:
    if row.origin == Origin.DELEGATED:
        raise Invalid("委派给您的事项需要逐件答复。")
    form = WorkItemForm if row.origin == Origin.BEFORE else FORMS.get(settings.form_id)
    required = FieldRight.REQUIRED in settings.field_rights.values()
    if form is None or not form.bulk or required or decision not in (settings.decisions or {"": ""}):
        raise Invalid(TOO_MUCH)
    if settings.signature is SignatureRule.REQUIRED:
        raise Invalid("此环节须手写签名，请逐件办理。")
    return decision, settings.decisions.get(decision, "办理完成"), decision in settings.opinion_required


def _gone(session: Session, work_item_id: int) -> Planned:
    """An item that is not in the person's lists now: he is told why, as far as it is his business."""
    try:
        view = visible_item(session, actor(), work_item_id, engine().clock.now())
    except ShegongError as error:
        return Planned(NewEntry(0, None, f"编号 {work_item_id}"), "", refusal=error.message)
    entry = NewEntry(view.instance_id, view.id, f"{view.title}（{view.business_key}）", view.step_name)
    who = f"已由{view.handler}办理，" if view.handler else "已被认领或已关闭，"
    return Planned(entry, view.step_name, refusal=f"{who}不在您的待办中。")


def _cases(session: Session, ids: Sequence[int]) -> Iterator[Planned]:
    """Cases to be urged: those the person began or reads."""
    own = or_(ProcessInstance.initiator_id == actor().user_id, readable(session, actor()))
    query = (
        select(ProcessInstance, ProcessDefinition.name)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .where(ProcessInstance.id.in_(ids), own)
    )
    found = {case.id: (case, name) for case, name in session.execute(query)}
    for id_ in ids:
        if id_ not in found:
            yield Planned(NewEntry(0, None, f"编号 {id_}"), "", refusal="没有找到此件，或您无权查看。")
            continue
        case, name = found[id_]
        over = case.state in ENDED or case.state == InstanceState.SUSPENDED
        entry = NewEntry(case.id, None, f"{case.title}（{case.business_key}）")
        yield Planned(entry, name, LABELS[Act.URGE], refusal="此件已结束或已挂起，不需要催办。" if over else "")
