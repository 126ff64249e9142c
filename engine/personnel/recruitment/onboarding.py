"""From approval to the first day: contract within the law, grade, certificate deadline, induction, quota."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid, RuleViolation
from engine.personnel import quota_ledger
from engine.personnel.certificates import certificate_duty
from engine.personnel.contracts import ContractTerm, contract_term
from engine.personnel.dates import add_months, add_years
from engine.personnel.decisions import decider
from engine.personnel.grades import initial_grade
from engine.personnel.limits import INDUCTION_DAYS, check_category, check_entry_education
from engine.personnel.pay import pay_coefficient
from engine.personnel.recruitment import settings
from engine.personnel.recruitment.campaigns import CampaignPost
from engine.personnel.recruitment.enrolment import end, registration_of
from engine.personnel.recruitment.planning import quota_subject
from engine.personnel.recruitment.registrations import Registration, note
from engine.personnel.recruitment.requests import PostRequestLine
from engine.personnel.recruitment.states import RegistrationState
from engine.personnel.vocabulary import CertificateLevel, WorkerCategory
from engine.personnel.worker_accounts import open_pages
from engine.personnel.workers import (
    Certificate,
    CertificateDeadline,
    EmploymentContract,
    GradeRecord,
    TrainingDuty,
    Worker,
)

INDUCTION = "induction"


@dataclass(frozen=True, slots=True)
class ContractOffer:
    """What street and worker agree on; empty values follow the campaign's settings."""

    start: date
    months: int | None = None
    probation_months: int | None = None
    number: str = ""
    open_ended: bool = False


@dataclass(frozen=True, slots=True)
class Onboarding:
    """What the first day brought."""

    worker_id: int
    grade: int
    grade_reason: str
    certificate_due: date
    induction_days: str


def conclude_contract(context: CommandContext, registration_id: int, offer: ContractOffer) -> ContractTerm:
    """Signs the contract with the street; probation over the legal limit is refused [L19, N 12.4]."""
    registration = registration_of(context.session, registration_id)
    if registration.state is not RegistrationState.APPROVED:
        raise Conflict(f"当前状态为“{registration.state.label}”，聘用审批后才能签订合同")
    policy = registration.campaign.policy
    months = None if offer.open_ended else offer.months or policy[settings.CONTRACT_MONTHS]
    probation = policy[settings.PROBATION_MONTHS] if offer.probation_months is None else offer.probation_months
    term = contract_term(offer.start, months, probation, _post(registration).service_months)
    worker = _worker(context, registration, offer.start)
    context.session.add(
        EmploymentContract(
            worker_id=worker.id, number=offer.number, employer_id=worker.street_id, starts_on=term.start,
            ends_on=term.end, months=months, probation_months=probation, probation_ends_on=term.probation_end,
            write_by=term.write_by, service_until=term.service_until, signed_on=context.today,
        )
    )  # fmt: skip
    context.session.flush()
    note(context, registration, "contract.signed", worker=worker.id, start=term.start, end=term.end)
    return term


def take_on(context: CommandContext, registration_id: int) -> Onboarding:
    """The worker has started: first grade, certificate deadline, induction duty, and the reserved place is used."""
    registration = registration_of(context.session, registration_id)
    worker = _waiting_worker(context, registration)
    registration.move(RegistrationState.HIRED)
    registration.ended_at = context.now
    worker.active = True
    grade_reason = _give_grade(context, registration, worker)
    due = _give_deadline(context, registration, worker)
    _give_induction(context, worker)
    open_pages(context, worker)
    quota_ledger.use(
        context, worker.county_id, _quota_subject(context, registration), worker.street_id, f"worker:{worker.id}"
    )
    context.session.flush()
    note(context, registration, "worker.hired", worker=worker.id, grade=worker.grade)
    return Onboarding(worker.id, worker.grade, grade_reason, due, str(INDUCTION_DAYS))


def onboard(context: CommandContext, registration_id: int, offer: ContractOffer) -> Onboarding:
    """Contract and first day in one."""
    conclude_contract(context, registration_id, offer)
    return take_on(context, registration_id)


def lapse_hire(context: CommandContext, registration_id: int, reason: str) -> None:
    """Refuses the assignment or does not appear without reason: waived; a contract that never began is removed."""
    withdraw_offer(context, registration_id)
    end(context, registration_id, RegistrationState.WAIVED, reason or "未按时签订合同或报到，视为放弃")


def withdraw_offer(context: CommandContext, registration_id: int) -> None:
    """The contract of somebody who has not started is void: it goes with the record that was made for it."""
    registration = registration_of(context.session, registration_id)
    worker = _worker_of(context, registration)
    if worker is not None and not worker.active:
        for contract in worker.contracts:
            context.session.delete(contract)
        context.session.flush()
        context.session.delete(worker)
        note(context, registration, "contract.withdrawn", worker=worker.id)


