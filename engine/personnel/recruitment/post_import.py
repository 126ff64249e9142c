"""The post table (岗位表) from a spreadsheet, while the plan is being drawn up [domain 1.6]."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from engine.identity.organisations import Organisation, OrganisationKind
from engine.kernel.clock import local_date
from engine.kernel.command import CommandContext
from engine.kernel.errors import Invalid, RuleViolation
from engine.personnel.authority import require_role
from engine.personnel.limits import check_entry_education
from engine.personnel.recruitment import settings
from engine.personnel.recruitment.announcement import campaign_of, note_campaign, require_state
from engine.personnel.recruitment.campaigns import Campaign, CampaignPost
from engine.personnel.recruitment.requests import PostRequestLine
from engine.personnel.recruitment.states import CampaignState
from engine.personnel.tabular import Column, ImportReport, Reading, ReadRow, Row, read_rows, whole_cell
from engine.personnel.vocabulary import CertificateLevel, Education, Household, Target, Term


@dataclass(frozen=True, slots=True)
class _OneOf:
    """Reads a term by its Chinese label."""

    kind: type[Term]

    def __call__(self, text: str) -> Term:
        plain = text.removesuffix("及以上").strip()
        for member in self.kind:
            if plain in (member.label, member.label.split("（")[0]):
                return member
        labels = "、".join(member.label for member in self.kind)
        raise Invalid(f"“{text}”不在选项中，应为：{labels}")


def _date(text: str) -> date:
    try:
        year, month, day = text.replace("/", "-").replace(".", "-").split("-")
        return date(int(year), int(month), int(day))
    except ValueError as error:
        raise Invalid(f"“{text}”不是日期，应写成 1990-01-31") from error


def _words(text: str) -> list[str]:
    for mark in ("，", ",", "；", ";", " "):
        text = text.replace(mark, "、")
    words = [word.strip() for word in text.split("、") if word.strip()]
    return [] if words == ["不限"] else words


def _yes(text: str) -> bool:
    return text in ("是", "中共党员", "限中共党员")


def _ratio(text: str) -> int:
    for mark in (":1", "：1"):
        text = text.removesuffix(mark)
    return whole_cell(text.removeprefix("1:").removeprefix("1："))


POST_COLUMNS = (
    Column("code", "岗位代码"),
    Column("name", "岗位名称"),
    Column("street", "街道（乡镇）", aliases=("街道", "乡镇")),
    Column("community", "社区", required=False),
    Column("allotment", "分配方式", required=False),
    Column("department", "主管部门", required=False),
    Column("heads", "招聘人数", whole_cell),
    Column("request", "需求编号", required=False),
    Column("target", "招聘对象", _OneOf(Target), required=False),
    Column("ratio", "开考比例", _ratio, required=False),
    Column("education", "学历", _OneOf(Education), required=False),
    Column("education_exception", "学历例外理由", required=False),
    Column("degree", "学位", required=False),
    Column("majors", "专业", _words, required=False),
    Column("birth_from", "出生日期起", _date, required=False),
    Column("birth_to", "出生日期止", _date, required=False),
    Column("households", "户籍（生源）", _words, required=False, aliases=("户籍/生源", "户籍")),
    Column("party", "政治面貌", _yes, required=False),
    Column("years", "社区工作年限", whole_cell, required=False),
    Column("certificate", "证书要求", _OneOf(CertificateLevel), required=False),
    Column("duties", "岗位职责", required=False),
    Column("other", "其他要求", required=False),
    Column("phone", "咨询电话", required=False),
    Column("remark", "备注", required=False),
)
"""Columns of the post table; those that may be left out keep what the post had."""

_PLAIN = {
    "name": "name", "allotment": "allotment", "department": "department", "target": "target", "degree": "degree",
    "majors": "majors", "birth_from": "birth_from", "birth_to": "birth_to", "party": "party_members_only",
    "years": "community_years", "certificate": "certificate", "duties": "duties", "other": "other",
    "phone": "phone", "remark": "remark", "education": "education", "education_exception": "education_exception",
    "ratio": "opening_ratio",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ImportPostTable:
    """Changes posts by code and adds new ones within what the requests were granted; `preview` saves nothing."""

    campaign_id: int
    rows: Sequence[Row]
    preview: bool = False

    def execute(self, context: CommandContext) -> ImportReport:
        campaign = campaign_of(context.session, self.campaign_id)
        require_planner(context, campaign)
        require_drafting(context, campaign)
        reading = read_rows(self.rows, POST_COLUMNS)
        check_posts(context, campaign, reading)
        summary = f"共 {len(reading.rows)} 个岗位，错误 {len(reading.errors)} 处"
        if self.preview or reading.errors:
            return reading.report(saved=False, summary=summary)
        save_posts(context, campaign, reading)
        note_campaign(context, campaign, "campaign.posts_imported", rows=len(reading.rows))
        return reading.report(saved=True, summary=summary)


def require_planner(context: CommandContext, campaign: Campaign) -> None:
    """The post table is the county's."""
    require_role(context, campaign.county_id, "county_clerk", "county_head")


def require_drafting(context: CommandContext, campaign: Campaign) -> None:
    """Posts change only while the plan is being drawn up."""
    require_state(campaign, CampaignState.DRAFT)


def check_posts(context: CommandContext, campaign: Campaign, reading: Reading) -> None:
    """Refuses what a row cannot mean, and more posts than the requests were granted; for the whole table at once."""
    places = _Places(context, campaign)
    for row in reading.rows:
        places.check(reading, row)
    places.check_heads(reading)


