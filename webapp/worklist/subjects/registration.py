"""A registration as reviewers judge it: the form in the paper's order, the proofs beside it, what the rules say."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from engine.identity.organisations import Organisation
from engine.identity.users import User
from engine.kernel.command import CommandContext
from engine.kernel.errors import NotFound
from engine.personnel.id_number import masked
from engine.personnel.recruitment.outcomes import Objection, ObjectionState
from engine.personnel.recruitment.registration_form import DETAILS, Section
from engine.personnel.recruitment.registrations import (
    Attachment,
    AttachmentKind,
    Registration,
    RegistrationReview,
)
from engine.workflow.case_trace import visible_instance
from engine.workflow.tables import ProcessInstance, Submission
from webapp.rendering import mask_phone
from webapp.worklist.subjects.checks import Check, checks_of
from webapp.worklist.subjects.kind import Asked, File, SubjectKind

SEALED = ("id_number", "phone", "emergency_phone")
"""Masked until somebody asks to see them, which is noted."""
_A = AttachmentKind
PROOFS: Mapping[str, tuple[AttachmentKind, ...]] = {
    "person": (_A.PHOTO, _A.ID_FRONT, _A.ID_BACK, _A.HOUSEHOLD),
    "education": (_A.DIPLOMA, _A.CHSI, _A.FOREIGN_DEGREE, _A.CERTIFICATE),
    "experience": (_A.VETERAN, _A.GRID_WORKER, _A.WORK, _A.CONSENT, _A.BONUS, _A.WAIVER, _A.OTHER),
}
"""What proves the facts of each group."""
STATEMENTS = {"appeal": "初审申诉", "defend": "陈述申辩"}
"""Decisions of the applicant that come with a statement."""
VERIFIERS = ("registration_objection", "registration_postponed_hire")
"""Forms of those who have to reach whoever objected."""
LONG = frozenset({"resume", "awards", "family", "remark", "strengths", "address"})


@dataclass(frozen=True, slots=True)
class Fact:
    """One field of the form; `key` is its name there, by which remarks are shown beside it."""

    key: str
    label: str
    value: str
    sealed: bool = False
    long: bool = False
    remark: str = ""
    """What the last review said about it."""
    full: str = ""
    """The value behind the mask, only to tell whether it has changed."""
    changed: bool = False
    before: str = ""
    """What the last reviewer saw, when it has changed."""

    @property
    def stamp(self) -> str:
        """What is kept of the field to compare it at the next review."""
        return f"{self.value}#{hashlib.sha256(self.full.encode()).hexdigest()[:12]}" if self.sealed else self.value


@dataclass(frozen=True, slots=True)
class Proof:
    """A file of the registration."""

    id: int
    key: str
    label: str
    is_image: bool
    size: int
    remark: str = ""
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A part of the paper form with what proves it."""

    title: str
    facts: Sequence[Fact]
    proofs: Sequence[Proof]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An earlier decision about the registration."""

    stage: str
    decision: str
    opinion: str
    reviewer: str
    at: datetime
    remarks: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody brought forward: an appeal, a defence, an objection."""

    title: str
    who: str
    at: datetime
    text: str
    answer: str = ""
    """What was found about it."""


@dataclass(frozen=True, slots=True)
class Application:
    """A registration, ready to be shown."""

    number: str
    name: str
    state: str
    campaign: str
    campaign_number: str
    post: str
    street: str
    submitted_at: datetime | None
    groups: Sequence[Group]
    checks: Sequence[Check]
    reviews: Sequence[Reviewed]
    scores: Sequence[tuple[str, str]]
    statements: Sequence["Statement"] = ()

    @property
    def failing(self) -> Sequence[Check]:
        return [check for check in self.checks if not check.passed]


def load(session: Session, asked: Asked) -> Application:
    """The registration of that number."""
    row = _row(session, asked.business_key.partition("#")[0])
    post = row.post
    street = None if post is None else session.get(Organisation, post.street_id)
    reviews = _reviews(session, row)
    remarks = reviews[-1].remarks if reviews else {}
    return Application(
        row.number or "", row.name, row.state.label, row.campaign.title, row.campaign.number,
        "" if post is None else f"{post.code} {post.name}", "" if street is None else street.name, row.submitted_at,
        tuple(_groups(row, remarks, asked.seen)), checks_of(row, asked.today, asked.decide), reviews,
        tuple(_scores(row)), (*_own_statements(session, row), *_objections(session, row, asked.form_id)),
    )  # fmt: skip


