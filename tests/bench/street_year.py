"""A whole appraisal year of one street of forty, played by simulated officers through HTTP on a durable SQLite file.

The pages run in a process of their own with the threads of the product; four people act at a time. The clock stands
still within a part of the year and moves between the parts. Each act is what a person does: the page is opened, its
form is sent with the hidden fields of the page.
"""

import logging
import multiprocessing
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from html import unescape
from http.client import HTTPConnection
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlencode

import waitress
from sqlalchemy import func, select

from engine.delegates.appraisal.commands import StartGuide
from engine.identity.organisations import OrganisationKind, add_organisation
from engine.identity.passwords import hash_password
from engine.identity.users import RoleMembership, User
from engine.installation import build_engine
from engine.kernel.actor import SYSTEM
from engine.kernel.clock import CHINA, FixedClock
from engine.kernel.command import CommandContext
from engine.kernel.process_engine import ProcessEngine
from engine.kernel.settings import Settings
from engine.kernel.store import open_store
from engine.personnel.appraisal.cases import AppraisalCase, AppraisalPlan
from engine.personnel.appraisal.guides import guide_of_year, publish_guide
from engine.personnel.appraisal.ledgers import TrainingEntry
from engine.personnel.appraisal.terms import CaseState
from engine.personnel.policy import PolicyParameter
from engine.personnel.vocabulary import Education, Politics, Post, Sex, WorkerCategory
from engine.personnel.workers import Worker
from engine.workflow.jobs import run_due_jobs
from engine.workflow.tables import ProcessInstance, WorkItem
from seed.reference import load_reference
from tests.visitor import PASSWORD
from webapp.application import create_app
from webapp.rooms import ROOMS

YEAR, START = 2026, datetime(2026, 11, 23, 9, 0, tzinfo=CHINA)
COMMUNITIES, A_COMMUNITY, RESIDENTS = 4, 10, 5
AT_ONCE, SERVER_THREADS = 4, 4
REVIEWS = 2
FOUND = 302
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


class MakePeople:
    """A street of forty in four communities, everybody with an account, and the county's guide in force."""

    def execute(self, context: CommandContext) -> None:
        session = context.session
        city = add_organisation(session, OrganisationKind.CITY, "city", "江澜市")
        county = add_organisation(session, OrganisationKind.COUNTY, "county", "云汀县", city)
        street = add_organisation(session, OrganisationKind.STREET, "street", "汀兰街道", county)
        secret = hash_password(PASSWORD)
        self._officer(context, secret, "street_clerk", street.id)
        self._officer(context, secret, "street_leader", street.id)
        self._officer(context, secret, "county_clerk", county.id)
        for place in range(COMMUNITIES):
            community = add_organisation(session, OrganisationKind.COMMUNITY, f"c{place}", f"{place} 号社区", street).id
            for number in range(place * A_COMMUNITY, (place + 1) * A_COMMUNITY):
                self._worker(context, secret, number, (county.id, street.id, community))
        for key, value in (("minResidentBallots", str(RESIDENTS)), ("minPeerBallots", "3")):
            session.add(
                PolicyParameter(county_id=county.id, key=f"appraisal.{key}", value=value, reason="试点",
                                effective_from=date(YEAR, 1, 1), set_at=context.now)
            )  # fmt: skip
        session.flush()
        StartGuide(county.id, YEAR).execute(context)
        guide = guide_of_year(session, county.id, YEAR)
        assert guide is not None
        publish_guide(context, guide)

    def _officer(self, context: CommandContext, secret: str, role: str, place: int, login: str = "") -> int:
        user = User(login=login or role, name=login or role, active=True, password_hash=secret, created_at=context.now)
        context.session.add(user)
        context.session.flush()
        context.session.add(RoleMembership(user_id=user.id, role=role, organisation_id=place))
        return user.id

    def _worker(self, context: CommandContext, secret: str, number: int, places: tuple[int, int, int]) -> None:
        county, street, community = places
        chief = number % A_COMMUNITY == 0
        user_id = self._officer(context, secret, "community_worker", community, f"w{number}")
        if chief:
            context.session.add(RoleMembership(user_id=user_id, role="community_secretary", organisation_id=community))
        worker = Worker(
            user_id=user_id, county_id=county, street_id=street, community_id=community,
            category=WorkerCategory.RECOGNISED, recognised_by=2, name=f"人员{number}", sex=Sex.FEMALE,
            born=date(1990, 1, 1), id_number=str(number), id_index=str(number), education=Education.BACHELOR,
            politics=Politics.MASSES, post=Post.CHIEF if chief else Post.GENERAL, grade=8 if chief else 3,
            hired_on=date(2020, 1, 1), community_since=date(2020, 1, 1), active=True,
        )  # fmt: skip
        context.session.add(worker)
        context.session.flush()
        context.session.add(
            TrainingEntry(worker_id=worker.id, held_on=date(YEAR, 5, 1), days=5, title="培训", recorded_at=context.now)
        )


