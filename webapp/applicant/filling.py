"""Filling in the registration form: five short steps that save themselves, then handing in."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.delegates.recruitment.commands import SubmitRegistration
from engine.identity.users import User
from engine.kernel.clock import local_date
from engine.kernel.errors import Conflict, NotFound, citation
from engine.personnel.consents import GiveConsent
from engine.personnel.decisions import DecisionTables
from engine.personnel.recruitment.applicant import SaveRegistrationDraft
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.eligibility import obstacles
from engine.personnel.recruitment.registration_form import form_problems
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.states import RegistrationState
from engine.workflow.work_items import CompleteWorkItem
from forms.base import BaseForm
from forms.registration import CONSENT_VERSION, PersonForm, PledgeForm, PostForm
from forms.validators import optional
from webapp.applicant import answers, cases
from webapp.applicant.answers import FORMS, LABELS, StepName
from webapp.applicant.blueprint import blueprint
from webapp.binding import beside_fields, bind, status_of, submitted
from webapp.numbers import whole
from webapp.permissions import signed_in
from webapp.public import listings
from webapp.public.listings import PostRow
from webapp.visit import actor, engine, execute, reading

_NEXT = dict(zip(StepName, list(StepName)[1:], strict=False))
_REVISING = (RegistrationState.RETURNED, RegistrationState.REJECTED, RegistrationState.POST_CANCELLED)


@blueprint.route("/apply/<campaign_number>", methods=["GET", "POST"])
@signed_in
def begin(campaign_number: str) -> ResponseReturnValue:
    """The first step; the draft begins with the chosen post."""
    with reading() as session:
        campaign = listings.campaign_of(session, campaign_number)
        mine = _own_in(session, campaign)
        if mine is not None and cases.may_edit(mine, engine().clock.now()):
            return redirect(url_for(".step", registration_id=mine.id, name=StepName.POST.value))
        if mine is not None:
            return redirect(url_for(".application", registration_id=mine.id))
        if not listings.accepts_registrations(campaign, engine().clock.now()):
            raise Conflict("现在不在报名时间内，不能报名。报名时间见公告。")
        form = _post_form(session, campaign, request.args.get("post", type=whole))
    if submitted(form):
        with beside_fields(form):
            registration_id = _save(campaign.id, {"post_id": form.post_id.data, **_known()})
        if not form.errors:
            return redirect(url_for(".step", registration_id=registration_id, name=StepName.PERSON.value))
    return render_template("applicant/begin.html", campaign=campaign, form=form, steps=step_line(None)), status_of(form)


@blueprint.route("/applications/<int:registration_id>/form/<name>", methods=["GET", "POST"])
@signed_in
def step(registration_id: int, name: str) -> ResponseReturnValue:
    """One step of the form."""
    here = _step_named(name)
    with reading() as session:
        registration = editable(session, registration_id)
        if here is StepName.CHECK:
            return _check(registration)
        form = _form_of(session, registration, here)
        if submitted(form):
            with beside_fields(form):
                _save(registration.campaign_id, answers.typed_in(form), registration.id)
            if not form.errors:
                return redirect(_after(registration_id, here))
        return render_template(
            "applicant/step.html", registration=registration, campaign=registration.campaign, form=form, here=here,
            shown_by=answers.SHOWN_BY, more=answers.MORE,
            steps=step_line(registration, here), remarks=cases.remarks(registration),
            facts=answers.identity_text(registration, local_date(engine().clock.now())),
        ), status_of(form)  # fmt: skip


@blueprint.post("/applications/<int:registration_id>/draft/<name>")
@signed_in
def draft(registration_id: int, name: str) -> ResponseReturnValue:
    """Saves what is typed so far, sound or not."""
    here = _step_named(name)
    with reading() as session:
        registration = editable(session, registration_id)
        form = _form_of(session, registration, here)
    form.validate()
    typed = answers.typed_in(form)
    if "id_number" in typed and form["id_number"].errors:
        del typed["id_number"]  # half a number is nobody's number
    _save(registration.campaign_id, typed, registration.id)
    return "", 204


def _check(registration: Registration) -> ResponseReturnValue:
    """The last step: everything on one page, the declarations, and handing in."""
    form = bind(PledgeForm, data=answers.values_of(registration))
    problems = _problems(registration)
    if submitted(form):
        if problems:
            form.add_errors({"": "报名表还有没填好的地方，请按下面的提示补充后再提交。"})
        else:
            with beside_fields(form):
                _hand_in(registration, form)
            if not form.errors:
                return redirect(url_for(".receipt", registration_id=registration.id))
    return render_template(
        "applicant/check.html", registration=registration, campaign=registration.campaign, form=form,
        sections=answers.sections(registration, problems), steps=step_line(registration, StepName.CHECK),
        here=StepName.CHECK, remarks=cases.remarks(registration), revising=registration.state in _REVISING,
        facts=answers.identity_text(registration, local_date(engine().clock.now())),
    ), status_of(form)  # fmt: skip


@blueprint.get("/applications/<int:registration_id>/receipt")
@signed_in
def receipt(registration_id: int) -> str:
    """Number, what happens next, until when, and how the applicant will be told."""
    with reading() as session:
        registration = cases.own_registration(session, actor(), registration_id)
        if registration.submitted_at is None:
            raise NotFound()
        return render_template("applicant/receipt.html", registration=registration, campaign=registration.campaign)


def _hand_in(registration: Registration, form: PledgeForm) -> None:
    """Keeps the declarations, then hands in for the first time or again."""
    _save(registration.campaign_id, answers.typed_in(form), registration.id)
    execute(GiveConsent(registration.id, CONSENT_VERSION))
    if registration.state not in _REVISING:
        execute(SubmitRegistration(registration.id))
        return
    with reading() as session:
        task = cases.open_task(session, actor(), registration, "revise_application", "choose_other_post")
    if task is None:
        raise Conflict("该报名现在不能重新提交，请回到“我的报名”查看。")
    decision = "change" if task.node_id == "choose_other_post" else "resubmit"
    execute(CompleteWorkItem(task.work_item_id, decision=decision, values={"post_id": registration.post_id}))


def _save(campaign_id: int, values: Mapping[str, Any], registration_id: int | None = None) -> int:
    """Keeps what was typed. Without the page's key: saving again is harmless, swallowing a later save would not be."""
    return engine().execute(SaveRegistrationDraft(campaign_id, values, registration_id), actor=actor())


