"""What people do that touches an exit and its case together; each authorises inside itself."""

from dataclasses import dataclass

from engine.delegates.exits import access
from engine.kernel.command import CommandContext
from engine.kernel.errors import NotFound
from engine.personnel.case_files import Material
from engine.personnel.exits import closing, own
from engine.personnel.exits.cases import ExitCase, exit_numbered
from engine.personnel.exits.evidence import AddExitEvidence
from engine.personnel.exits.procedure import ExitRequest, open_case
from engine.personnel.exits.proposals import ExitProposal
from engine.personnel.exits.terms import EvidenceKind
from engine.personnel.workers import Worker
from engine.workflow import messages
from engine.workflow.definitions import DefinitionCache
from engine.workflow.instances import start
from engine.workflow.notifications import notify_role

EXIT = "exit"
REVIEW_REQUESTED = "exit_review_requested"
DEFENCE_WAIVED = "exit_defence_waived"
RESIGNATION_WITHDRAWN = "exit_resignation_withdrawn"


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


@dataclass(frozen=True)
class StateDefence:
    """The person defends himself in writing, and may ask for a hearing, within the window [domain 6.2]."""

    number: str
    text: str
    hearing: bool = False
    materials: tuple[Material, ...] = ()

    def execute(self, context: CommandContext) -> None:
        case = own.own_exit(context, self.number)
        own.state_defence(context, case, self.text)
        for material in self.materials:
            AddExitEvidence(self.number, EvidenceKind.OTHER, material).execute(context)
        if self.hearing:
            own.ask_hearing(context, case)
        notify_role(context, "street_clerk", case.street_id, "exit", f"本人已提交陈述申辩（{case.number}）",
                    "本人要求听证。" if self.hearing else "请在案件中查看。")  # fmt: skip


@dataclass(frozen=True)
class WaiveDefence:
    """The person gives the rest of the window up; the street decides."""

    number: str

    def execute(self, context: CommandContext) -> None:
        case = own.own_exit(context, self.number)
        own.waive_defence(context, case)
        messages.publish(context, DEFENCE_WAIVED, case.number, {})


@dataclass(frozen=True)
class WithdrawResignation:
    """A resignation is taken back before the last day of work."""

    number: str
    reason: str

    def execute(self, context: CommandContext) -> None:
        case = own.withdraw_resignation(context, self.number, self.reason)
        messages.publish(context, RESIGNATION_WITHDRAWN, case.number, {})


@dataclass(frozen=True)
class ReinstateWorker:
    """The county carries out an award or judgment that undoes a closed exit [domain 6.5]."""

    number: str
    basis: str

    def execute(self, context: CommandContext) -> None:
        case = exit_numbered(context.session, self.number)
        if not context.actor.has_role("county_head", organisation_id=case.county_id):
            raise NotFound()
        closing.reinstate(context, case, self.basis)
        access.give_access_back(context, case)
        text = f"{case.worker.name}的岗位、员额、账号和角色已恢复。"
        notify_role(context, "street_clerk", case.street_id, "exit", f"退出决定经裁决撤销（{case.number}）", text)


def _own(context: CommandContext, number: str) -> ExitCase:
    case = exit_numbered(context.session, number)
    himself = context.actor.user_id is not None and case.worker.user_id == context.actor.user_id
    if not himself and not context.actor.has_role("street_clerk", organisation_id=case.street_id):
        raise NotFound()
    return case
