"""Objections against a publicity notice, queries about a score, and what the county found [domain 1.12]."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid, NotFound
from engine.personnel.recruitment.enrolment import end
from engine.personnel.recruitment.notices import is_open
from engine.personnel.recruitment.outcomes import NoticeKind, Objection, ObjectionState, PublicNotice
from engine.personnel.recruitment.registrations import Registration, note
from engine.personnel.recruitment.states import RegistrationState

_R = RegistrationState
_FINDINGS = (ObjectionState.UPHELD, ObjectionState.UNFOUNDED, ObjectionState.UNCLEAR)


@dataclass(frozen=True, slots=True)
class Complaint:
    """What somebody from the public says about a name in a notice."""

    notice_id: int
    exam_number: str
    from_name: str
    from_phone: str
    text: str


def raise_objection(context: CommandContext, complaint: Complaint) -> Objection:
    """Takes an objection while the notice's window is open; a candidate for hire is held until it is settled."""
    notice = context.session.get(PublicNotice, complaint.notice_id)
    if notice is None:
        raise NotFound("没有找到该公示")
    if not is_open(notice, context.now):
        raise Conflict("公示期已结束，不再受理对本公示的异议")
    _check_complaint(complaint)
    registration = _registration(context.session, notice, complaint.exam_number)
    objection = Objection(
        notice_id=notice.id, registration_id=registration.id, state=ObjectionState.OPEN,
        from_name=complaint.from_name.strip(), from_phone=complaint.from_phone.strip(), text=complaint.text.strip(),
        raised_at=context.now,
    )  # fmt: skip
    context.session.add(objection)
    if notice.kind is NoticeKind.HIRING and registration.state is _R.PUBLICISED:
        registration.move(_R.OBJECTED)
    context.session.flush()
    note(context, registration, "objection.raised", objection=objection.id, notice=notice.kind.value)
    return objection


def settle_objection(
    context: CommandContext, objection_id: int, finding: ObjectionState, text: str
) -> RegistrationState:
    """The county's finding: upheld means not hired, unclear postpones the hire, unfounded lets it go on."""
    objection = objection_of(context.session, objection_id)
    if finding not in _FINDINGS or not text.strip():
        raise Invalid("请选择核查结论并写明核查情况", fields={"finding": "请写明核查情况"})
    if objection.state not in (ObjectionState.OPEN, ObjectionState.UNCLEAR):
        raise Conflict("该异议已有核查结论")
    objection.state, objection.finding = finding, text.strip()
    objection.settled_by, objection.settled_at = context.actor.user_id, context.now
    context.session.flush()
    registration = objection.registration
    note(context, registration, "objection.settled", objection=objection.id, finding=finding.value)
    if registration.state is _R.OBJECTED:
        _apply(context, registration, finding)
    return registration.state


def open_objections(session: Session, campaign_id: int, *kinds: NoticeKind) -> int:
    """How many objections or queries against notices of these kinds wait for an answer."""
    query = (
        select(func.count(Objection.id))
        .join(PublicNotice, PublicNotice.id == Objection.notice_id)
        .where(PublicNotice.campaign_id == campaign_id, Objection.state == ObjectionState.OPEN)
    )
    if kinds:
        query = query.where(PublicNotice.kind.in_(kinds))
    return session.scalar(query) or 0


def objection_of(session: Session, objection_id: int) -> Objection:
    """The objection, or NotFound."""
    objection = session.get(Objection, objection_id)
    if objection is None:
        raise NotFound("没有找到该异议")
    return objection


def _apply(context: CommandContext, registration: Registration, finding: ObjectionState) -> None:
    query = select(Objection.state).where(Objection.registration_id == registration.id)
    states = set(context.session.scalars(query))
    if finding is ObjectionState.UPHELD:
        end(context, registration.id, _R.NOT_HIRED, "公示异议经核查属实，不予聘用")
    elif not states & {ObjectionState.OPEN, ObjectionState.UNCLEAR}:
        registration.move(_R.PUBLICISED)
    context.session.flush()


def _registration(session: Session, notice: PublicNotice, exam_number: str) -> Registration:
    query = select(Registration).where(
        Registration.campaign_id == notice.campaign_id, Registration.exam_number == exam_number.strip()
    )
    registration = session.scalars(query).first()
    if registration is None:
        raise Invalid("公示中没有该准考证号，请核对", fields={"exam_number": "公示中没有该准考证号，请核对"})
    return registration


def _check_complaint(complaint: Complaint) -> None:
    labels = {"from_name": "姓名", "from_phone": "联系电话", "text": "反映的情况"}
    values = {"from_name": complaint.from_name, "from_phone": complaint.from_phone, "text": complaint.text}
    problems = {field: f"请填写{labels[field]}" for field, value in values.items() if not value.strip()}
    if len(complaint.text) > 2000:
        problems["text"] = "反映的情况最多 2000 字"
    if problems:
        raise Invalid(fields=problems)
