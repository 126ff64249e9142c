"""What people do that touches an exit and its case together; each authorises inside itself."""

from dataclasses import dataclass

from engine.kernel.command import CommandContext
from engine.kernel.errors import NotFound
from engine.personnel.exits import closing
from engine.personnel.exits.cases import ExitCase, exit_numbered
from engine.personnel.exits.procedure import ExitRequest, open_case
from engine.personnel.exits.proposals import ExitProposal
from engine.personnel.workers import Worker
from engine.workflow import messages
from engine.workflow.definitions import DefinitionCache
from engine.workflow.instances import start

EXIT = "exit"
REVIEW_REQUESTED = "exit_review_requested"


@dataclass(frozen=True)
class StartExit:
    """A clerk of the worker's street begins an exit, also on a proposal of the records. Answers the instance."""

    worker_id: int
    request: ExitRequest
    proposal_id: int | None = None

    def execute(self, context: CommandContext) -> int:
        worker = context.session.get(Worker, self.worker_id)
        if worker is None or not (
            context.actor.is_system or context.actor.has_role("street_clerk", organisation_id=worker.street_id)
        ):
            raise NotFound()
        if self.proposal_id is not None:
            proposal = context.session.get(ExitProposal, self.proposal_id)
            if proposal is None or proposal.worker_id != worker.id or proposal.settled_at is not None:
                raise NotFound()
        case = open_case(context, worker, self.request, self.proposal_id)
        definition = context.service(DefinitionCache).latest(context.session, EXIT)
        title = f"{worker.name}退出（{case.ground.label}）"
        return start(context, definition, case.number, case.street_id, title, {"revoked": False}).instance.id


@dataclass(frozen=True)
class RequestExitReview:
    """The person asks for a review, or the street's clerk notes his written request [domain 6.5]."""

    number: str
    reason: str

    def execute(self, context: CommandContext) -> None:
        case = _own(context, self.number)
        closing.ask_review(context, case, self.reason)
        messages.publish(context, REVIEW_REQUESTED, case.number, {})


def _own(context: CommandContext, number: str) -> ExitCase:
    case = exit_numbered(context.session, number)
    himself = context.actor.user_id is not None and case.worker.user_id == context.actor.user_id
    if not himself and not context.actor.has_role("street_clerk", organisation_id=case.street_id):
        raise NotFound()
    return case
