"""A bureau with a small process in which every operation is allowed, for the pages of the operations."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from engine.identity.organisations import OrganisationKind, add_organisation
from engine.identity.users import RoleMembership, User, load_actor
from engine.kernel.actor import SYSTEM, Actor
from engine.kernel.clock import FixedClock
from engine.kernel.command import CommandContext
from engine.kernel.process_engine import ProcessEngine
from engine.workflow.definitions import Deploy
from engine.workflow.instances import StartProcess
from engine.workflow.tables import ProcessInstance, Submission, WorkItem
from tests.process.office import Prepare
from tests.store.workflow.drawing import Drawing

ALL = "claim,return,transfer,delegate,addBefore,addAfter,addBeside,removeSigner,withdraw,copy"
DECISIONS = {"decisions": "pass:同意,reject:不同意", "opinionRequired": "reject", "operations": ALL}
PEOPLE = {
    "street": ("孙丽", "street_clerk", "east"), "clerk": ("王敏", "county_clerk", "county"),
    "second": ("李强", "county_clerk", "county"), "head": ("周正", "county_head", "county"),
    "deputy_head": ("吴英", "county_head", "county"), "stranger": ("何人", "street_leader", "west"),
    "admin": ("郑管", "process_admin", "county"),
}  # fmt: skip
"""Sign-in name -> name, role and where it is held."""


def drawing(**settings: str) -> Drawing:
    """Three steps in a row: 办理ask by the street, 办理check and 办理sign by the county."""
    drawn = Drawing("papers", {"starters": "street_clerk", "suspenders": "county_head", "jumpers": "county_head"})
    drawn.start().user("ask", groups="street_clerk", organisation="street", withdrawable="true", **DECISIONS)
    drawn.user("check", groups="county_clerk", organisation="county", **{**DECISIONS, **settings})
    drawn.user("sign", groups="county_head", organisation="county", deadlineWorkdays="3", **DECISIONS)
    return drawn.end().chain("begin", "ask", "check", "sign", "over")


@dataclass
class Bureau:
    """The people and their engine; `start` brings a case, `item` finds what somebody has to do."""

    engine: ProcessEngine
    clock: FixedClock
    password_hash: str
    places: dict[str, int] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)

    def prepare(self) -> None:
        self.engine.execute(Prepare(self._people), actor=SYSTEM)
        self.deploy(drawing())

    def deploy(self, drawn: Drawing) -> None:
        self.engine.execute(Deploy({f"{drawn.id}.bpmn": drawn.xml()}), actor=SYSTEM)

    def start(self, key: str = "件-1") -> int:
        command = StartProcess("papers", key, self.places["east"], "关于工作用房的请示", {}, {"reason": "用房不足"})
        return self.engine.execute(command, actor=self.actor("street"))

    def actor(self, login: str) -> Actor:
        with self.engine.reading() as session:
            return load_actor(session, self.ids[login])

    def item(self, node_id: str, *, closed: bool = False) -> int:
        """The newest item at a node, an open one unless `closed`."""
        query = select(WorkItem.id).where(WorkItem.node_id == node_id).order_by(WorkItem.id.desc())
        with self.engine.reading() as session:
            return session.scalars(query if closed else query.where(WorkItem.queue.is_not(None))).first() or 0

    def open_nodes(self) -> Sequence[str]:
        with self.engine.reading() as session:
            return sorted(session.scalars(select(WorkItem.node_id).where(WorkItem.queue.is_not(None))))

    def acts(self) -> Sequence[str]:
        with self.engine.reading() as session:
            return list(session.scalars(select(Submission.operation).order_by(Submission.id)))

    def state(self, instance_id: int) -> str:
        with self.engine.reading() as session:
            return session.get_one(ProcessInstance, instance_id).state

    def _people(self, context: CommandContext) -> None:
        session = context.session
        county = add_organisation(session, OrganisationKind.COUNTY, "c", "清溪县委社会工作部")
        east = add_organisation(session, OrganisationKind.STREET, "e", "东门街道", county)
        west = add_organisation(session, OrganisationKind.STREET, "w", "西门街道", county)
        self.places = {"county": county.id, "east": east.id, "west": west.id}
        for login, (name, role, place) in PEOPLE.items():
            user = User(login=login, name=name, created_at=context.now, password_hash=self.password_hash)
            session.add(user)
            session.flush()
            session.add(RoleMembership(user_id=user.id, role=role, organisation_id=self.places[place]))
            self.ids[login] = user.id