@dataclass
class Browser:
    """Somebody at a browser, from an address of his own; one thing after the other."""

    port: int
    address: str = "127.0.0.1"
    cookies: dict[str, str] = field(default_factory=dict)
    page: str = ""

    def get(self, path: str) -> int:
        return self._ask("GET", path, None)

    def post(self, path: str, data: Mapping[str, object]) -> int:
        """Sends the form of the page that is open."""
        hidden = {name: unescape(value) for name, value in _HIDDEN.findall(self.page)}
        return self._ask("POST", path, urlencode({**hidden, **data}, doseq=True))

    def sign_in(self, login: str) -> "Browser":
        self.get("/login")
        expect(self.post("/login", {"login": login, "password": PASSWORD}), 302, f"{login} signs in")
        return self

    def _ask(self, method: str, path: str, body: str | None) -> int:
        host = f"127.0.0.1:{self.port}"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=(self.address, 0))
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{host}",
                        "Sec-Fetch-Site": "same-origin"}  # fmt: skip
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        self.page = answer.read().decode("utf-8", "replace")
        for header in answer.headers.get_all("Set-Cookie") or []:
            name, _, rest = header.partition("=")
            self.cookies[name] = rest.partition(";")[0]
        connection.close()
        return answer.status


def _said(page: str) -> str:
    """What a page that refuses says."""
    found = re.search(r'class="error-summary.*?</div>', page, re.DOTALL)
    return "" if found is None else " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def expect(status: int, wanted: int, what: str) -> None:
    """The bench measures a year that works."""
    if status != wanted:
        raise RuntimeError(f"{what}: answered {status}, not {wanted}")


@dataclass
class Year:
    """The street of the bench, and how long each completion took."""

    folder: Path
    clock: FixedClock
    engine: ProcessEngine
    port: int = 0
    times: list[float] = field(default_factory=list)
    busy: float = 0.0
    """Seconds in which people acted."""

    def items(self, node_id: str) -> list[tuple[int, str]]:
        """Open work items of a node, with the login of who has it where that is a person."""
        query = (
            select(WorkItem.id, User.login, ProcessInstance.business_key)
            .join(ProcessInstance, ProcessInstance.id == WorkItem.instance_id)
            .outerjoin(User, User.id == WorkItem.assignee_id)
            .where(WorkItem.node_id == node_id, WorkItem.queue.is_not(None))
            .order_by(WorkItem.id)
        )
        with self.engine.reading() as session:
            return [(item, login or "") for item, login, _ in session.execute(query)]

    def work(self) -> None:
        """The worker does everything that is due."""
        while run_due_jobs(self.engine, limit=200):
            pass

    def person(self, login: str) -> Browser:
        number = int(re.sub(r"\D", "", login) or "99") + 1
        return Browser(self.port, f"127.0.1.{number}").sign_in(login)

    def complete(self, who: Browser, item: int, decision: str, **values: object) -> None:
        """Opens a work item, fills it in and sends it; the sending is what is timed."""
        page = f"/worklist/items/{item}"
        expect(who.get(page), 200, page)
        begun = time.perf_counter()
        status = who.post(page, {"decision": decision, **values})
        self.times.append(time.perf_counter() - begun)
        expect(status, 302, f"{page} {decision} {_said(who.page) if status != FOUND else ''}")

    def together(self, acts: Sequence[Callable[[], None]]) -> None:
        """Everybody acts, four at a time."""
        begun = time.perf_counter()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for done in [pool.submit(act) for act in acts]:
                done.result()
        self.busy += time.perf_counter() - begun

    @contextmanager
    def open(self, moment: datetime) -> Iterator[None]:
        """The pages are served, at that moment of the year."""
        self.clock.move_to(moment)
        self.work()
        mine, theirs = multiprocessing.get_context("fork").Pipe()
        server = multiprocessing.get_context("fork").Process(target=_serve, args=(self.folder, moment, theirs))
        server.start()
        self.port = mine.recv()
        try:
            yield
        finally:
            server.terminate()
            server.join()
        self.work()