def _problems(registration: Registration) -> dict[str, str]:
    """What keeps the form from being handed in, the declarations of this page aside."""
    found = form_problems(registration, local_date(engine().clock.now()))
    found.pop("declarations", None)
    if registration.post is not None and registration.born is not None and registration.education is not None:
        decide = engine().service(DecisionTables).decide
        for obstacle in obstacles(decide, registration.post.conditions, registration.facts):
            found.setdefault(obstacle.field, f"{obstacle.message}（{citation(obstacle.clause)}）")
    return found


def editable(session: Session, registration_id: int) -> Registration:
    registration = cases.own_registration(session, actor(), registration_id)
    if not cases.may_edit(registration, engine().clock.now()):
        raise Conflict(f"报名当前为“{registration.state.label}”，或者已过报名时间，不能修改。")
    return registration


def _own_in(session: Session, campaign: Campaign) -> Registration | None:
    query = select(Registration).where(
        Registration.campaign_id == campaign.id, Registration.user_id == actor().user_id
    )
    return session.scalar(query)


def _form_of(session: Session, registration: Registration, here: StepName) -> BaseForm:
    if here is StepName.POST:
        return _post_form(session, registration.campaign, registration.post_id)
    form = bind(FORMS[here], data=answers.values_of(registration))
    if isinstance(form, PersonForm) and registration.entered_by is not None:
        form.phone.validators = (optional(),)  # who comes to the counter may have none
        form.phone.flags.required = False
    return form


def _post_form(session: Session, campaign: Campaign, chosen: int | None) -> PostForm:
    form = bind(PostForm, data={"post_id": chosen})
    rows = [row for row in listings.post_rows(session, campaign) if not row.cancelled]
    form.offer([(row.id, _post_label(row)) for row in rows])
    return form


def _post_label(row: PostRow) -> str:
    return f"{row.name}（{row.code}），{row.street}，{row.place}，招 {row.heads} 人，招聘对象{row.target.label}"


def _step_named(name: str) -> StepName:
    if name not in list(StepName):
        raise NotFound()
    return StepName(name)


def _after(registration_id: int, here: StepName) -> str:
    return url_for(".step", registration_id=registration_id, name=_NEXT[here].value)


def _known() -> dict[str, Any]:
    """What the account already says, so that nobody types it twice."""
    with reading() as session:
        user = session.get(User, actor().user_id)
    return {"name": actor().name, "phone": None if user is None else user.phone}


def step_line(registration: Registration | None, here: StepName = StepName.POST) -> list[dict[str, Any]]:
    address: Callable[[StepName], str | None] = lambda name: (  # noqa: E731
        None if registration is None else url_for(".step", registration_id=registration.id, name=name.value)
    )
    return [
        {"name": LABELS[name], "href": address(name), "current": name is here, "number": place}
        for place, name in enumerate(StepName, start=1)
    ]
