"""Whether somebody may apply for a post, and why not; the table eligibility decides [domain 1.3, 1.4]."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.personnel.dates import add_years
from engine.personnel.decisions import Decide, rows
from engine.personnel.vocabulary import CertificateLevel, Education, Household, Politics, Relaxation, Target, Term


class AgeConvention(Term):
    """How 35 years old is read: until the day before the 36th birthday, or up to the 35th birthday."""

    N_PLUS_1 = "n_plus_1", "满周岁含当年（35 周岁以下含 35 周岁）"
    N = "n", "至生日为止（不超过 35 周岁）"


@dataclass(frozen=True, slots=True)
class BirthWindow:
    """Accepted birth dates, both ends included."""

    earliest: date
    latest: date

    def contains(self, born: date) -> bool:
        return self.earliest <= born <= self.latest


def birth_window(
    opens: date, closes: date, max_age: int, min_age: int = 18, convention: AgeConvention = AgeConvention.N_PLUS_1
) -> BirthWindow:
    """Suggested window of a post from the registration dates; the post keeps dates, never ages."""
    years = max_age + 1 if convention is AgeConvention.N_PLUS_1 else max_age
    return BirthWindow(add_years(opens, -years), add_years(closes, -min_age))


@dataclass(frozen=True, slots=True)
class RelaxedWindow:
    """An earlier birth date for those who meet a condition."""

    condition: Relaxation
    earliest: date
    years: int = 0
    """Years of community service that the condition asks for."""


@dataclass(frozen=True, slots=True)
class PostConditions:
    """What a post asks for."""

    window: BirthWindow
    relaxations: Sequence[RelaxedWindow] = ()
    education: Education = Education.COLLEGE
    majors: Sequence[str] = ()
    households: Sequence[Household] = ()
    party_members_only: bool = False
    target: Target = Target.OPEN
    certificate: CertificateLevel = CertificateLevel.NONE
    min_community_years: int = 0


@dataclass(frozen=True, slots=True)
class ApplicantFacts:
    """What is known of somebody who wants to apply; enough to answer before an account exists."""

    born: date
    education: Education
    major: str = ""
    household: Household = Household.ELSEWHERE
    politics: Politics = Politics.MASSES
    veteran: bool = False
    grid_worker: bool = False
    fresh_graduate: bool = False
    new_employment: bool = False
    certificate: CertificateLevel = CertificateLevel.NONE
    community_years: int = 0
    declarations_complete: bool = True
    """All statements of the negative list are made; unknown before the form is filled in."""
    re_entry_banned: bool = False


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason why somebody may not apply."""

    field: str
    message: str
    clause: str


def obstacles(decide: Decide, post: PostConditions, facts: ApplicantFacts) -> list[Obstacle]:
    """Everything that stands in the way; an empty list means that he may apply."""
    found = rows(decide("eligibility", _variables(post, facts)))
    return [Obstacle(str(line["field"]), str(line["message"]), str(line["clause"])) for line in found]


def earliest_birth(post: PostConditions, facts: ApplicantFacts) -> date:
    """The earliest birth date accepted of this person: the post's or the most generous relaxation he meets."""
    relaxed = [window.earliest for window in post.relaxations if _meets(window, facts)]
    return min([post.window.earliest, *relaxed])


def _meets(window: RelaxedWindow, facts: ApplicantFacts) -> bool:
    met: dict[Relaxation, bool] = {
        Relaxation.COMMUNITY_SERVICE: facts.community_years >= max(1, window.years),
        Relaxation.VETERAN: facts.veteran,
        Relaxation.CERTIFICATE: facts.certificate is not CertificateLevel.NONE,
        Relaxation.GRID_WORKER: facts.grid_worker,
    }
    return met[window.condition]


def _variables(post: PostConditions, facts: ApplicantFacts) -> dict[str, Any]:
    return {
        "born": facts.born,
        "earliest": earliest_birth(post, facts),
        "latest": post.window.latest,
        "education_level": facts.education.level,
        "required_education_level": post.education.level,
        "required_education": post.education.label,
        "major": facts.major,
        "majors": list(post.majors),
        "household": facts.household.value,
        "households": [household.value for household in post.households],
        "party_member": facts.politics in (Politics.PARTY_MEMBER, Politics.PROBATIONARY),
        "party_members_only": post.party_members_only,
        "target": post.target.value,
        "fresh_graduate": facts.fresh_graduate,
        "grid_worker": facts.grid_worker,
        "veteran": facts.veteran,
        "new_employment": facts.new_employment,
        "certificate_level": facts.certificate.level,
        "required_certificate_level": post.certificate.level,
        "required_certificate": post.certificate.label,
        "community_years": facts.community_years,
        "min_community_years": post.min_community_years,
        "declarations_complete": facts.declarations_complete,
        "re_entry_banned": facts.re_entry_banned,
    }
