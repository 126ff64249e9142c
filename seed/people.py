"""Invented people: names, dates and numbers that are valid in form and belong to nobody."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any, TypeVar

from engine.personnel.id_number import id_number_of
from engine.personnel.vocabulary import CertificateLevel, Education, Household, Politics, Sex

T = TypeVar("T")
REGION = "329901"
"""Six digits in front of the ID numbers; no county has them."""
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
GIVEN_MALE = (
    "建国 志强 海涛 文博 俊杰 子轩 浩然 宇航 明远 立新 国栋 晓东 家豪 思远 振华 泽宇 鹏飞 一鸣 嘉木 承志 向阳 天佑 景行"
).split()
GIVEN_FEMALE = (
    "秀英 丽华 晓燕 雨桐 思琪 欣怡 静怡 雪梅 玉兰 若曦 梦瑶 佳宁 海霞 春燕 书涵 语嫣 慧敏 文静 可欣 芷若 清扬 亦舒 红梅"
).split()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does not exist."""

    name: str
    sex: Sex
    born: date
    id_number: str
    phone: str
    education: Education
    politics: Politics
    household: Household = Household.HOUSEHOLD
    certificate: CertificateLevel = CertificateLevel.NONE
    veteran: bool = False
    grid_worker: bool = False
    community_years: int = 0


@dataclass
class Crowd:
    """Makes people, no two with one number; the same seed makes the same people."""

    random: Random = field(default_factory=lambda: Random(20241025))
    _made: int = 0

    def person(self, oldest: date, youngest: date, *, certified: float = 0.3, **facts: Any) -> Person:
        """Somebody born between the two days; `facts` say what must be so about him."""
        self._made += 1
        sex = Sex.MALE if self.random.random() < 0.4 else Sex.FEMALE
        born = oldest + timedelta(days=self.random.randrange((youngest - oldest).days))
        sequence = (self._made * 2) % 1000 + (1 if sex is Sex.MALE else 0)
        made: dict[str, Any] = {
            "name": self._name(sex), "sex": sex, "born": born, "id_number": id_number_of(REGION, born, sequence),
            "phone": f"199{self._made:08d}", "education": self._education(),
            "politics": self._one_of((Politics.PARTY_MEMBER, 35), (Politics.LEAGUE_MEMBER, 25), (Politics.MASSES, 40)),
            "certificate": self._certificate(certified),
        }  # fmt: skip
        return Person(**{**made, **facts})

    def _name(self, sex: Sex) -> str:
        given = self.random.choice(GIVEN_MALE if sex is Sex.MALE else GIVEN_FEMALE)
        return self.random.choice(SURNAMES) + given

    def _education(self) -> Education:
        return self._one_of((Education.COLLEGE, 40), (Education.BACHELOR, 52), (Education.MASTER, 8))

    def _certificate(self, share: float) -> CertificateLevel:
        if self.random.random() >= share:
            return CertificateLevel.NONE
        return self._one_of((CertificateLevel.JUNIOR, 65), (CertificateLevel.MIDDLE, 32), (CertificateLevel.SENIOR, 3))

    def _one_of(self, *weighted: tuple[T, int]) -> T:
        return self.random.choices([item for item, _ in weighted], [weight for _, weight in weighted])[0]

