"""The people of a recruitment: find one, correct a mistyped name, cancel a registration for false data."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, defer

from engine.delegates.recruitment.commands import REGISTRATION, DisqualifyRegistration
from engine.delegates.recruitment.people import CorrectPerson
from engine.kernel.errors import Conflict, RuleViolation
from engine.personnel.id_number import masked, masked_phone
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.corrections import Correction
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.states import BEFORE_PASS, FINAL, RegistrationState
from engine.workflow.tables import ProcessInstance
from forms.desk import CorrectionForm, DisqualifyForm
from webapp.applicant.cases import tone
from webapp.binding import beside_fields, bind, reasons_above, status_of, submitted
from webapp.desk.blueprint import blueprint
from webapp.desk.campaigns import found_campaign
from webapp.paging import after_key, page_of
from webapp.permissions import requires
from webapp.visit import actor, execute, found, reading

SIZE = 50
READERS = ("county_clerk", "county_head", "exam_officer")
_R = RegistrationState


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One applicant in the list; nothing that is secret."""

    id: int
    number: str
    exam_number: str
    name: str
    post: str
    state: RegistrationState
    tone: str


@dataclass(frozen=True, slots=True)
class Person:
    """One applicant, with what may be done about him now."""

    row: PersonRow
    id_number: str
    phone: str
    channel: str
    ended_reason: str
    case_id: int | None
    may_correct: bool
    may_disqualify: bool


@blueprint.get("/campaigns/<number>/people")
@requires(*READERS)
def people(number: str) -> str:
    """Everybody who handed a registration in, found by name or number."""
    campaign = found_campaign(number)
    sought = request.args.get("q", "").strip()[:64]
    state = next((each for each in _R if each.value == request.args.get("state")), None)
    with reading() as session:
        rows = _rows(session, campaign, sought, state)
    page = page_of(rows, size=SIZE, key=lambda row: row.id)
    states = [each for each in _R if each is not _R.DRAFT]
    return render_template(
        "desk/people.html", campaign=campaign, page=page, sought=sought, state=state, states=states
    )


@blueprint.route("/campaigns/<number>/people/<int:registration_id>", methods=["GET", "POST"])
@requires(*READERS)
def person(number: str, registration_id: int) -> ResponseReturnValue:
    """One applicant; the county corrects his name or ID number here."""
    campaign = found_campaign(number)
    form = bind(CorrectionForm, name=_person(campaign, registration_id).row.name)
    if actor().has_role("county_clerk", "county_head") and submitted(form):
        with reasons_above(form):
            _correct(registration_id, form)
        if not form.errors:
            return redirect(url_for("desk.person", number=number, registration_id=registration_id))
    return _page(campaign, registration_id, form, DisqualifyForm())


@blueprint.post("/campaigns/<number>/people/<int:registration_id>/disqualification")
@requires("county_clerk", "county_head")
def disqualify(number: str, registration_id: int) -> ResponseReturnValue:
    """Cancel a registration for false data, at any stage."""
    campaign = found_campaign(number)
    _person(campaign, registration_id)
    form = bind(DisqualifyForm)
    if submitted(form):
        with beside_fields(form):
            try:
                execute(DisqualifyRegistration(registration_id, form.reason.data or ""))
            except (Conflict, RuleViolation) as error:
                form.add_errors({"": error.message})
        if not form.errors:
            flash("报名资格已取消，正在通知本人；空出的名额按规定递补。", "success")
            return redirect(url_for("desk.person", number=number, registration_id=registration_id))
    return _page(campaign, registration_id, CorrectionForm(), form)


def _correct(registration_id: int, form: CorrectionForm) -> None:
    correction = Correction(form.name.data or "", form.id_number.data or "", form.reason.data or "")
    again = execute(CorrectPerson(registration_id, correction))
    flash("已更正并通知本人。" + ("准考证内容已更新，须由本人重新打印。" if again else ""), "success")


def _page(
    campaign: Campaign, registration_id: int, correct: CorrectionForm, cancel: DisqualifyForm
) -> ResponseReturnValue:
    page = render_template(
        "desk/person.html", campaign=campaign, person=_person(campaign, registration_id), correct=correct, cancel=cancel
    )
    return page, status_of(correct) if correct.errors or correct.form_errors else status_of(cancel)


def _rows(
    session: Session, campaign: Campaign, sought: str, state: RegistrationState | None
) -> Sequence[PersonRow]:
    query = select(Registration).where(Registration.campaign_id == campaign.id, Registration.state != _R.DRAFT)
    if sought:
        same = (Registration.name, Registration.number, Registration.exam_number)
        query = query.where(or_(*(column == sought for column in same), Registration.name.startswith(sought)))
    if state is not None:
        query = query.where(Registration.state == state)
    after = after_key()
    if isinstance(after, int):
        query = query.where(Registration.id > after)
    secret = (Registration.details, Registration.id_number, Registration.phone)
    query = query.options(*(defer(column) for column in secret)).order_by(Registration.id).limit(SIZE + 1)
    posts = {post.id: f"{post.code} {post.name}" for post in campaign.posts}
    return [_row(each, posts) for each in session.scalars(query)]


def _row(each: Registration, posts: dict[int, str]) -> PersonRow:
    return PersonRow(
        each.id, each.number or "", each.exam_number or "", each.name, posts.get(each.post_id or 0, ""), each.state,
        tone(each),
    )  # fmt: skip


def _person(campaign: Campaign, registration_id: int) -> Person:
    """Of this campaign and handed in, else it does not exist."""
    with reading() as session:
        each = found(session.get(Registration, registration_id))
        if each.campaign_id != campaign.id or each.state is _R.DRAFT:
            found(None)
        case_id = session.scalar(
            select(ProcessInstance.id).where(
                ProcessInstance.process_key == REGISTRATION, ProcessInstance.business_key == each.number
            )
        )
        posts = {post.id: f"{post.code} {post.name}" for post in campaign.posts}
        return Person(
            _row(each, posts), masked(each.id_number or ""), masked_phone(each.phone or ""), each.channel.label,
            each.ended_reason, case_id, each.state not in BEFORE_PASS | FINAL | {_R.RESERVE},
            each.state not in (_R.DISQUALIFIED, _R.HIRED),
        )  # fmt: skip
