"""One worker of one street and his exit in a few lines; every command restores its case."""

from collections.abc import Mapping
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.delegates.exits.commands import RequestExitReview, StartExit
from engine.identity.users import RoleMembership, User, load_actor
from engine.kernel.actor import SYSTEM, Actor
from engine.kernel.command import CommandContext
from engine.personnel.case_files import Material, files_of
from engine.personnel.exits.cases import ExitCase, exit_numbered
from engine.personnel.exits.evidence import AddExitEvidence, own_files
from engine.personnel.exits.procedure import ExitRequest
from engine.personnel.exits.terms import EvidenceKind, ExitGround, ExitState, Route
from engine.personnel.vocabulary import Education, Politics, Post, Sex, WorkerCategory
from engine.personnel.workers import Worker
from engine.workflow.definitions import Deploy
from engine.workflow.tables import ProcessInstance
from tests.process.office import Office

DIAGRAMS = Path(__file__).parents[3] / "bpmn" / "exit"
TODAY = date(2026, 11, 23)
SERVED = {"served_on": "2026-11-23", "way": "signed", "proof": "本人签收"}
WAGES = {"average": "8200", "city_average": "9000", "minimum": "2490", "last_month": "8300", "wages_due": "0"}
RULES = {"rulebook": "社区工作者管理办法", "rulebook_published_on": "2026-01-05"}
EVIDENCE: Mapping[ExitGround, tuple[EvidenceKind, ...]] = {
    ExitGround.ABSENCE: (EvidenceKind.ATTENDANCE_LEDGER, EvidenceKind.RETURN_NOTICE),
    ExitGround.INCOMPETENCE: (EvidenceKind.UNFITNESS_RECORD, EvidenceKind.TRAINING_RECORD),
    ExitGround.RESIGNATION: (EvidenceKind.RESIGNATION_LETTER,),
    ExitGround.EXPIRY: (EvidenceKind.EXPIRY_NOTICE,),
    ExitGround.AGREEMENT: (EvidenceKind.WRITTEN_AGREEMENT,),
    ExitGround.RETIREMENT: (EvidenceKind.RETIREMENT_PROOF,),
    ExitGround.DEATH: (EvidenceKind.DEATH_CERTIFICATE,),
}


def _photo() -> bytes:
    target = BytesIO()
    Image.new("RGB", (40, 30), "#888888").save(target, "JPEG")
    return target.getvalue()


PHOTO = _photo()


