"""A recruitment in a few lines: a published campaign, applicants, and its steps up to any stage."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from engine.delegates.recruitment.commands import PrintTicket, RequestPosts, StartCampaign, SubmitRegistration
from engine.kernel.actor import Actor
from engine.kernel.command import CommandContext
from engine.personnel.files import StoredFile
from engine.personnel.recruitment.applicant import SaveRegistrationDraft
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.exam_desk import RoomPlan, SaveExamRooms
from engine.personnel.recruitment.planning import WantedPosts
from engine.personnel.recruitment.registration_form import DETAILS, Declaration
from engine.personnel.recruitment.registrations import Attachment, AttachmentKind, Registration
from engine.personnel.recruitment.requests import PostRequest
from engine.personnel.recruitment.score_sheets import ImportInterviewScores, ImportWrittenScores
from engine.personnel.recruitment.states import CampaignState, RegistrationState
from engine.workflow.tables import ProcessInstance
from tests.process.office import Office

_WEIGHTS = tuple(2 ** (17 - place) % 11 for place in range(17))


def id_number(serial: int, born: date = date(1998, 5, 20)) -> str:
    """A number that is valid in form; nobody has it."""
    digits = f"320706{born:%Y%m%d}{serial:03d}"
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=True)) % 11]


class Applicant:
    """Somebody with a registration."""

    def __init__(self, office: Office, actor: Actor, registration_id: int) -> None:
        self.office, self.actor, self.registration_id = office, actor, registration_id

    @property
    def row(self) -> Registration:
        return self.office.read(lambda session: session.get_one(Registration, self.registration_id))

    def state(self) -> RegistrationState:
        return self.row.state

    @property
    def number(self) -> str:
        return str(self.row.number)

    @property
    def outcome(self) -> str | None:
        """Where the case has ended; None while it runs."""
        return self.office.outcome(self.number)

    def submit(self) -> None:
        self.office.do(SubmitRegistration(self.registration_id), self.actor)

    def act(self, node_id: str, decision: str, opinion: str = "意见", **values: Any) -> None:
        self.office.act(self.actor, self.number, node_id, decision, opinion, values)

    def handled(self, by: Actor | str, node_id: str, decision: str, opinion: str = "意见", **values: Any) -> None:
        """An officer completes a step of this registration."""
        self.office.act(by, self.number, node_id, decision, opinion, values)

    def open_nodes(self) -> list[str]:
        return self.office.open_nodes(self.number)


class Recruitment:
    """One campaign in one office; each method brings it a step on."""

    def __init__(self, office: Office, heads: Iterable[int] = (1, 1, 1)) -> None:
        self.office = office
        self.heads = tuple(heads)
        self.people = 0
        request = self._accepted_request()
        instance = office.do(StartCampaign(office.county, "清溪县公开招聘", [request]), "county_clerk")
        self.number = office.read(lambda session: session.get_one(ProcessInstance, instance).business_key)

    @property
    def row(self) -> Campaign:
        query = select(Campaign).where(Campaign.number == self.number)

        def load(session: Any) -> Campaign:
            campaign: Campaign = session.scalars(query).one()
            assert campaign.posts
            return campaign

        return self.office.read(load)

    @property
    def outcome(self) -> str | None:
        return self.office.outcome(self.number)

    def state(self) -> CampaignState:
        return self.row.state

    def act(self, by: str, node_id: str, decision: str, opinion: str = "意见", **values: Any) -> None:
        self.office.act(by, self.number, node_id, decision, opinion, values)

    def move_to(self, field: str) -> None:
        """Time passes until a date of the announcement."""
        self.office.move_to(self.row.__dict__[field])

    def publish(self) -> "Recruitment":
        self.act("county_clerk", "draft_plan", "submit")
        self.act("county_head", "head_approval", "approve")
        self.act("city_officer", "city_prereview", "pass")
        return self

    def open(self) -> "Recruitment":
        """Published, and registration has begun."""
        self.publish().move_to("reg_opens_at")
        return self

    def applicant(self, post: int = 0, **facts: Any) -> Applicant:
        """Somebody with a complete draft for a post, counted from 0."""
        self.people += 1
        name = f"报考人{self.people:02d}"
        actor = self.office.person(name)
        values = {**filled_form(self.people, name), "post_id": self.row.posts[post].id, **facts}
        draft = self.office.do(SaveRegistrationDraft(self.row.id, values), actor)
        self.office.prepare(lambda context: attach_everything(context, draft))
        return Applicant(self.office, actor, draft)

    def admitted(self, post: int = 0, **facts: Any) -> Applicant:
        """Somebody who has passed the first review."""
        applicant = self.applicant(post, **facts)
        applicant.submit()
        applicant.handled("county_reviewer", "first_review", "pass", "")
        return applicant

    def close_registration(self) -> None:
        for field in ("reg_closes_at", "review_closes_at", "appeal_closes_at"):
            self.move_to(field)

    def seat(self) -> None:
        """Rooms, the draw, and tickets may be printed."""
        self.office.do(SaveExamRooms(self.row.id, [RoomPlan("第一考场", 30)]), "exam_officer")
        self.act("exam_officer", "arrange_rooms", "arranged", seed="20261123")
        self.move_to("tickets_from")

    def examine(self, papers: Mapping[Applicant, object]) -> None:
        """Everybody prints his ticket and gets a written score; None is absent. The scores are confirmed."""
        for applicant in papers:
            self.office.do(PrintTicket(applicant.registration_id), applicant.actor)
        self.office.work()
        self.move_to("tickets_until")
        self.move_to("written_at")
        self.import_written(papers)
        self.act("exam_officer", "import_written", "imported")

    def import_written(self, papers: Mapping[Applicant, object]) -> None:
        rows = [["准考证号", "笔试成绩", "备注"]] + [
            [str(a.row.exam_number), "" if p is None else str(p), "缺考" if p is None else ""]
            for a, p in papers.items()
        ]
        report = self.office.do(ImportWrittenScores(self.row.id, rows), "exam_officer")
        assert not report.errors, report.errors

    def shortlist(self) -> None:
        """Scores are published and both windows pass without a query."""
        self.act("county_clerk", "release_written", "release")
        self.pass_workdays(5)

    def pass_workdays(self, days: int) -> None:
        """Enough calendar days for so many working days."""
        self.office.move_to(self.office.clock.now() + timedelta(days=days + 2 * (days // 5 + 1)))

    def recheck(self, *applicants: Applicant) -> None:
        for applicant in applicants:
            applicant.handled("county_reviewer", "recheck", "pass")

    def to_interview(self) -> None:
        """Substitution has stopped and the day of the interviews has come."""
        stops: datetime = self.row.interview_at - timedelta(days=3)
        self.office.move_to(stops)
        self.move_to("interview_at")

    def interview(self, marks: Mapping[Applicant, object]) -> None:
        """Every judge gives the same mark; None is absent."""
        head = ["准考证号", *[f"考官{n}" for n in range(1, 8)], "备注"]
        rows = [head] + [
            [str(a.row.exam_number), *([""] * 7 if m is None else [str(m)] * 7), "缺考" if m is None else ""]
            for a, m in marks.items()
        ]
        report = self.office.do(ImportInterviewScores(self.row.id, rows), "exam_officer")
        assert not report.errors, report.errors
        self.act("exam_officer", "import_interview", "imported")

    def release_totals(self) -> None:
        self.act("county_clerk", "release_totals", "release")

    def vet(self, *applicants: Applicant) -> None:
        """Medical and background check are passed."""
        for applicant in applicants:
            applicant.handled("medical_officer", "medical", "pass", "")
            self.check(applicant)

    def check(self, applicant: Applicant, *decisions: str) -> None:
        for checker, decision in zip(self.office.checkers, decisions or ("pass", "pass"), strict=False):
            applicant.handled(checker, "background_check", decision)

    def publicise(self) -> None:
        self.act("county_clerk", "prepare_publicity", "publish")

    def approve(self) -> None:
        """The publicity passes and the county approves the hires."""
        self.pass_workdays(5)
        self.act("county_head", "hire_approval", "approve")

    def take_on(self, applicant: Applicant, **contract: Any) -> None:
        start = (self.office.clock.now() + timedelta(days=3)).date().isoformat()
        applicant.handled("street_clerk", "sign_contract", "sign", **{"start": start, **contract})
        applicant.handled("street_clerk", "report_for_duty", "arrived")

    def _accepted_request(self) -> int:
        wanted = [WantedPosts(f"社区工作者{n}", heads) for n, heads in enumerate(self.heads, start=1)]
        self.office.do(RequestPosts(self.office.street, "人员空缺", wanted), "street_clerk")
        newest = select(PostRequest).order_by(PostRequest.id.desc()).limit(1)
        request = self.office.read(lambda session: session.scalars(newest).one())
        self.office.act("street_leader", str(request.number), "street_review", "pass")
        self.office.act("county_clerk", str(request.number), "county_review", "accept")
        return request.id


def filled_form(serial: int, name: str) -> dict[str, Any]:
    details = {entry.key: "2020-06-30" if entry.key.endswith("_on") else "无" for entry in DETAILS if entry.required}
    return {
        **details, "name": name, "id_number": id_number(serial), "phone": f"138{serial:08d}", "education": "bachelor",
        "household": "household", "politics": "masses", "declarations": [entry.value for entry in Declaration],
    }  # fmt: skip


def attach_everything(context: CommandContext, registration_id: int) -> None:
    """The files every registration needs; their content does not matter here."""
    file = StoredFile(
        token=f"file-{registration_id}", owner_id=None, name="材料.pdf", media_type="application/pdf", size=1,
        sha256="0" * 64, created_at=context.now,
    )  # fmt: skip
    context.session.add(file)
    context.session.flush()
    context.session.add_all(
        Attachment(registration_id=registration_id, kind=kind, file_id=file.id) for kind in AttachmentKind
    )
