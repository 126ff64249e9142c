"""The roles of the product: id, Chinese label, and at which kind of organisation each is held."""

from dataclasses import dataclass

from engine.identity.organisations import OrganisationKind as Kind


@dataclass(frozen=True, slots=True)
class Role:
    """A role that can be granted; `kinds` are the organisations where it makes sense."""

    id: str
    label: str
    kinds: tuple[Kind, ...]


ROLES: tuple[Role, ...] = (
    Role("street_clerk", "街道经办", (Kind.STREET,)),
    Role("street_leader", "街道党工委", (Kind.STREET,)),
    Role("community_secretary", "社区党组织书记", (Kind.COMMUNITY,)),
    Role("community_worker", "社区工作者", (Kind.COMMUNITY, Kind.STREET)),
    Role("resident_delegate", "居民代表", (Kind.COMMUNITY,)),
    Role("county_clerk", "县级社会工作部经办", (Kind.COUNTY,)),
    Role("county_head", "县级社会工作部负责人", (Kind.COUNTY,)),
    Role("county_reviewer", "资格审查员", (Kind.COUNTY,)),
    Role("exam_officer", "人社/考试机构", (Kind.COUNTY, Kind.EXAM_ORGAN)),
    Role("medical_officer", "体检组织", (Kind.COUNTY,)),
    Role("background_checker", "考察员", (Kind.COUNTY, Kind.STREET)),
    Role("city_officer", "市委社会工作部", (Kind.CITY,)),
    Role("organisation_officer", "组织部", (Kind.COUNTY,)),
    Role("discipline_officer", "纪检监察", (Kind.COUNTY,)),
    Role("finance_officer", "财政", (Kind.COUNTY,)),
    Role("political_legal_officer", "政法委", (Kind.COUNTY,)),
    Role("union_officer", "工会", (Kind.COUNTY, Kind.STREET)),
    Role("process_admin", "流程管理员", (Kind.COUNTY, Kind.CITY)),
    Role("system_admin", "系统管理员", (Kind.COUNTY, Kind.CITY)),
    Role("security_admin", "安全管理员", (Kind.COUNTY, Kind.CITY)),
    Role("audit_admin", "审计员", (Kind.COUNTY, Kind.CITY)),
)

ROLE_IDS: frozenset[str] = frozenset(role.id for role in ROLES)
LABELS: dict[str, str] = {role.id: role.label for role in ROLES} | {"applicant": "报考人员"}