class Bench:
    """A worker with an account, hired on 2019-03-01."""

    def __init__(self, office: Office) -> None:
        self.office = office
        office.do(Deploy({path.name: path.read_bytes() for path in sorted(DIAGRAMS.iterdir())}), SYSTEM)
        office.staff["union_officer"] = self.officer("union_officer", "union_officer", office.county)
        self.second_leader = self.officer("second_leader", "street_leader", office.street)
        self.person = self.officer("worker", "community_worker", office.street)
        self.worker_id = office.prepare(self._worker)
        self.number = ""

    def officer(self, name: str, role: str, place: int) -> Actor:
        """Somebody with a role."""
        user_id = self.office.prepare(lambda context: _officer(context, name, role, place))
        return self.office.read(lambda session: load_actor(session, user_id))

    def _worker(self, context: CommandContext) -> int:
        worker = Worker(
            user_id=self.person.user_id, county_id=self.office.county, street_id=self.office.street,
            category=WorkerCategory.RECOGNISED, recognised_by=2, name="人员甲", sex=Sex.FEMALE,
            born=date(1990, 1, 1), id_number="id1", id_index="id1", education=Education.BACHELOR,
            politics=Politics.MASSES, post=Post.GENERAL, grade=3, hired_on=date(2019, 3, 1),
            community_since=date(2019, 3, 1), active=True,
        )  # fmt: skip
        context.session.add(worker)
        context.session.flush()
        return worker.id

    def born(self, day: date) -> None:
        """The worker was born on that day."""

        def change(context: CommandContext) -> None:
            context.session.get_one(Worker, self.worker_id).born = day

        self.office.prepare(change)

    def start(
        self, ground: ExitGround, route: Route, actor: Actor | str = "street_clerk", proposal_id: int | None = None,
        **facts: Any,
    ) -> None:  # fmt: skip
        """The street's clerk begins."""
        command = StartExit(self.worker_id, ExitRequest(ground, route, "事实和理由", **facts), proposal_id)
        instance = self.office.do(command, actor)
        self.number = self.office.read(lambda session: session.get_one(ProcessInstance, instance).business_key)

    def act(self, by: Actor | str, node_id: str, decision: str, opinion: str = "意见", **values: Any) -> None:
        self.office.act(by, self.number, node_id, decision, opinion, values)

    def gather(self, *kinds: EvidenceKind) -> None:
        """The evidence of the ground is handed in, or what is named."""
        found = kinds or EVIDENCE[self.case.ground]
        for kind in found:
            self.hand_in(kind)
        self.act("street_clerk", "gather_evidence", "submit", kinds=[k.value for k in found], documents="文号 1 号")

    def hand_in(self, kind: EvidenceKind, actor: Actor | str = "street_clerk") -> None:
        """A photographed paper of that kind."""
        self.office.do(AddExitEvidence(self.number, kind, Material(kind.label, PHOTO)), actor)

    def file_kinds(self, actor: Actor | None = None) -> list[str]:
        """Kinds of the files of the case, or of those that the person may open."""

        def kinds(session: Session) -> list[str]:
            case = exit_numbered(session, self.number)
            files = files_of(session, case.files) if actor is None else own_files(session, actor, case)
            return [file.kind for file in files]

        return self.office.read(kinds)

    def check(self, *protections: str, **rules: Any) -> None:
        self.act("street_clerk", "guard_check", "submit", protections=list(protections), **(rules or RULES))

    def heard(self) -> None:
        """Notice, defence: the street may decide."""
        self.act("union_officer", "union_notice", "no_objection")
        self.act("street_clerk", "serve_notice", "served", **SERVED)
        self.act("street_clerk", "hear_defence", "heard", "本人说明了情况")

    def decided(self) -> None:
        """Both leaders and the county have agreed."""
        self.act("street_leader", "street_decision", "approve", "同意")
        self.act(self.second_leader, "street_decision", "approve", "同意")
        self.act("county_head", "county_confirmation", "confirm", "同意")

    def serve(self, last_day: str = "2026-11-23", **values: Any) -> None:
        values = {"last_day": last_day, **SERVED, **values}
        self.act("street_clerk", "serve_decision", "served", **values)

    def close(self, **wages: str) -> None:
        """Every closing task is done."""
        self.act("street_clerk", "handover", "done", note="台账、印章、设备已移交")
        self.act("street_leader", "exit_talk", "done")
        self.act("street_clerk", "issue_certificate", "done", note="证明〔2026〕1号")
        self.act("street_clerk", "transfer_files", "done")
        self.act("street_clerk", "final_pay", "paid", **(WAGES | wages))

    def ask_review(self, actor: Actor | str = "street_clerk", reason: str = "不服决定") -> None:
        self.office.do(RequestExitReview(self.number, reason), actor)
        self.office.work()

    def window_over(self) -> None:
        until = self.case.review_until
        assert until is not None
        self.office.move_to(until)

    @property
    def case(self) -> ExitCase:
        def load(session: Any) -> ExitCase:
            query = select(ExitCase).where(ExitCase.number == self.number)
            found: ExitCase = session.scalars(query).one()
            assert [len(found.evidence), len(found.guards), len(found.papers), len(found.tasks), found.pay]
            return found

        return self.office.read(load)

    @property
    def worker(self) -> Worker:
        return self.office.read(lambda session: session.get_one(Worker, self.worker_id))

    @property
    def roles(self) -> set[str]:
        """What the person holds now."""
        query = select(RoleMembership.role).where(RoleMembership.user_id == self.person.user_id)
        return self.office.read(lambda session: set(session.scalars(query)))

    @property
    def account_open(self) -> bool:
        return self.office.read(lambda session: session.get_one(User, self.person.user_id).active)

    def ends(self, state: ExitState, outcome: str) -> bool:
        return (self.case.state, self.office.outcome(self.number)) == (state, outcome)

    def stands(self, state: ExitState) -> bool:
        return self.case.state is state

    def waits_at(self, *nodes: str) -> bool:
        return self.office.open_nodes(self.number) == sorted(nodes)


def _officer(context: CommandContext, name: str, role: str, place: int) -> int:
    user = User(login=name, name=name, active=True, created_at=context.now)
    context.session.add(user)
    context.session.flush()
    context.session.add(RoleMembership(user_id=user.id, role=role, organisation_id=place))
    return user.id
