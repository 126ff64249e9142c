"""The duty to obtain the social-worker certificate [N 4.5]; conditions of the exam stand in certificate_conditions."""

from dataclasses import dataclass
from datetime import date, timedelta

from engine.personnel.dates import add_years
from engine.personnel.decisions import Decide, row
from engine.personnel.limits import CERTIFICATE_YEARS
from engine.personnel.vocabulary import Education


@dataclass(frozen=True, slots=True)
class CertificateDuty:
    """When somebody may sit the exam and by when the certificate must be there."""

    eligible_on: date
    due_on: date


def certificate_duty(
    decide: Decide, first_social_work: date, education: Education, *, social_work_major: bool
) -> CertificateDuty:
    """Counts from the first day of social work: years the exam asks for, then three years [N 4.5]."""
    found = row(
        decide("certificate_conditions", {"education": education.value, "social_work_major": social_work_major})
    )
    eligible = add_years(first_social_work, int(found["years"]))
    return CertificateDuty(eligible, add_years(eligible, CERTIFICATE_YEARS) - timedelta(days=1))
