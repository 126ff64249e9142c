"""What people do with work items: claim, release, complete, send back, save a draft."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine.decision import Value, clean
from engine.identity.users import User, principals_of
from engine.kernel.actor import Actor
from engine.kernel.clock import CHINA, local_date
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from engine.workflow.assignment import group_queue, user_queue
from engine.workflow.diagram import CompletionKind, Settings
from engine.workflow.runs import Run, open_run
from engine.workflow.states import OPEN_ITEMS, StepState, WorkItemState, next_state
from engine.workflow.steps import close_items, step_outcome
from engine.workflow.tables import ProcessInstance, Step, Submission, WorkItem, WorkItemDraft


@dataclass
class OpenItem:
    """A work item in the hands of one command, with everything around it."""

    item: WorkItem
    step: Step
    siblings: Sequence[WorkItem]
    run: Run
    principal_id: int | None

    @property
    def settings(self) -> Settings:
        return self.run.definition.node(self.step.node_id).settings


def own_queues(session: Session, actor: Actor, at: datetime) -> dict[str, int | None]:
    """The open lists an actor sees -> the principal he stands in for there (None: himself)."""
    queues: dict[str, int | None] = {group_queue(m.role, m.organisation_id): None for m in sorted(actor.memberships)}
    if actor.user_id is not None:
        queues[user_queue(actor.user_id)] = None
        for principal in principals_of(session, actor.user_id, local_date(at)):
            queues.setdefault(user_queue(principal), principal)
    return queues


def take_item(context: CommandContext, work_item_id: int, operation: str) -> OpenItem:
    """The item for an actor who may act on it now; anybody else is told that it does not exist."""
    rows = _load(context.session, work_item_id)
    item = next((row[0] for row in rows if row[0].id == work_item_id), None)
    if item is None:
        raise NotFound()
    _, step, instance = rows[0]
    principal = _authorise(context, item)
    if item.state not in OPEN_ITEMS or step.state != StepState.OPEN:
        raise _too_late(context.session, item, [row[0] for row in rows])
    next_state(operation, item.state)
    return OpenItem(item, step, [row[0] for row in rows], open_run(context, instance), principal)


_STEP_OF_ITEM = (
    select(WorkItem, Step, ProcessInstance)
    .join(Step, Step.id == WorkItem.step_id)
    .join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
    .where(WorkItem.step_id == select(WorkItem.step_id).where(WorkItem.id == bindparam("item")).scalar_subquery())
    .order_by(WorkItem.position, WorkItem.id)
)
"""Every item of the step that an item belongs to; built once, because it runs with each act."""


def _load(session: Session, work_item_id: int) -> list[tuple[WorkItem, Step, ProcessInstance]]:
    return [(item, step, instance) for item, step, instance in session.execute(_STEP_OF_ITEM, {"item": work_item_id})]


def _authorise(context: CommandContext, item: WorkItem) -> int | None:
    """The principal the actor stands in for, None for himself; NotFound when the item is none of his."""
    actor = context.actor
    if actor.is_system or (actor.user_id is not None and item.assignee_id == actor.user_id):
        return None
    role, _, place = item.offered_to.partition("@")
    in_group = place and actor.has_role(role, organisation_id=int(place))
    if in_group and item.assignee_id is None:
        return None
    if actor.user_id is not None and item.assignee_id in principals_of(
        context.session, actor.user_id, context.today, item.process_key
    ):
        return item.assignee_id
    if in_group:
        return None if item.state not in OPEN_ITEMS else _claimed_by_other(context.session, item)
    raise NotFound()


def _claimed_by_other(session: Session, item: WorkItem) -> int | None:
    name = _name(session, item.assignee_id)
    raise Conflict(f"此件已由{name}认领办理。", winner=name)


def _too_late(session: Session, item: WorkItem, siblings: Sequence[WorkItem]) -> Conflict:
    done = next((s for s in [item, *siblings] if s.completed_by is not None), None)
    if done is None or done.completed_at is None:
        return Conflict("此件已由系统关闭，不需要再办理。")
    name = _name(session, done.completed_by)
    when = done.completed_at.astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
    return Conflict(f"此件已由{name}于{when}办理，您的操作没有生效。", winner=name, at=done.completed_at)


def _name(session: Session, user_id: int | None) -> str:
    user = None if user_id is None else session.get(User, user_id)
    return "系统" if user is None else user.name


@dataclass(frozen=True)
class ClaimWorkItem:
    """One of a candidate group takes the item; the others no longer see it as open."""

    work_item_id: int

    def execute(self, context: CommandContext) -> None:
        taken = take_item(context, self.work_item_id, "claim")
        if context.actor.user_id is None:
            raise Forbidden()
        _refuse_excluded(context, taken)
        taken.item.state = next_state("claim", taken.item.state)
        taken.item.assignee_id = context.actor.user_id
        taken.item.queue = user_queue(context.actor.user_id)
        taken.run.record("work_item.claimed", f"work_item:{taken.item.id}")


@dataclass(frozen=True)
class ReleaseWorkItem:
    """Puts a claimed item back to its candidate group."""

    work_item_id: int

    def execute(self, context: CommandContext) -> None:
        taken = take_item(context, self.work_item_id, "release")
        release(taken.item)
        taken.run.record("work_item.released", f"work_item:{taken.item.id}")


def release(item: WorkItem) -> None:
    """Back to the list it was first offered in."""
    if item.offered_to.startswith("user:"):
        raise Conflict("此件是直接派给您的，不能退回认领池。")
    item.state = next_state("release", item.state)
    item.assignee_id, item.queue = None, item.offered_to


@dataclass(frozen=True)
class CompleteWorkItem:
    """Decides a work item; when the step's rule is fulfilled the case goes on.

    `values` is what was filled in: kept whole as the Submission; the diagram's output mappings say what of it becomes
    a variable.
    """

    work_item_id: int
    decision: str | None = None
    opinion: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)

    def execute(self, context: CommandContext) -> None:
        taken = take_item(context, self.work_item_id, "complete")
        self._validate(taken.settings)
        _refuse_excluded(context, taken)
        _finish_item(context, taken, "complete", self.decision, self.opinion, self.values)
        self._evaluate_step(context, taken)

    def _validate(self, settings: Settings) -> None:
        if settings.decisions and self.decision not in settings.decisions:
            raise Invalid(fields={"decision": "请选择办理结果：" + "、".join(settings.decisions.values()) + "。"})
        if self.decision in settings.opinion_required and not self.opinion.strip():
            raise Invalid(fields={"opinion": f"选择“{settings.decisions[self.decision]}”必须填写意见。"})

    def _evaluate_step(self, context: CommandContext, taken: OpenItem) -> None:
        settings, step = taken.settings, taken.step
        if settings.completion_rule.kind is CompletionKind.ANY or len(taken.siblings) == 1:
            decision = self.decision
        else:
            outcome = _countersign(taken)
            if outcome is None:
                return
            decision = self._agreed(settings) if outcome else self._refused(taken)
        step.state, step.completed_at, step.decision = StepState.COMPLETED, context.now, decision
        if len(taken.siblings) > 1:
            close_items(context, [step.id])
        variables = {**self.values, **({} if decision is None else {"decision": decision})}
        taken.run.complete_step(step.token, _wanted(settings, variables))

    def _agreed(self, settings: Settings) -> str | None:
        if self.decision in settings.approving_decisions:
            return self.decision
        return next((d for d in settings.decisions if d in settings.approving_decisions), None)

    def _refused(self, taken: OpenItem) -> str | None:
        approving = taken.settings.approving_decisions
        given = [sibling.decision for sibling in taken.siblings if sibling.decision]
        return next((decision for decision in given if decision not in approving), self.decision)


def _wanted(settings: Settings, variables: Mapping[str, Any]) -> dict[str, Value]:
    """What leaves the step: everything that was filled in, unless output mappings say that only part of it can."""
    if settings.outputs:
        sources = " ".join(mapping.source for mapping in settings.outputs)
        variables = {name: value for name, value in variables.items() if name in sources}
    return {name: clean(value) for name, value in variables.items()}


def _countersign(taken: OpenItem) -> bool | None:
    """Whether the countersign is agreed, refused or open; lets the next in turn begin."""
    settings = taken.settings
    approving = settings.approving_decisions
    counted = [s for s in taken.siblings if s.state != WorkItemState.CLOSED]
    decisions = [
        (s.decision or next(iter(approving), "done")) if s.state == WorkItemState.COMPLETED else None for s in counted
    ]
    outcome = step_outcome(settings.completion_rule, approving or frozenset({"done"}), decisions)
    waiting = next((s for s in counted if s.state == WorkItemState.WAITING), None)
    if outcome is None and settings.completion_rule.kind is CompletionKind.ORDERED and waiting is not None:
        waiting.state = WorkItemState.CLAIMED if waiting.assignee_id else WorkItemState.OFFERED
        waiting.queue = waiting.offered_to
    return outcome


def _finish_item(
    context: CommandContext, taken: OpenItem, operation: str, decision: str | None, opinion: str,
    values: Mapping[str, Any],
) -> None:  # fmt: skip
    item = taken.item
    item.state = next_state(operation, item.state)
    item.queue, item.completed_at, item.completed_by = None, context.now, context.actor.user_id
    item.decision = decision
    context.session.add(
        Submission(
            instance_id=item.instance_id, work_item_id=item.id, node_id=item.node_id, actor_id=context.actor.user_id,
            on_behalf_of=taken.principal_id, at=context.now, operation=operation, decision=decision,
            content={"opinion": opinion, "values": dict(values)},
        )
    )  # fmt: skip
    taken.run.record("work_item.completed" if operation == "complete" else "work_item.sent_back",
                     f"work_item:{item.id}", decision=decision, opinion=opinion,
                     on_behalf_of=taken.principal_id)  # fmt: skip


@dataclass(frozen=True)
class SendBack:
    """Sends the case back to a node it has passed; everything after that node is cancelled, what was typed stays."""

    work_item_id: int
    target_node_id: str
    opinion: str

    def execute(self, context: CommandContext) -> None:
        taken = take_item(context, self.work_item_id, "send_back")
        if "return" not in taken.settings.operations:
            raise Forbidden("此环节不允许退回。")
        if not self.opinion.strip():
            raise Invalid(fields={"opinion": "请填写退回的原因，让对方知道要改什么。"})
        if self.target_node_id not in taken.run.execution.passed(taken.step.token):
            raise Invalid(fields={"target": "只能退回到此件已经走过的环节。"})
        _finish_item(context, taken, "send_back", "return", self.opinion, {})
        taken.step.state, taken.step.completed_at = StepState.SENT_BACK, context.now
        close_items(context, [taken.step.id])
        taken.run.send_back(taken.step.token, self.target_node_id)


@dataclass(frozen=True)
class SaveWorkItemDraft:
    """Keeps what somebody has typed so far in an open item."""

    work_item_id: int
    content: Mapping[str, Any]

    def execute(self, context: CommandContext) -> None:
        taken = take_item(context, self.work_item_id, "complete")
        if context.actor.user_id is None:
            raise Forbidden()
        draft = context.session.get(WorkItemDraft, (taken.item.id, context.actor.user_id))
        if draft is None:
            draft = WorkItemDraft(work_item_id=taken.item.id, user_id=context.actor.user_id)
            context.session.add(draft)
        draft.content, draft.saved_at = dict(self.content), context.now


def _refuse_excluded(context: CommandContext, taken: OpenItem) -> None:
    """Nobody handles a step that excludes him: his own case, or one he decided before (`exclude`)."""
    actor_id = context.actor.user_id
    if actor_id is None:
        return
    for rule in taken.settings.exclude:
        if rule == "initiator" and taken.run.instance.initiator_id == actor_id:
            raise Forbidden("本人发起的事项不能由本人办理，请由其他人员办理。")
        node_id = rule.removeprefix("handlerOf:")
        if node_id != rule and _handled(context.session, taken, node_id, actor_id):
            raise Forbidden("您办理过此件的前一环节，按回避要求此环节须由其他人员办理。")


def _handled(session: Session, taken: OpenItem, node_id: str, actor_id: int) -> bool:
    query = select(Submission.id).where(
        Submission.instance_id == taken.item.instance_id, Submission.node_id == node_id,
        Submission.actor_id == actor_id,
    )  # fmt: skip
    return session.scalar(query.limit(1)) is not None
