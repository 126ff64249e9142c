"""Words of the domain with their Chinese labels; every enumeration shown to people is a Term."""

from enum import StrEnum
from typing import Self


class Term(StrEnum):
    """A stored value in English with the label that people read."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label or value
        return member

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """(value, label) pairs for a selection field, in the order of declaration."""
        return [(member.value, member.label) for member in cls]


class RankedTerm(Term):
    """A term of a scale: later members stand higher."""

    @property
    def level(self) -> int:
        """Place on the scale, from 0."""
        return list(type(self)).index(self)


class Sex(Term):
    MALE = "male", "男"
    FEMALE = "female", "女"


class Education(RankedTerm):
    """Highest education (学历)."""

    SENIOR = "senior", "高中（中专）"
    COLLEGE = "college", "大专"
    BACHELOR = "bachelor", "本科"
    MASTER = "master", "硕士研究生"
    DOCTOR = "doctor", "博士研究生"


class Politics(Term):
    """Political affiliation (政治面貌)."""

    PARTY_MEMBER = "party_member", "中共党员"
    PROBATIONARY = "probationary", "中共预备党员"
    LEAGUE_MEMBER = "league_member", "共青团员"
    DEMOCRATIC = "democratic", "民主党派"
    MASSES = "masses", "群众"


class CertificateLevel(RankedTerm):
    """Social-work professional certificate (社会工作者职业资格)."""

    NONE = "none", "无"
    JUNIOR = "junior", "助理社会工作师（初级）"
    MIDDLE = "middle", "社会工作师（中级）"
    SENIOR = "senior", "高级社会工作师"


class Post(RankedTerm):
    """The three kinds of posts (三岗) [N 2]."""

    GENERAL = "general", "一般工作人员"
    DEPUTY = "deputy", "副职"
    CHIEF = "chief", "正职"


class WorkerCategory(Term):
    """How somebody came to count as a community worker [N 1]."""

    COMMITTEE = "committee", "社区“两委”专职成员"
    EXAM_HIRED = "exam_hired", "公开招聘聘用"
    RECOGNISED = "recognised", "县级组织、社会工作部门认定"


class Target(Term):
    """Who a post is open to (招聘对象)."""

    OPEN = "open", "不限"
    GRADUATE = "graduate", "应届高校毕业生"
    GRID_WORKER = "grid_worker", "在岗专职网格员"
    VETERAN = "veteran", "退役军人"
    NEW_EMPLOYMENT = "new_employment", "新就业群体"
    PARTY_MEMBER = "party_member", "中共党员"


class Household(Term):
    """How an applicant is tied to the place (户籍/生源/兵源)."""

    HOUSEHOLD = "household", "户籍在本地"
    ORIGIN = "origin", "生源地在本地"
    ENLISTED = "enlisted", "兵源地在本地"
    FAMILY = "family", "配偶或父母户籍在本地"
    ELSEWHERE = "elsewhere", "均不在本地"


class Relaxation(Term):
    """Conditions under which a post accepts an earlier birth date."""

    COMMUNITY_SERVICE = "community_service", "在社区工作满规定年限"
    VETERAN = "veteran", "退役军人"
    CERTIFICATE = "certificate", "持有社会工作者职业资格证书"
    GRID_WORKER = "grid_worker", "在岗专职网格员"
