"""Proposals of exit that records make to a person; whether to begin an exit is his decision [N 11.2, 11.5]."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid, NotFound
from engine.kernel.store import Base, EncryptedText, UtcDateTime
from engine.personnel.workers import Worker


class ExitProposal(Base):
    """A ground for exit that the records show; open until somebody takes it up or puts it aside with a reason."""

    __tablename__ = "exit_proposal"
    id: Mapped[int] = mapped_column(primary_key=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("worker.id"), index=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    ground: Mapped[str] = mapped_column(String(32), comment="appraisal, absence ...")
    clause: Mapped[str] = mapped_column(String(16))
    evidence: Mapped[str] = mapped_column(EncryptedText)
    source: Mapped[str] = mapped_column(String(64), comment="what it rests on, such as appraisal_case:12")
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str] = mapped_column(EncryptedText, default="")

    __table_args__ = (UniqueConstraint("ground", "source"),)


def propose_exit(context: CommandContext, worker: Worker, ground: str, clause: str, evidence: str, source: str) -> int:
    """Notes the ground once; answers the proposal."""
    query = select(ExitProposal.id).where(ExitProposal.ground == ground, ExitProposal.source == source)
    known = context.session.scalar(query)
    if known is not None:
        return known
    proposal = ExitProposal(
        worker_id=worker.id, street_id=worker.street_id, ground=ground, clause=clause, evidence=evidence,
        source=source, proposed_at=context.now,
    )  # fmt: skip
    context.session.add(proposal)
    context.session.flush()
    context.record("exit.proposed", f"worker:{worker.id}", ground=ground, clause=clause)
    return proposal.id


@dataclass(frozen=True, slots=True)
class PutProposalAside:
    """The street decides not to begin an exit on a proposal of the records, and says why."""

    proposal_id: int
    reason: str

    def execute(self, context: CommandContext) -> None:
        proposal = context.session.get(ExitProposal, self.proposal_id)
        if proposal is None or not context.actor.has_role(
            "street_clerk", "street_leader", organisation_id=proposal.street_id
        ):
            raise NotFound()
        if proposal.settled_at is not None:
            raise Conflict("此提示已经处理")
        if not self.reason.strip():
            raise Invalid(fields={"reason": "请写明不启动退出的理由"})
        proposal.settled_at, proposal.outcome = context.now, f"不启动：{self.reason.strip()}"
        context.record("exit.proposal_put_aside", f"worker:{proposal.worker_id}", ground=proposal.ground,
                       clause=proposal.clause)  # fmt: skip


def open_proposals(session: Session, street_id: int) -> list[ExitProposal]:
    """What waits for the street, the newest first."""
    query = select(ExitProposal).where(ExitProposal.street_id == street_id, ExitProposal.settled_at.is_(None))
    return list(session.scalars(query.order_by(ExitProposal.id.desc())))
