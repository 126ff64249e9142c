"""What people do that touches a case of secondment and its domain row together; each authorises inside itself."""

from dataclasses import dataclass
from datetime import date

from engine.decision import Value
from engine.delegates.secondment.messages import ToSecondment
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, NotFound
from engine.personnel.authority import require_role
from engine.personnel.secondment import course
from engine.personnel.secondment.course import Wish
from engine.personnel.secondment.secondments import Secondment, secondment_numbered
from engine.personnel.secondment.states import ASKED
from engine.workflow import messages
from engine.workflow.definitions import DefinitionCache
from engine.workflow.instances import WithdrawInstance, find_instance, start

SECONDMENT = "secondment"
EXTENSION = "secondment_extension"


@dataclass(frozen=True)
class RequestSecondment:
    """A street asks to borrow a worker of one of its communities [N 9.3]. Answers the instance."""

    street_id: int
    wish: Wish

    def execute(self, context: CommandContext) -> int:
        require_role(context, self.street_id, "street_clerk")
        row = course.create_secondment(context, self.street_id, self.wish)
        variables: dict[str, Value] = {"workerUserId": row.worker.user_id, "communityId": row.community_id}
        title = f"借调{row.worker.name}（{row.starts_on} 至 {row.ends_on}）"
        definition = context.service(DefinitionCache).latest(context.session, SECONDMENT)
        return start(context, definition, str(row.number), self.street_id, title, variables).instance.id


@dataclass(frozen=True)
class WithdrawSecondment:
    """The initiator takes the request back before the county has approved it."""

    number: str
    reason: str

    def execute(self, context: CommandContext) -> None:
        row = _row(context, self.number)
        if row.created_by != context.actor.user_id:
            raise NotFound()
        if row.state not in ASKED:
            raise Conflict(f"当前状态为“{row.state.label}”，不能撤回；已经批准的可以办理提前返岗")
        instance = find_instance(context.session, SECONDMENT, self.number)
        row.opinion = self.reason.strip()
        WithdrawInstance(instance.id, self.reason).execute(context)


@dataclass(frozen=True)
class ReturnEarly:
    """The street ends a running secondment before its last day; handover and evaluation follow."""

    number: str
    reason: str

    def execute(self, context: CommandContext) -> None:
        row = _row(context, self.number)
        require_role(context, row.street_id, "street_clerk")
        course.check_early_return(context, row, self.reason)
        course.note_early_return(context, row, self.reason.strip())
        messages.publish(context, ToSecondment.ENDED_EARLY, self.number, {})


@dataclass(frozen=True)
class RequestExtension:
    """A street asks for a later last day, once and within six months in all. Answers the instance."""

    number: str
    ends_on: date
    reason: str

    def execute(self, context: CommandContext) -> int:
        row = _row(context, self.number)
        require_role(context, row.street_id, "street_clerk")
        entry = course.ask_extension(context, row, self.ends_on, self.reason)
        variables: dict[str, Value] = {"workerUserId": row.worker.user_id, "communityId": row.community_id}
        title = f"{row.worker.name}借调延期至 {entry.ends_on}"
        definition = context.service(DefinitionCache).latest(context.session, EXTENSION)
        return start(context, definition, str(entry.number), row.street_id, title, variables).instance.id


def _row(context: CommandContext, number: str) -> Secondment:
    """The secondment, locked; it does not exist for whoever has no role at its street."""
    row = secondment_numbered(context.session, number)
    if not context.actor.has_role("street_clerk", organisation_id=row.street_id):
        raise NotFound()
    context.session.refresh(row, with_for_update=True)
    return row