def _own_statements(session: Session, row: Registration) -> Iterator[Statement]:
    """The applicant's own appeals and defences."""
    query = (
        select(Submission)
        .join(ProcessInstance, ProcessInstance.id == Submission.instance_id)
        .where(
            ProcessInstance.process_key == KIND.process_key, ProcessInstance.business_key == row.number,
            Submission.decision.in_(list(STATEMENTS)), Submission.actor_id == row.user_id,
        )
    )  # fmt: skip
    for entry in session.scalars(query.order_by(Submission.id)):
        text = str(entry.content.get("opinion", ""))
        yield Statement(STATEMENTS[entry.decision or ""], row.name, entry.at, text)


def _objections(session: Session, row: Registration, form_id: str) -> Iterator[Statement]:
    """Objections and queries of scores; who brought them is told only to those who verify them."""
    for entry in session.scalars(select(Objection).where(Objection.registration_id == row.id).order_by(Objection.id)):
        known = form_id in VERIFIERS
        who = f"{entry.from_name} {mask_phone(entry.from_phone)}" if known else "提出人信息保密"
        answer = "" if entry.state is ObjectionState.OPEN else f"{entry.state.label}　{entry.finding}"
        yield Statement("异议或查分", who, entry.raised_at, entry.text, answer)


def _row(session: Session, number: str) -> Registration:
    row = session.scalar(
        select(Registration)
        .where(Registration.number == number)
        .options(
            joinedload(Registration.campaign), joinedload(Registration.post), selectinload(Registration.reviews),
            selectinload(Registration.attachments).joinedload(Attachment.file),
        )
    )  # fmt: skip
    if row is None:
        raise NotFound()
    return row


def _reviews(session: Session, row: Registration) -> list[Reviewed]:
    ids = {review.reviewer_id for review in row.reviews} - {None}
    names: dict[int, str] = dict(session.execute(select(User.id, User.name).where(User.id.in_(ids))).all())
    return [_reviewed(review, names.get(review.reviewer_id or 0, "系统")) for review in row.reviews]


def _reviewed(review: RegistrationReview, name: str) -> Reviewed:
    return Reviewed(
        review.stage.label, review.decision.label, review.opinion, name, review.at, dict(review.remarks)
    )


def _groups(row: Registration, remarks: Mapping[str, str], seen: Mapping[str, str]) -> Iterator[Group]:
    facts = {"person": _person(row), "education": _education(row), "experience": _experience(row)}
    for section in (Section.PERSON, Section.EDUCATION, Section.EXPERIENCE):
        found = [*facts[section.value], *_details(row, section)]
        marked = [_marked(fact, remarks, seen) for fact in found if fact.value or seen.get(fact.key)]
        proofs = [_compared(proof, seen) for proof in _proofs(row, PROOFS[section.value], remarks)]
        yield Group(section.label, tuple(marked), tuple(proofs))


def _marked(fact: Fact, remarks: Mapping[str, str], seen: Mapping[str, str]) -> Fact:
    """The fact with what the last review said about it and whether it has changed since."""
    changed = bool(seen) and seen.get(fact.key, "") != fact.stamp
    before = seen.get(fact.key, "").partition("#")[0] if fact.sealed else seen.get(fact.key, "")
    return replace(fact, remark=remarks.get(fact.key, ""), changed=changed, before=before if changed else "")


def _compared(proof: Proof, seen: Mapping[str, str]) -> Proof:
    known = seen.get(proof.key, "").split(",")
    return replace(proof, changed=bool(seen) and str(proof.id) not in known)


def seen(application: Application) -> Mapping[str, str]:
    """The fields and files as they are now."""
    found = {fact.key: fact.stamp for group in application.groups for fact in group.facts}
    for proof in (proof for group in application.groups for proof in group.proofs):
        found[proof.key] = ",".join(filter(None, (found.get(proof.key), str(proof.id))))
    return found


def _person(row: Registration) -> Iterator[Fact]:
    yield Fact("name", "姓名", row.name)
    yield Fact("sex", "性别", row.sex.label if row.sex else "")
    yield Fact("born", "出生日期", row.born.isoformat() if row.born else "")
    yield Fact("id_number", "身份证号", masked(row.id_number or ""), sealed=True, full=row.id_number or "")
    yield Fact("phone", "手机号码", mask_phone(row.phone), sealed=True, full=row.phone or "")
    yield Fact("politics", "政治面貌", row.politics.label if row.politics else "")
    yield Fact("household", "户籍情况", row.household.label if row.household else "")