def save_posts(context: CommandContext, campaign: Campaign, reading: Reading) -> None:
    """Changes the posts named and adds the others."""
    places = _Places(context, campaign)
    for row in reading.rows:
        places.save(row)
    context.session.flush()


class _Places:
    """What rows refer to: posts by code, organisations by name, request lines by number."""

    def __init__(self, context: CommandContext, campaign: Campaign) -> None:
        self.campaign = campaign
        self.posts = {post.code: post for post in campaign.posts}
        self.streets = _organisations(context, OrganisationKind.STREET, campaign.county_id)
        self.communities = _organisations(context, OrganisationKind.COMMUNITY, None)
        query = select(PostRequestLine).where(PostRequestLine.campaign_id == campaign.id).order_by(PostRequestLine.id)
        self.lines = list(context.session.scalars(query))
        self.seen: dict[str, int] = {}
        self.heads: Counter[int] = Counter()
        self.last_row: dict[int, ReadRow] = {}

    def check(self, reading: Reading, row: ReadRow) -> None:
        """Everything about one row; what it cannot mean is refused at its column."""
        code = row.values["code"]
        if code in self.seen:
            reading.refuse(row, "岗位代码", f"与第 {self.seen[code]} 行重复")
        self.seen.setdefault(code, row.number)
        street = self.streets.get(row.values["street"])
        if street is None and row.values["street"] is not None:
            reading.refuse(row, "街道（乡镇）", f"本县没有“{row.values['street']}”，请核对名称")
        if row.values["community"] and (street, row.values["community"]) not in self.communities:
            reading.refuse(row, "社区", f"该街道没有“{row.values['community']}”，请核对名称")
        self._check_values(reading, row)
        line = self._line(row, street)
        if line is None:
            reading.refuse(row, "需求编号", "没有对应的已核定用人需求，街道申请核定后才能设岗（第 5 条）")
        elif row.values["heads"] is not None:
            self.heads[line.request_id] += row.values["heads"]
            self.last_row[line.request_id] = row

    def check_heads(self, reading: Reading) -> None:
        """No request may get more posts than it was granted."""
        for request_id, heads in self.heads.items():
            request = next(line.request for line in self.lines if line.request_id == request_id)
            if heads > request.heads:
                message = f"需求 {request.number} 核定 {request.heads} 名，表中合计 {heads} 名"
                reading.refuse(self.last_row[request_id], "招聘人数", message)

    def save(self, row: ReadRow) -> None:
        values = row.values
        street = self.streets[values["street"]]
        post = self.posts.get(values["code"]) or self._new_post(values["code"])
        line = self._line(row, street)
        post.street_id, post.request_line_id = street, None if line is None else line.id
        post.community_id = self.communities.get((street, values["community"]))
        post.heads_planned = post.heads = values["heads"]
        for key, attribute in _PLAIN.items():
            if values[key] is not None:
                setattr(post, attribute, values[key])
        if values["households"] is not None:
            post.households = [household.value for household in map(_household, values["households"])]

    def _check_values(self, reading: Reading, row: ReadRow) -> None:
        values = row.values
        if values["heads"] is not None and values["heads"] < 1:
            reading.refuse(row, "招聘人数", "应为大于 0 的整数")
        if values["ratio"] is not None and values["ratio"] < 1:
            reading.refuse(row, "开考比例", "应写成 3:1")
        if values["birth_from"] and values["birth_to"] and values["birth_from"] > values["birth_to"]:
            reading.refuse(row, "出生日期止", "早于出生日期起，请核对")
        try:
            if values["education"] is not None:
                check_entry_education(values["education"], values["education_exception"] or "")
        except RuleViolation as error:
            reading.refuse(row, "学历", f"{error.message}（第 {error.clause} 项）")
        for word in values["households"] or []:
            try:
                _household(word)
            except Invalid as error:
                reading.refuse(row, "户籍（生源）", error.message)

    def _line(self, row: ReadRow, street: int | None) -> PostRequestLine | None:
        number = row.values["request"]
        existing = self.posts.get(row.values["code"])
        if number is None and existing is not None:
            return next((line for line in self.lines if line.id == existing.request_line_id), None)
        named = [line for line in self.lines if line.request.number == number] if number else self.lines
        return next((line for line in named if line.request.street_id == street), None)

    def _new_post(self, code: str) -> CampaignPost:
        policy = self.campaign.policy
        first = self.campaign.posts[0] if self.campaign.posts else None
        post = CampaignPost(
            sequence=len(self.campaign.posts) + 1, code=code, target=Target.OPEN, relaxations=[], majors=[],
            households=[], education=Education(policy[settings.ENTRY_EDUCATION]),
            opening_ratio=policy[settings.OPEN_RATIO], written_weight=policy[settings.WRITTEN_WEIGHT],
            birth_from=first.birth_from if first else date(1990, 1, 1),
            birth_to=first.birth_to if first else local_date(self.campaign.reg_opens_at),
        )  # fmt: skip
        self.campaign.posts.append(post)
        return post


def _household(word: str) -> Household:
    found: Any = _OneOf(Household)(word)
    return Household(found)


def _organisations(context: CommandContext, kind: OrganisationKind, county_id: int | None) -> Mapping[Any, int]:
    query = select(Organisation).where(Organisation.kind == kind.value, Organisation.active)
    found = context.session.scalars(query)
    if county_id is None:
        return {(each.parent_id, each.name): each.id for each in found}
    return {each.name: each.id for each in found if county_id in each.lineage}
