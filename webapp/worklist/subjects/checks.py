"""Machine checks of a registration, each with what is asked for, what was filled in, and the clause."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from engine.personnel.decisions import Decide
from engine.personnel.id_number import IdNumber, problem_of
from engine.personnel.recruitment.campaigns import CampaignPost
from engine.personnel.recruitment.eligibility import ApplicantFacts, Obstacle, earliest_birth, obstacles
from engine.personnel.recruitment.registration_form import Declaration, required_attachments
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.vocabulary import Household, Target


@dataclass(frozen=True, slots=True)
class Check:
    """One check and its result; `message` says what is wrong."""

    label: str
    asked: str
    found: str
    passed: bool
    message: str = ""
    clause: str = ""


def checks_of(row: Registration, today: date, decide: Decide) -> Sequence[Check]:
    """All checks, those that do not pass first."""
    found = [*_identity(row, today), *_completeness(row), *_eligibility(row, decide)]
    return sorted(found, key=lambda check: check.passed)


def _identity(row: Registration, today: date) -> Iterator[Check]:
    number = row.id_number or ""
    problem = problem_of(number, today)
    yield Check("身份证号", "校验码正确", "正确" if not problem else "不正确", not problem, problem or "")
    if not problem:
        card = IdNumber(number)
        same = row.born == card.birth_date and row.sex == card.sex
        shown = f"{row.born or '未填'} {row.sex.label if row.sex else ''}"
        message = "" if same else "出生日期或性别与身份证号不符"
        yield Check("出生日期、性别", f"{card.birth_date} {card.sex.label}", shown, same, message)


def _completeness(row: Registration) -> Iterator[Check]:
    present = {attachment.kind for attachment in row.attachments}
    wanted = required_attachments(row)
    missing = [kind.label for kind in wanted if kind not in present]
    shown, message = ("齐全", "") if not missing else (f"缺 {len(missing)} 项", "缺少：" + "、".join(missing))
    yield Check("应交材料", f"{len(wanted)} 项", shown, not missing, message)
    made = set(row.declarations) & {declaration.value for declaration in Declaration}
    complete = len(made) == len(Declaration)
    yield Check("报考承诺", f"{len(Declaration)} 项", f"{len(made)} 项", complete, clause="4.1")


def _eligibility(row: Registration, decide: Decide) -> Iterator[Check]:
    if row.post is None or row.born is None or row.education is None:
        return
    conditions, facts = row.post.conditions, row.facts
    found = {obstacle.field: obstacle for obstacle in obstacles(decide, conditions, facts)}
    earliest = earliest_birth(conditions, facts)
    yield _condition("born", "出生日期", f"{earliest} 至 {conditions.window.latest}", str(row.born), found)
    yield _condition("education", "学历", f"{conditions.education.label}及以上", row.education.label, found)
    yield from _asked_only(row, row.post, facts, found)


def _asked_only(
    row: Registration, post: CampaignPost, facts: ApplicantFacts, found: dict[str, Obstacle]
) -> Iterator[Check]:
    """Conditions that only some posts have."""
    conditions = post.conditions
    if conditions.majors:
        yield _condition("major", "专业", "、".join(conditions.majors), row.major, found)
    if conditions.households:
        asked = "、".join(Household(value).label for value in conditions.households)
        yield _condition("household", "户籍、生源", asked, facts.household.label, found)
    if conditions.party_members_only:
        yield _condition("politics", "政治面貌", "中共党员（含预备党员）", facts.politics.label, found)
    if conditions.target is not Target.OPEN:
        met = "符合" if "target" not in found else "不符合"
        yield _condition("target", "招聘对象", conditions.target.label, met, found)
    if conditions.certificate.level:
        yield _condition("certificate", "职业资格", conditions.certificate.label, facts.certificate.label, found)
    if conditions.min_community_years:
        asked = f"满 {conditions.min_community_years} 年"
        yield _condition("community_years", "社区工作年限", asked, f"{facts.community_years} 年", found)


def _condition(field: str, label: str, asked: str, value: str, found: dict[str, Obstacle]) -> Check:
    obstacle = found.get(field)
    if obstacle is None:
        return Check(label, asked, value, passed=True)
    return Check(label, asked, value, False, obstacle.message, obstacle.clause)
