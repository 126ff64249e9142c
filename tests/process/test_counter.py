"""Registration at the counter: an officer acts for somebody without a phone, and never reviews it himself."""

import pytest

from engine.delegates.recruitment.commands import PrintTicket, SubmitRegistration
from engine.kernel.errors import Conflict, Forbidden, NotFound
from engine.personnel.recruitment.applicant import SaveRegistrationDraft
from engine.personnel.recruitment.counter import BeginAtCounter
from engine.personnel.recruitment.registrations import Channel
from engine.personnel.recruitment.states import RegistrationState
from tests.process.office import Office
from tests.process.recruitment import Applicant, Recruitment, attach_everything, filled_form

R = RegistrationState


def at_counter(recruitment: Recruitment) -> Applicant:
    """A complete form of somebody who stands at the counter."""
    office = recruitment.office
    begun = office.do(BeginAtCounter(recruitment.row.id, "老周", recruitment.row.posts[0].id), "county_clerk")
    form = {**filled_form(900, "老周"), "phone": ""}
    office.do(SaveRegistrationDraft(recruitment.row.id, form, begun), "county_clerk")
    office.prepare(lambda context: attach_everything(context, begun))
    return Applicant(office, office.staff["county_clerk"], begun)


def test_the_officer_hands_in_corrects_and_prints_for_the_person(recruitment: Recruitment, office: Office) -> None:
    person = at_counter(recruitment)
    person.submit()
    assert person.row.channel is Channel.COUNTER
    person.handled("county_reviewer", "first_review", "return", "请补充材料")
    assert person.open_nodes() == ["revise_application"]
    person.act("revise_application", "resubmit", "")
    person.handled("county_reviewer", "first_review", "pass", "")
    recruitment.close_registration()
    recruitment.seat()
    office.do(PrintTicket(person.registration_id), person.actor)
    office.work()
    assert person.state() == R.TICKET_PRINTED


def test_nobody_else_acts_for_the_person(recruitment: Recruitment, office: Office) -> None:
    person = at_counter(recruitment)
    with pytest.raises(NotFound):
        office.do(SubmitRegistration(person.registration_id), "county_reviewer")
    with pytest.raises(Forbidden):
        office.do(BeginAtCounter(recruitment.row.id, "老周", recruitment.row.posts[0].id), "county_reviewer")


def test_the_counter_closes_with_registration(recruitment: Recruitment, office: Office) -> None:
    recruitment.move_to("reg_closes_at")
    with pytest.raises(Conflict, match="报名时间"):
        office.do(BeginAtCounter(recruitment.row.id, "老周", recruitment.row.posts[0].id), "county_clerk")
