"""A name or ID number that was mistyped, put right by the county after the form was locked [domain 1.5]."""

from dataclasses import dataclass

from sqlalchemy import select

from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid
from engine.personnel.id_number import masked, parse_id_number
from engine.personnel.recruitment.enrolment import registration_obstacles, registration_of
from engine.personnel.recruitment.registrations import Registration, id_index, note
from engine.personnel.recruitment.states import BEFORE_PASS, FINAL, RegistrationState


@dataclass(frozen=True, slots=True)
class Correction:
    """What is right, and why it is changed."""

    name: str
    id_number: str
    reason: str


def correct_person(context: CommandContext, registration_id: int, correction: Correction) -> bool:
    """Corrects name and ID number; answers whether a ticket that was printed shows something else now.

    Nobody else may hold the number in this campaign, and the conditions of the post have to be met still.
    """
    registration = registration_of(context.session, registration_id)
    if registration.state in BEFORE_PASS:
        raise Conflict("报名还没有审核通过，请退回由本人修改")
    if registration.state in FINAL | {RegistrationState.RESERVE}:
        raise Conflict(f"报名当前为“{registration.state.label}”，不能再更正")
    name, number = _checked(context, registration, correction)
    before = {"name": registration.name, "id_number": masked(registration.id_number or "")}
    registration.name = name
    registration.id_number, registration.id_index = number, id_index(context, number)
    parsed = parse_id_number(number, context.today)
    registration.born, registration.sex = parsed.birth_date, parsed.sex
    context.session.flush()
    obstacles = registration_obstacles(context, registration)
    if obstacles:
        raise Conflict(f"更正后不符合岗位条件：{obstacles[0].message}；确属如此的，请按取消资格办理")
    after = {"name": name, "id_number": masked(number)}
    note(context, registration, "registration.person_corrected", before=before, after=after, reason=correction.reason)
    return registration.ticket_printed_at is not None and context.now < registration.campaign.written_at


def _checked(context: CommandContext, registration: Registration, correction: Correction) -> tuple[str, str]:
    problems = {}
    name, typed = correction.name.strip(), correction.id_number.strip()
    if not name:
        problems["name"] = "请填写姓名"
    if not correction.reason.strip():
        problems["reason"] = "请写明更正的依据，例如本人申请并核对身份证原件"
    if problems:
        raise Invalid(fields=problems)
    try:
        number = parse_id_number(typed, context.today).text if typed else registration.id_number or ""
    except Invalid as error:
        raise Invalid(fields={"id_number": error.message}) from error
    if (name, number) == (registration.name, registration.id_number):
        raise Invalid("姓名和身份证号都没有变化", fields={"name": "没有变化，请填写更正后的内容"})
    if _taken(context, registration, number):
        raise Invalid(fields={"id_number": "该身份证号在本次招聘中已有另一份报名，请核对"})
    return name, number


def _taken(context: CommandContext, registration: Registration, number: str) -> bool:
    query = select(Registration.id).where(
        Registration.campaign_id == registration.campaign_id, Registration.id != registration.id,
        Registration.id_index == id_index(context, number),
    )  # fmt: skip
    return context.session.scalar(query.limit(1)) is not None
