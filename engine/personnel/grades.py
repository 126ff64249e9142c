"""Grades (三岗十八级): the first grade and what raises it; the table initial_grade holds the local rule [N 2]."""

from dataclasses import dataclass

from engine.personnel.decisions import Decide, answer, row
from engine.personnel.limits import GRADE_RANGES, check_grade
from engine.personnel.vocabulary import CertificateLevel, Education, Post


@dataclass(frozen=True, slots=True)
class GradeFinding:
    """A grade and how it came about."""

    grade: int
    reason: str


def initial_grade(
    decide: Decide, post: Post, community_years: int, education: Education, certificate: CertificateLevel
) -> GradeFinding:
    """The grade of a new worker by the county's table; outside the provincial range it is refused [N 2.1]."""
    found = row(
        decide(
            "initial_grade",
            {
                "post": post.value,
                "community_years": community_years,
                "education": education.value,
                "certificate": certificate.value,
                "education_levels": int(answer(decide("education_levels", {"education": education.value}))),
                "certificate_levels": certificate_levels(decide, certificate),
            },
        )
    )
    grade = int(found["grade"])
    check_grade(post, grade)
    return GradeFinding(grade, str(found["reason"]))


def certificate_levels(decide: Decide, certificate: CertificateLevel) -> int:
    """Grades that a certificate is worth in all [N 3.3]."""
    return int(answer(decide("certificate_levels", {"certificate": certificate.value})))


def certificate_rise(decide: Decide, held: CertificateLevel, obtained: CertificateLevel) -> int:
    """Grades that a new certificate adds: the difference to the one already counted, never both."""
    return max(0, certificate_levels(decide, obtained) - certificate_levels(decide, held))


def raised(post: Post, grade: int, by: int) -> int:
    """`grade` raised by `by`, held at the top of the post's range [N 2.1]."""
    return GRADE_RANGES[post].clamp(grade + by)
