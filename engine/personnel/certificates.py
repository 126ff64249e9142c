"""The duty to obtain the social-worker certificate [N 4.5]; conditions of the exam stand in certificate_conditions."""

from dataclasses import dataclass
from datetime import date, timedelta

from engine.personnel.dates import add_years
from engine.personnel.decisions import Decide, answer
from engine.personnel.limits import CERTIFICATE_YEARS
from engine.personnel.vocabulary import Education

EXAM_REGISTRATION_MONTH = 3
"""Registration for the yearly exam closes with March [domain 7.3]."""


@dataclass(frozen=True, slots=True)
class CertificateDuty:
    """When somebody may sit the exam and by when the certificate must be there."""

    eligible_on: date
    due_on: date


def certificate_duty(
    decide: Decide,
    hired_on: date,
    education: Education,
    *,
    social_work_major: bool,
    first_social_work: date | None = None,
    by_exam_cycles: bool = False,
) -> CertificateDuty:
    """Years of social work that the exam asks for, but not before the hire; then three years [N 4.5].

    Earlier social work counts towards the exam's conditions; the duty itself only begins with the hire.
    Counted by exam cycles, the deadline is the end of the year of the third exam that may be sat [domain 7.3].
    """
    variables = {"education": education.value, "social_work_major": social_work_major}
    years = int(answer(decide("certificate_conditions", variables)))
    eligible = max(hired_on, add_years(first_social_work or hired_on, years))
    if by_exam_cycles:
        return CertificateDuty(eligible, date(_first_exam(eligible, hired_on) + CERTIFICATE_YEARS - 1, 12, 31))
    return CertificateDuty(eligible, add_years(eligible, CERTIFICATE_YEARS) - timedelta(days=1))


def _first_exam(eligible_on: date, hired_on: date) -> int:
    """The year of the first exam: years of work count to its 31 December, but one registers for it in March."""
    missed = (hired_on.year, hired_on.month) > (eligible_on.year, EXAM_REGISTRATION_MONTH)
    return eligible_on.year + missed
