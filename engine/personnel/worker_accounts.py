"""The account with which a worker signs in: given with the first day, or joined to a record by an administrator."""

from dataclasses import dataclass

from sqlalchemy import select

from engine.identity.administration import Guardian, own_officer_of, serves
from engine.identity.users import RoleMembership
from engine.kernel.command import CommandContext
from engine.kernel.errors import Invalid
from engine.personnel.workers import Worker

ROLE = "community_worker"


def open_pages(context: CommandContext, worker: Worker) -> None:
    """Somebody hired with an account finds his own pages, ballots and steps there from the first day on."""
    if worker.user_id is None:
        return
    place = worker.community_id or worker.street_id
    held = select(RoleMembership.id).where(
        RoleMembership.user_id == worker.user_id, RoleMembership.role == ROLE, RoleMembership.organisation_id == place
    )
    if context.session.scalar(held) is None:
        context.session.add(RoleMembership(user_id=worker.user_id, role=ROLE, organisation_id=place))
        context.record("role.granted", f"user:{worker.user_id}", chain="access", role=ROLE, at=place)


@dataclass(frozen=True, slots=True)
class JoinWorkerAccount:
    """A system administrator joins an officer's account to the record of the same person.

    The roles stay with the security administrator. Answers the worker's name.
    """

    user_id: int
    worker_number: str

    def execute(self, context: CommandContext) -> str:
        user = own_officer_of(context.session, context.actor, self.user_id, Guardian.SYSTEM)
        worker = context.session.scalar(select(Worker).where(Worker.number == self.worker_number.strip()))
        if worker is None or not serves(context.session, context.actor, worker.street_id, Guardian.SYSTEM):
            raise Invalid(fields={"number": "名册中没有这个编号，请核对。"})
        self._check(context, worker, user.name)
        worker.user_id = user.id
        context.record("worker.account_joined", f"worker:{worker.id}", user=user.id)
        return worker.name

    def _check(self, context: CommandContext, worker: Worker, name: str) -> None:
        if not worker.active:
            raise Invalid(fields={"number": f"{worker.name}已离岗，不能关联账号。"})
        if worker.name != name:
            raise Invalid(fields={"number": f"该编号是{worker.name}的档案，与账号姓名不一致。"})
        if worker.user_id not in (None, self.user_id):
            raise Invalid(fields={"number": f"{worker.name}已经有账号。"})
        other = context.session.scalar(select(Worker.id).where(Worker.user_id == self.user_id, Worker.id != worker.id))
        if other is not None:
            raise Invalid(fields={"number": "这个账号已经关联另一份档案。"})