def _settings(folder: Path) -> Settings:
    return Settings(data_folder=folder, database_url=f"sqlite:///{folder / 'year.db'}", master_key=bytes(range(32)))


def _engine(folder: Path, clock: FixedClock) -> ProcessEngine:
    settings = _settings(folder)
    return build_engine(settings, clock=clock, store=open_store(settings.database_url, settings.cipher()))


def _serve(folder: Path, moment: datetime, started: Connection) -> None:
    """The pages in a process of their own."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    app = create_app(_engine(folder, FixedClock(moment)), ROOMS)
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=SERVER_THREADS)
    started.send(server.effective_port)
    server.run()


def measure_street_year(folder: Path) -> None:
    """Plays the year and prints completions a second and how long one takes."""
    clock = FixedClock(START)
    engine = _engine(folder, clock)
    engine.store.create_all()
    load_reference(engine)
    engine.execute(MakePeople(), actor=SYSTEM)
    year = Year(folder, clock, engine)
    with year.open(START):
        _start(year)
    with year.open(START + timedelta(days=1)):
        _summaries_and_ballots(year)
    with year.open(START + timedelta(days=14)):
        _scores(year)
    until = _plan(year).publicity_until
    assert until is not None
    with year.open(until + timedelta(hours=17)):
        _feedback(year)
    with year.open(until + timedelta(days=60)):
        _filing(year)
    _report(year)
    engine.store.close()


def _start(year: Year) -> None:
    clerk = year.person("street_clerk")
    clerk.get("/appraisal/start/plan")
    expect(clerk.post("/appraisal/start/plan", {"year": YEAR, "summary_on": "", "ballots_on": ""}), 302, "the plan")


def _summaries_and_ballots(year: Year) -> None:
    """Workers write and vote, residents vote with the codes on their papers, then the communities judge."""
    plan, people = _plan(year), {login: year.person(login) for _, login in year.items("self_summary")}
    summary = "一年来联系走访居民三百余户，办理民生事项九十余件。" * 8

    def write(item: int, login: str) -> Callable[[], None]:
        return lambda: year.complete(people[login], item, "submit", summary=summary)

    def vote(login: str) -> Callable[[], None]:
        return lambda: _vote(people[login], f"/appraisal/ballots/{plan.id}")

    year.together([write(item, login) for item, login in year.items("self_summary")])
    year.together([vote(login) for login in people])
    year.together([_resident(year, address) for address in _codes(year, plan)])
    leader = year.person("street_leader")
    papers: dict[int, list[Callable[[], None]]] = {place: [] for place in range(COMMUNITIES)}
    for item, _ in year.items("community_opinion"):
        place = _community(year, item)
        papers[place].append(_judging(year, people[f"w{place * A_COMMUNITY}"], item))
    chiefs = [_judging(year, leader, item) for item, _ in year.items("leader_opinion")]
    year.together([_chain(acts) for acts in [*papers.values(), chiefs]])


def _vote(who: Browser, path: str) -> None:
    expect(who.get(path), 200, path)
    names = sorted(set(re.findall(r'name="(rating-\d+)"', who.page)))
    expect(who.post(path, dict.fromkeys(names, "good")), 302, path)


def _codes(year: Year, plan: AppraisalPlan) -> list[str]:
    """Paths of the codes that the clerk prints for each community."""
    clerk, page = year.person("street_clerk"), f"/appraisal/plans/{plan.number}/tokens"
    found: list[str] = []
    clerk.get(page)
    for community in re.findall(r'<option value="(\d+)"', clerk.page):
        clerk.get(page)
        expect(clerk.post(page, {"community": community, "amount": RESIDENTS}), 200, "the codes")
        found += re.findall(r'slip-address">https?://[^/]+(/[^<]+)<', clerk.page)
    return found


def _resident(year: Year, path: str) -> Callable[[], None]:
    return lambda: _vote(Browser(year.port, "127.0.2.1"), path)


def _judging(year: Year, who: Browser, item: int) -> Callable[[], None]:
    return lambda: year.complete(who, item, "submit", points="88", opinion="工作踏实，群众认可。")


def _community(year: Year, item: int) -> int:
    """Which community, from 0, the worker of an item belongs to."""
    query = (
        select(Worker.id_number)
        .join(AppraisalCase, AppraisalCase.worker_id == Worker.id)
        .join(ProcessInstance, ProcessInstance.business_key == AppraisalCase.number)
        .join(WorkItem, WorkItem.instance_id == ProcessInstance.id)
        .where(WorkItem.id == item)
    )
    with year.engine.reading() as session:
        return int(session.scalars(query).one()) // A_COMMUNITY


def _scores(year: Year) -> None:
    """The group closes the ballots, scores everybody, settles who is 优秀, and the committee agrees."""
    clerk, leader = year.person("street_clerk"), year.person("street_leader")
    year.together([lambda: year.complete(clerk, year.items("close_ballots")[0][0], "close")])
    year.work()
    seats = [year.person("street_clerk") for _ in range(AT_ONCE)]

    def score(place: int, item: int) -> Callable[[], None]:
        points = str(70 + place * 7 % 29)
        return lambda: year.complete(seats[place % AT_ONCE], item, "score", routine=points, street=points,
                                     comment="完成任务好。")  # fmt: skip

    items = year.items("group_score")
    year.together([_chain([score(p, i) for p, (i, _) in enumerate(items) if p % AT_ONCE == seat])
                   for seat in range(AT_ONCE)])  # fmt: skip
    year.together([lambda: _settle(year, clerk)])
    year.together([lambda: year.complete(leader, year.items("committee_decision")[0][0], "approve")])


def _chain(acts: Sequence[Callable[[], None]]) -> Callable[[], None]:
    """One person does one thing after the other."""

    def run() -> None:
        for act in acts:
            act()

    return run


def _settle(year: Year, clerk: Browser) -> None:
    """What the page suggests is sent as it is."""
    item = year.items("settle_excellent")[0][0]
    clerk.get(f"/worklist/items/{item}")
    chosen = re.findall(r'name="excellent" value="(\d+)" checked', clerk.page)
    year.complete(clerk, item, "settle", excellent=chosen)


def _feedback(year: Year) -> None:
    """Nobody has objected; everybody signs, two ask for a review, and the street answers."""
    clerk, leader = year.person("street_clerk"), year.person("street_leader")
    year.together([lambda: year.complete(clerk, year.items("confirm_publicity")[0][0], "confirm")])
    year.work()
    items = year.items("sign_feedback")
    people = {login: year.person(login) for _, login in items}

    def sign(place: int, item: int, login: str) -> Callable[[], None]:
        decision, opinion = ("review", "请复核日常考核得分") if place < REVIEWS else ("sign", "")
        return lambda: year.complete(people[login], item, decision, signature="本人", opinion=opinion)

    year.together([sign(place, item, login) for place, (item, login) in enumerate(items)])
    year.together([_chain([_upholding(year, leader, item) for item, _ in year.items("street_review")])])


def _upholding(year: Year, leader: Browser, item: int) -> Callable[[], None]:
    return lambda: year.complete(leader, item, "uphold", opinion="经复核，维持原等次。")


def _filing(year: Year) -> None:
    """Street and county file the year."""
    clerk, county = year.person("street_clerk"), year.person("county_clerk")
    year.together([lambda: year.complete(clerk, year.items("submit_filing")[0][0], "submit")])
    year.together([lambda: year.complete(county, year.items("county_filing")[0][0], "accept")])


def _plan(year: Year) -> AppraisalPlan:
    with year.engine.reading() as session:
        return session.scalars(select(AppraisalPlan)).one()


def _report(year: Year) -> None:
    with year.engine.reading() as session:
        query = select(func.count()).select_from(AppraisalCase).where(AppraisalCase.state == CaseState.FILED)
        filed = session.scalar(query)
    if filed != COMMUNITIES * A_COMMUNITY:
        raise RuntimeError(f"{filed} of {COMMUNITIES * A_COMMUNITY} appraisals were filed")
    p95 = quantiles(year.times, n=20)[-1] * 1000
    print(f"a street's year, {len(year.times)} completions through HTTP by {AT_ONCE} people at a time: "
          f"{len(year.times) / year.busy:.1f} a second (pages opened and ballots included), "
          f"median {median(year.times) * 1000:.0f} ms, p95 {p95:.0f} ms")  # fmt: skip
