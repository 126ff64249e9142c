"""Who holds which role, together with the work that hangs on it: open items follow when memberships change."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine.identity.administration import (
    Guardian,
    guardian_roles,
    officer_of,
    own_officer_of,
    refuse_last_guardian,
    require_service,
)
from engine.identity.organisations import Organisation
from engine.identity.roles import LABELS, ROLES
from engine.identity.sessions import close_sessions
from engine.identity.users import RoleMembership, User
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from engine.kernel.history import named_chain
from engine.workflow.assignment import fallback_offer, group_queue, user_queue
from engine.workflow.definitions import DefinitionCache
from engine.workflow.notifications import notify_administrators
from engine.workflow.runs import lock_instance
from engine.workflow.states import UNDECIDED_ITEMS, WorkItemState
from engine.workflow.tables import ProcessInstance, WorkItem
from engine.workflow.work_items import release


@dataclass(frozen=True, slots=True)
class GrantRole:
    """A security administrator gives somebody a role at an organisation; the items of its queue are his at once.

    With `ends_on` it ends by itself behind that day; the three administrators have no such day.
    """

    user_id: int
    role: str
    organisation_id: int
    ends_on: date | None = None

    def execute(self, context: CommandContext) -> int:
        _authorise(context, self.user_id)
        self._check_end(context)
        organisation = require_service(context, self.organisation_id, Guardian.SECURITY)
        user = officer_of(context.session, context.actor, self.user_id, Guardian.SECURITY)
        if not user.active:
            raise Conflict("账号已停用，请先由系统管理员启用。")
        self._check_kind(organisation)
        self._keep_guardians_apart(context.session)
        if _membership(context.session, self.user_id, self.role, self.organisation_id) is not None:
            raise Invalid(fields={"role": f"{user.name}在{organisation.name}已经有这个角色。"})
        line = RoleMembership(
            user_id=self.user_id, role=self.role, organisation_id=self.organisation_id, ends_on=self.ends_on
        )
        context.session.add(line)
        if user.home_id is None:
            user.home_id = self.organisation_id
        context.session.flush()
        context.record("role.granted", f"user:{self.user_id}", chain="access", role=self.role, at=self.organisation_id,
                       until=self.ends_on)  # fmt: skip
        return line.id

    def _check_end(self, context: CommandContext) -> None:
        if self.ends_on is None:
            return
        if self.role in set(Guardian):
            raise Invalid(fields={"ends_on": "系统、安全、审计三类管理员不设到期日，请在需要时撤销。"})
        if self.ends_on < context.today:
            raise Invalid(fields={"ends_on": "到期日不能早于今天。"})

    def _check_kind(self, organisation: Organisation) -> None:
        role = next((role for role in ROLES if role.id == self.role), None)
        if role is None:
            raise Invalid(fields={"role": "没有这个角色。"})
        if organisation.kind not in {kind.value for kind in role.kinds}:
            message = f"“{role.label}”不能设在{organisation.name}，请选择对应层级的单位。"
            raise Invalid(fields={"organisation_id": message})

    def _keep_guardians_apart(self, session: Session) -> None:
        if self.role not in set(Guardian):
            return
        others = guardian_roles(session, self.user_id) - {self.role}
        if others:
            held = "、".join(LABELS[role] for role in sorted(others))
            message = f"此人已是{held}。系统、安全、审计三类管理员必须由不同的人担任（三员分立）。"
            raise Invalid(fields={"role": message})


@dataclass(frozen=True, slots=True)
class RevokeRole:
    """A security administrator takes a role away; what the person had claimed in it returns to its queue.

    Answers how many items went back.
    """

    user_id: int
    role: str
    organisation_id: int

    def execute(self, context: CommandContext) -> int:
        _authorise(context, self.user_id)
        require_service(context, self.organisation_id, Guardian.SECURITY)
        line = _membership(context.session, self.user_id, self.role, self.organisation_id)
        if line is None:
            raise NotFound("此人没有这个角色，可能已被撤销。")
        refuse_last_guardian(context.session, self.user_id, self.role)
        context.session.delete(line)
        freed = return_items(context, self.user_id, group_queue(self.role, self.organisation_id))
        context.record("role.revoked", f"user:{self.user_id}", chain="access", role=self.role,
                       at=self.organisation_id, returned_items=freed)  # fmt: skip
        return freed


@dataclass(frozen=True, slots=True)
class DisableUser:
    """A system administrator closes an account: sessions end, roles go, claimed items return to their queues.

    Answers how many items went back.
    """

    user_id: int

    def execute(self, context: CommandContext) -> int:
        _one_at_a_time(context)
        if self.user_id == context.actor.user_id:
            raise Conflict("不能停用自己的账号。")
        user = own_officer_of(context.session, context.actor, self.user_id, Guardian.SYSTEM)
        for role in guardian_roles(context.session, self.user_id):
            refuse_last_guardian(context.session, self.user_id, role)
        user.active = False
        close_sessions(context.session, user.id)
        freed = self._return_all(context)
        context.session.execute(delete(RoleMembership).where(RoleMembership.user_id == user.id))
        context.record("user.disabled", f"user:{user.id}", chain="access", returned_items=freed)
        return freed

    def _return_all(self, context: CommandContext) -> int:
        held = context.session.scalars(select(RoleMembership).where(RoleMembership.user_id == self.user_id))
        freed = sum(return_items(context, self.user_id, group_queue(line.role, line.organisation_id)) for line in held)
        return freed + give_to_administrators(context, self.user_id)


def end_roles(context: CommandContext) -> int:
    """Takes away the roles whose last day is over; what was claimed in them returns. Answers how many roles."""
    over = select(RoleMembership).where(RoleMembership.ends_on < context.today).order_by(RoleMembership.id)
    lines = list(context.session.scalars(over))
    for line in lines:
        context.session.delete(line)
        freed = return_items(context, line.user_id, group_queue(line.role, line.organisation_id))
        context.record("role.ended", f"user:{line.user_id}", chain="access", role=line.role, at=line.organisation_id,
                       returned_items=freed)  # fmt: skip
    return len(lines)


def return_items(context: CommandContext, user_id: int, queue: str) -> int:
    """Puts the open items that somebody holds by a role back into the role's queue; answers how many.

    An item of a countersign was offered to the person himself: it goes to the queue too, for a successor, so that
    the step can still be finished.
    """
    query = select(WorkItem).where(WorkItem.assignee_id == user_id, WorkItem.state.in_(sorted(UNDECIDED_ITEMS)))
    freed = 0
    for item in context.session.scalars(query.order_by(WorkItem.instance_id, WorkItem.id)).all():
        instance = lock_instance(context, item.instance_id)
        waiting = item.state == WorkItemState.WAITING
        if item.offered_to == queue and not waiting:
            release(item)
        elif waiting and (item.offered_to == queue or _came_by_role(context, instance, item, queue)):
            item.assignee_id, item.offered_to = None, queue
        elif item.offered_to == user_queue(user_id) and _came_by_role(context, instance, item, queue):
            item.state, item.assignee_id, item.queue, item.offered_to = WorkItemState.OFFERED, None, queue, queue
        else:
            continue
        freed += 1
        context.record("work_item.returned", f"work_item:{item.id}", chain=f"instance:{instance.id}", head=instance)
    return freed


def give_to_administrators(context: CommandContext, user_id: int) -> int:
    """What a person had been given by hand, or would have had his turn at, waits with a process administrator."""
    query = select(WorkItem).where(WorkItem.assignee_id == user_id, WorkItem.state.in_(sorted(UNDECIDED_ITEMS)))
    freed = 0
    for item in context.session.scalars(query.order_by(WorkItem.instance_id, WorkItem.id)).all():
        instance = lock_instance(context, item.instance_id)
        offer = fallback_offer(context.session, instance)
        notify_administrators(
            context, instance.organisation_id, "待办无人办理",
            f"有账号停用，其名下的待办（{instance.business_key}等）转到流程管理员名下，请转办。",
        )
        item.assignee_id, item.offered_to, item.role = None, offer.queue, offer.role
        if item.state != WorkItemState.WAITING:
            item.state, item.queue = WorkItemState.OFFERED, offer.queue
        freed += 1
        context.record("work_item.returned", f"work_item:{item.id}", chain=f"instance:{instance.id}", head=instance)
    return freed


def _came_by_role(context: CommandContext, instance: ProcessInstance, item: WorkItem, queue: str) -> bool:
    """Whether the item was given to a person because he holds the role of `queue` there or above the case."""
    settings = context.service(DefinitionCache).get(context.session, instance.definition_id).node(item.node_id).settings
    return queue.partition("@")[0] in settings.candidate_groups and not settings.assignee


def _authorise(context: CommandContext, user_id: int) -> None:
    if not (context.actor.is_system or context.actor.has_role(Guardian.SECURITY)):
        raise Forbidden("只有安全管理员可以授予或撤销角色。")
    if user_id == context.actor.user_id:
        raise Conflict("不能授予或撤销自己的角色，请由另一名安全管理员办理。")
    _one_at_a_time(context)


def _one_at_a_time(context: CommandContext) -> None:
    """Waits for other changes of access: what must hold over several rows (三员分立, the last administrator) is
    checked against what they left."""
    named_chain(context.session, "access")


def _membership(session: Session, user_id: int, role: str, organisation_id: int) -> RoleMembership | None:
    query = select(RoleMembership).where(
        RoleMembership.user_id == user_id, RoleMembership.role == role,
        RoleMembership.organisation_id == organisation_id,
    )  # fmt: skip
    return session.scalar(query)


def members(session: Session, organisation_id: int) -> list[tuple[User, str]]:
    """(person, role) of everybody who holds a role at the organisation, by name."""
    query = (
        select(User, RoleMembership.role)
        .join(RoleMembership, RoleMembership.user_id == User.id)
        .where(RoleMembership.organisation_id == organisation_id)
        .order_by(User.sort_key, User.id, RoleMembership.role)
    )
    return [(user, role) for user, role in session.execute(query)]
