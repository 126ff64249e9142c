"""The demo county: an invented county with three streets and twelve communities, and an officer for every role."""

from dataclasses import dataclass, field
from datetime import date

from engine.identity.accounts import phone_index, sort_key
from engine.identity.organisations import Organisation, OrganisationKind, add_organisation
from engine.identity.users import RoleMembership, User
from engine.kernel.command import CommandContext
from engine.personnel.quota_ledger import QuotaBase

Kind = OrganisationKind
PASSWORD = "yunting-demo"  # noqa: S105 - printed for everybody who tries the demo county
COUNTY = "云汀县"
STREETS = {
    "汀兰街道": ("梧桐里社区", "桂花园社区", "书院社区", "东渡社区"),
    "望河街道": ("长堤社区", "石桥社区", "柳岸社区", "渔歌社区"),
    "清涟街道": ("荷塘社区", "新苑社区", "晨光社区", "南亭社区"),
}
URBAN_POPULATION = 104_600
"""Gives a quota of 189 places at 18 per 10,000 [N 1.2]."""
CITY_TOTAL = 5_000


@dataclass(frozen=True, slots=True)
class Officer:
    """A demo account; `place` is county, city, or the number of a street or community."""

    login: str
    name: str
    role: str
    place: str


OFFICERS: tuple[Officer, ...] = (
    Officer("street_clerk", "顾晓岚", "street_clerk", "street:0"),
    Officer("street_leader", "钱国平", "street_leader", "street:0"),
    Officer("street_clerk2", "孟书瑶", "street_clerk", "street:1"),
    Officer("street_leader2", "石振邦", "street_leader", "street:1"),
    Officer("street_clerk3", "安知夏", "street_clerk", "street:2"),
    Officer("street_leader3", "范立群", "street_leader", "street:2"),
    Officer("community_secretary", "柳春生", "community_secretary", "community:0"),
    Officer("community_worker", "蓝雨欣", "community_worker", "community:0"),
    Officer("resident_delegate", "邹桂芳", "resident_delegate", "community:0"),
    Officer("county_clerk", "沈知微", "county_clerk", "county"),
    Officer("county_head", "陆怀远", "county_head", "county"),
    Officer("county_reviewer", "江若云", "county_reviewer", "county"),
    Officer("county_reviewer2", "邵明哲", "county_reviewer", "county"),
    Officer("exam_officer", "秦予安", "exam_officer", "county"),
    Officer("medical_officer", "白静姝", "medical_officer", "county"),
    Officer("background_checker", "武承泽", "background_checker", "county"),
    Officer("background_checker2", "尹素心", "background_checker", "county"),
    Officer("organisation_officer", "龚文启", "organisation_officer", "county"),
    Officer("discipline_officer", "严守正", "discipline_officer", "county"),
    Officer("finance_officer", "金玉成", "finance_officer", "county"),
    Officer("political_legal_officer", "雷定国", "political_legal_officer", "county"),
    Officer("union_officer", "温如意", "union_officer", "county"),
    Officer("city_officer", "方致远", "city_officer", "city"),
    Officer("process_admin", "章序之", "process_admin", "county"),
    Officer("process_admin2", "施工仁", "process_admin", "county"),
    Officer("system_admin", "计维安", "system_admin", "county"),
    Officer("security_admin", "安守一", "security_admin", "county"),
    Officer("audit_admin", "明鉴秋", "audit_admin", "county"),
    Officer("discipline_officer2", "廉秉直", "discipline_officer", "county"),
)


@dataclass
class County:
    """Ids of what was made."""

    city: int = 0
    county: int = 0
    streets: list[int] = field(default_factory=list)
    communities: list[int] = field(default_factory=list)
    officers: dict[str, int] = field(default_factory=dict)
    """Sign-in name -> user id."""

    def place(self, name: str) -> int:
        """The organisation that an officer's `place` names."""
        kind, _, number = name.partition(":")
        if kind == "street":
            return self.streets[int(number)]
        if kind == "community":
            return self.communities[int(number)]
        return self.city if kind == "city" else self.county


@dataclass(frozen=True, slots=True)
class MakeCounty:
    """Organisations, officers and the people the quota is computed from."""

    password_hash: str

    def execute(self, context: CommandContext) -> County:
        made = County()
        self._add_tree(context, made)
        for number, officer in enumerate(OFFICERS, start=1):
            made.officers[officer.login] = self._add_officer(context, made, officer, f"198{number:08d}")
        self._add_quota(context, made)
        context.record("demo.county_made", f"organisation:{made.county}", name=COUNTY)
        return made

    def _add_tree(self, context: CommandContext, made: County) -> None:
        province = add_organisation(context.session, Kind.PROVINCE, "32", "江苏省委社会工作部")
        city = add_organisation(context.session, Kind.CITY, "3299", "江澜市委社会工作部", province)
        county = add_organisation(context.session, Kind.COUNTY, "329901", f"{COUNTY}委社会工作部", city)
        add_organisation(context.session, Kind.EXAM_ORGAN, "329901-K", f"{COUNTY}人事考试中心", county)
        made.city, made.county = city.id, county.id
        for number, (name, communities) in enumerate(STREETS.items(), start=1):
            street = add_organisation(context.session, Kind.STREET, f"329901{number:03d}", name, county)
            made.streets.append(street.id)
            made.communities += [self._add_community(context, street, name, n) for n, name in enumerate(communities, 1)]

    def _add_community(self, context: CommandContext, street: Organisation, name: str, number: int) -> int:
        code = f"{street.code}{number:03d}"
        return add_organisation(context.session, Kind.COMMUNITY, code, name, street).id

    def _add_officer(self, context: CommandContext, made: County, officer: Officer, phone: str) -> int:
        user = User(
            login=officer.login, name=officer.name, sort_key=sort_key(officer.name), phone=phone,
            phone_index=phone_index(context.cipher, phone), password_hash=self.password_hash, active=True,
            created_at=context.now,
        )  # fmt: skip
        context.session.add(user)
        context.session.flush()
        place = made.place(officer.place)
        context.session.add(RoleMembership(user_id=user.id, role=officer.role, organisation_id=place))
        context.record("role.granted", f"user:{user.id}", chain="access", role=officer.role, at=place)
        return user.id

    def _add_quota(self, context: CommandContext, made: County) -> None:
        facts = {"effective_from": date(context.today.year - 1, 1, 1), "source": "示例数据"}
        context.session.add_all([
            QuotaBase(organisation_id=made.county, urban_population=URBAN_POPULATION, **facts),
            QuotaBase(organisation_id=made.city, cap=CITY_TOTAL, **facts),
        ])  # fmt: skip