def _education(row: Registration) -> Iterator[Fact]:
    yield Fact("education", "最高学历", row.education.label if row.education else "")
    yield Fact("major", "专业", row.major + ("（社会工作类）" if row.social_work_major else ""))
    yield Fact("fresh_graduate", "应届高校毕业生", _yes(row.fresh_graduate))
    yield Fact("certificate", "社会工作者职业资格", row.certificate.label)


def _experience(row: Registration) -> Iterator[Fact]:
    yield Fact("grid_worker", "在岗专职网格员", _yes(row.grid_worker))
    yield Fact("veteran", "退役军人", _yes(row.veteran))
    yield Fact("new_employment", "新就业群体", _yes(row.new_employment))
    yield Fact("community_years", "社区工作年限", f"{row.community_years} 年" if row.community_years else "")
    yield Fact("bonus_claimed", "申报加分", _yes(row.bonus_claimed))


def _yes(value: bool) -> str:
    return "是" if value else ""


def _details(row: Registration, section: Section) -> Iterator[Fact]:
    for field in DETAILS:
        value = str(row.details.get(field.key, "") or "")
        if field.section is section:
            sealed = field.key in SEALED
            shown = mask_phone(value) if sealed else value
            yield Fact(field.key, field.label, shown, sealed, field.key in LONG, full=value if sealed else "")


def _proofs(
    row: Registration, kinds: Sequence[AttachmentKind], remarks: Mapping[str, str]
) -> Iterator[Proof]:
    for attachment in row.attachments:
        if attachment.kind in kinds:
            file, key = attachment.file, f"attachment_{attachment.kind.value}"
            image = file.media_type.startswith("image/")
            yield Proof(file.id, key, attachment.kind.label, image, file.size, remarks.get(key, ""))


def _scores(row: Registration) -> Iterator[tuple[str, str]]:
    found: Sequence[tuple[str, Decimal | int | str | None]] = (
        ("准考证号", row.exam_number), ("笔试卷面", row.written_paper), ("加分", row.bonus),
        ("笔试成绩", row.written_final), ("面试成绩", row.interview_score), ("加试成绩", row.extra_score),
        ("总成绩", row.total), ("名次", row.rank), ("名次理由", row.rank_reason),
    )  # fmt: skip
    yield from ((label, str(value)) for label, value in found if value not in (None, ""))


def find(session: Session, typed: str, limit: int) -> Sequence[str]:
    """Registrations by the beginning of the applicant's name."""
    query = select(Registration.number).where(
        Registration.name.startswith(typed, autoescape=True), Registration.number.is_not(None)
    )
    return [number for number in session.scalars(query.order_by(Registration.id.desc()).limit(limit)) if number]


def files(session: Session, business_key: str) -> Mapping[int, File]:
    """The registration's files."""
    query = (
        select(Attachment.file_id, Attachment.kind)
        .join(Registration, Registration.id == Attachment.registration_id)
        .where(Registration.number == business_key.partition("#")[0])
    )
    return {file_id: File(file_id, kind.label) for file_id, kind in session.execute(query)}


@dataclass(frozen=True, slots=True)
class RevealField:
    """Somebody who handles a registration looks at a masked field; who, what and when is noted. Answers the value."""

    instance_id: int
    field: str

    def execute(self, context: CommandContext) -> str:
        instance = visible_instance(context.session, context.actor, self.instance_id, context.now)
        if self.field not in SEALED or instance.process_key not in (KIND.process_key, RESERVE_KIND.process_key):
            raise NotFound()
        row = _row(context.session, instance.business_key.partition("#")[0])
        context.record("personal_data.revealed", f"registration:{row.id}", field=self.field)
        values = {"id_number": row.id_number, "phone": row.phone}
        return str(values.get(self.field) or row.details.get(self.field, "") or "")


KIND = SubjectKind(
    "recruitment_registration", "worklist/subjects/registration.html", load, find, files=files, seen=seen
)
RESERVE_KIND = SubjectKind("reserve_pick", "worklist/subjects/registration.html", load, find, files=files)