def confirm_probation(context: CommandContext, worker_id: int) -> None:
    """Ends probation well; refused before three days of induction training [N 6.5]."""
    query = select(TrainingDuty).where(TrainingDuty.worker_id == worker_id, TrainingDuty.kind == INDUCTION)
    duty = context.session.scalars(query).first()
    if duty is None or not duty.complete or duty.days_done < INDUCTION_DAYS:
        done = duty.days_done if duty else 0
        raise RuleViolation(f"入职集中培训不少于 3 天，现完成 {done} 天，不能办理转正", clause="6.5")
    context.record("worker.confirmed", f"worker:{worker_id}")


def _post(registration: Registration) -> CampaignPost:
    if registration.post is None:
        raise Invalid("报名没有对应的岗位")
    return registration.post


def _worker(context: CommandContext, registration: Registration, start: date) -> Worker:
    post = _post(registration)
    facts = registration.facts
    check_category(WorkerCategory.EXAM_HIRED, exam_recorded=registration.total is not None, recognised_by=0)
    check_entry_education(facts.education, post.education_exception)
    if registration.sex is None or registration.politics is None or not registration.id_number:
        raise Invalid("报名信息不完整，请补充性别、政治面貌和身份证号后再签订合同")
    worker = Worker(
        user_id=registration.user_id if registration.entered_by is None else None,  # nobody signs in as the counter
        county_id=registration.campaign.county_id, street_id=post.street_id,
        community_id=post.community_id, registration_id=registration.id, recognised_by=0,
        category=WorkerCategory.EXAM_HIRED, name=registration.name, sex=registration.sex, born=facts.born,
        id_number=registration.id_number, id_index=registration.id_index, phone=registration.phone,
        education=facts.education, education_exception=post.education_exception, politics=registration.politics,
        post=post.grade_post, grade=_grade(context, registration)[0], hired_on=start,
        community_since=add_years(start, -registration.community_years), active=False,
    )  # fmt: skip
    context.session.add(worker)
    context.session.flush()
    worker.number = f"SG{start.year}{worker.id:06d}"
    return worker


def _grade(context: CommandContext, registration: Registration) -> tuple[int, str]:
    facts = registration.facts
    found = initial_grade(
        decider(context), _post(registration).grade_post, facts.community_years, facts.education, facts.certificate
    )
    return found.grade, found.reason


def _give_grade(context: CommandContext, registration: Registration, worker: Worker) -> str:
    worker.grade, reason = _grade(context, registration)
    context.session.add(
        GradeRecord(
            worker_id=worker.id, post=worker.post, grade=worker.grade, effective_from=worker.hired_on,
            coefficient=pay_coefficient(decider(context), worker.grade), reason=reason, recorded_at=context.now,
        )
    )  # fmt: skip
    return reason


def _give_deadline(context: CommandContext, registration: Registration, worker: Worker) -> date:
    duty = certificate_duty(
        decider(context), worker.hired_on, worker.education, social_work_major=registration.social_work_major,
        first_social_work=worker.community_since,
        by_exam_cycles=registration.campaign.policy[settings.CERTIFICATE_BASIS] == "exam_cycles",
    )  # fmt: skip
    holds = registration.certificate is not CertificateLevel.NONE
    context.session.add(
        CertificateDeadline(
            worker_id=worker.id, eligible_on=duty.eligible_on, due_on=duty.due_on,
            met_on=worker.hired_on if holds else None,
        )
    )  # fmt: skip
    if holds:
        number = str(registration.details.get("certificate_number", ""))[:64]
        context.session.add(
            Certificate(
                worker_id=worker.id, level=registration.certificate, number=number, registered_on=worker.hired_on
            )
        )
    return duty.due_on


def _give_induction(context: CommandContext, worker: Worker) -> None:
    """Due by the end of the probation, or within three months where there is none."""
    contract = worker.contracts[-1] if worker.contracts else None
    due = (contract.probation_ends_on if contract else None) or add_months(worker.hired_on, 3)
    context.session.add(TrainingDuty(worker_id=worker.id, kind=INDUCTION, days_due=INDUCTION_DAYS, due_on=due))


def reserved_place(context: CommandContext, registration: Registration) -> tuple[str, int]:
    """What a place for the person is kept under, and the street that has it."""
    return _quota_subject(context, registration), _post(registration).street_id


def _quota_subject(context: CommandContext, registration: Registration) -> str:
    line_id = _post(registration).request_line_id
    line = None if line_id is None else context.session.get(PostRequestLine, line_id)
    if line is None:
        raise RuleViolation("该岗位没有对应的用人需求和预留员额，不能办理入职", clause="5.5")
    return quota_subject(line.request)


def _worker_of(context: CommandContext, registration: Registration) -> Worker | None:
    return context.session.scalars(select(Worker).where(Worker.registration_id == registration.id)).first()


def _waiting_worker(context: CommandContext, registration: Registration) -> Worker:
    worker = _worker_of(context, registration)
    if worker is None or not worker.contracts:
        raise RuleViolation("尚未与街道签订劳动合同，不能办理入职", clause="12.4")
    if worker.active:
        raise Conflict("该人员已办理入职")
    return worker
