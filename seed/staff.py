"""The 150 workers the demo county already has: committee members and people recognised by two departments [N 1.1]."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from engine.kernel.command import CommandContext
from engine.personnel.all_round import AllRoundCertificate
from engine.personnel.certificates import certificate_duty
from engine.personnel.contracts import contract_term
from engine.personnel.dates import add_months, add_years
from engine.personnel.decisions import Decide, decider
from engine.personnel.exits.retirement import kind_of, retirement_day
from engine.personnel.grades import initial_grade
from engine.personnel.id_number import id_number_of
from engine.personnel.limits import INDUCTION_DAYS
from engine.personnel.pay import pay_coefficient
from engine.personnel.vocabulary import CertificateLevel, Post, WorkerCategory
from engine.personnel.workers import (
    Certificate,
    CertificateDeadline,
    EmploymentContract,
    GradeRecord,
    TrainingDuty,
    Worker,
)
from seed.county import County
from seed.people import REGION, Crowd, Person

WORKERS = 150
ALL_ROUND = 5
"""All-round workers of each community; two have to stay when others are lent [N 8.1]."""

RETIRING = {147: 260, 143: 320}
"""Two who retire within months: which of the workers, and how many days after the demo begins, half a year ago."""


def _near_retirement(person: Person, day: date) -> Person:
    """The same person, so old that the statutory age is reached on that day or in the weeks after it."""
    born = add_years(day, -64)
    while retirement_day(born, kind_of(person.sex)) < day:
        born += timedelta(days=1)
    return replace(person, born=born, id_number=id_number_of(REGION, born, int(person.id_number[14:17])))


@dataclass(frozen=True, slots=True)
class AddStaff:
    """The workers of before, with grade by the county's table, contract, certificate or its deadline, training."""

    county: County
    crowd: Crowd

    def execute(self, context: CommandContext) -> int:
        decide = decider(context)
        for number in range(WORKERS):
            community = number % len(self.county.communities)
            place = number // len(self.county.communities)
            post = Post.CHIEF if place == 0 else Post.DEPUTY if place in (1, 2) else Post.GENERAL
            self._add(context, decide, number, community, post)
        return WORKERS

    def _add(self, context: CommandContext, decide: Decide, number: int, community: int, post: Post) -> None:
        random, today = self.crowd.random, context.today
        years = random.randrange(6, 16) if post is Post.CHIEF else random.randrange(1, 12)
        hired_on = add_years(today, -years) - timedelta(days=random.randrange(30, 300))
        person = self.crowd.person(add_years(today, -50), add_years(today, -24 - years), certified=0.62)
        if number in RETIRING:
            person = _near_retirement(person, today + timedelta(days=RETIRING[number]))
        grade = initial_grade(decide, post, years, person.education, person.certificate)
        worker = self._worker(context, number, community, post, hired_on, person, grade.grade)
        context.session.add(
            GradeRecord(
                worker_id=worker.id, post=post, grade=grade.grade, coefficient=pay_coefficient(decide, grade.grade),
                effective_from=date(today.year, 1, 1), reason=grade.reason, recorded_at=context.now,
            )
        )  # fmt: skip
        self._contract(context, worker, years)
        self._certificate(context, decide, worker, person)
        if number // len(self.county.communities) < ALL_ROUND:
            self._all_round(context, worker)

    def _worker(
        self,
        context: CommandContext,
        number: int,
        community: int,
        post: Post,
        hired_on: date,
        person: Person,
        grade: int,
    ) -> Worker:
        chosen = post is not Post.GENERAL
        worker = Worker(
            number=f"SG{hired_on.year}9{number + 1:05d}", county_id=self.county.county,
            street_id=self.county.streets[community // 4], community_id=self.county.communities[community],
            recognised_by=0 if chosen else 2, name=person.name, sex=person.sex, born=person.born,
            category=WorkerCategory.COMMITTEE if chosen else WorkerCategory.RECOGNISED, id_number=person.id_number,
            id_index=context.cipher.blind_index(person.id_number, purpose="id_number"), phone=person.phone,
            education=person.education, politics=person.politics, post=post, grade=grade, hired_on=hired_on,
            community_since=hired_on, active=True,
        )  # fmt: skip
        context.session.add(worker)
        context.session.flush()
        return worker

    def _contract(self, context: CommandContext, worker: Worker, years: int) -> None:
        """The contract that runs now: three years each, the newest began within the last three."""
        start = add_years(worker.hired_on, 3 * (years // 3))
        term = contract_term(start, 36, 3 if start == worker.hired_on else 0, 36)
        context.session.add(
            EmploymentContract(
                worker_id=worker.id, number=f"YT-HT-{worker.id:05d}", employer_id=worker.street_id,
                starts_on=term.start, ends_on=term.end, months=36,
                probation_months=3 if start == worker.hired_on else 0,
                probation_ends_on=term.probation_end, write_by=term.write_by, service_until=term.service_until,
                signed_on=term.start,
            )
        )  # fmt: skip

    def _all_round(self, context: CommandContext, worker: Worker) -> None:
        """Certified half a year ago, for three years [N 8.2]."""
        certified = context.today - timedelta(days=180)
        context.session.add(
            AllRoundCertificate(
                worker_id=worker.id, certified_on=certified, valid_until=add_years(certified, 3) - timedelta(days=1),
                recorded_at=context.now,
            )
        )  # fmt: skip

    def _certificate(self, context: CommandContext, decide: Decide, worker: Worker, person: Person) -> None:
        duty = certificate_duty(decide, worker.hired_on, person.education, social_work_major=False)
        holds = person.certificate is not CertificateLevel.NONE
        registered = add_months(worker.hired_on, 14)
        if holds:
            context.session.add(
                Certificate(
                    worker_id=worker.id, level=person.certificate, number=f"SW{worker.id:08d}",
                    obtained_on=registered, registered_on=registered,
                )
            )  # fmt: skip
        context.session.add(
            CertificateDeadline(
                worker_id=worker.id, eligible_on=duty.eligible_on, due_on=duty.due_on,
                met_on=registered if holds else None,
            )
        )
        due = add_months(worker.hired_on, 3)
        context.session.add(
            TrainingDuty(
                worker_id=worker.id, kind="induction", days_due=INDUCTION_DAYS, days_done=Decimal(3), due_on=due
            )
        )
