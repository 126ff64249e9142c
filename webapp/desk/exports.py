"""Workbooks for the office: registrations without anything secret, and the ranking."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask.typing import ResponseReturnValue
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, defer

from engine.kernel.command import CommandContext
from engine.personnel.id_number import masked, masked_phone
from engine.personnel.recruitment.announcement import note_campaign
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.states import RegistrationState
from engine.personnel.spreadsheets import SheetToWrite, write_workbook
from webapp.desk.answers import workbook
from webapp.desk.blueprint import blueprint
from webapp.desk.campaigns import found_campaign
from webapp.limits import limited
from webapp.permissions import requires
from webapp.visit import execute, found, reading

COLUMNS = (
    "报名序号", "姓名", "性别", "身份证号", "手机号码", "岗位代码", "岗位名称", "学历", "专业", "政治面貌", "状态",
    "准考证号", "卷面成绩", "加分", "笔试成绩", "面试成绩", "总成绩", "名次", "同分处理",
)  # fmt: skip
KINDS = {"registrations": "报名名册", "ranking": "成绩排名"}


class NoteExport:
    """Notes in the history who took a list out."""

    def __init__(self, campaign: Campaign, label: str, rows: int) -> None:
        self.campaign, self.label, self.rows = campaign, label, rows

    def execute(self, context: CommandContext) -> None:
        note_campaign(context, self.campaign, "campaign.exported", list=self.label, rows=self.rows)


@blueprint.post("/campaigns/<number>/export/<kind>")
@requires("exam_officer", "county_clerk", "county_head")
@limited("export", most=30, per=timedelta(hours=1))
def export(number: str, kind: str) -> ResponseReturnValue:
    """A list as a workbook; ID numbers and phones stay masked, and the export is noted."""
    campaign, label = found_campaign(number), found(KINDS.get(kind))
    with reading() as session:
        chosen = _chosen(campaign, ranked=kind == "ranking")
        count = session.scalar(select(func.count()).select_from(chosen.order_by(None).subquery())) or 0
        content = write_workbook([SheetToWrite(label, COLUMNS, _rows(session, campaign, chosen))])
    execute(NoteExport(campaign, label, count))
    return workbook(f"{label}-{number}", content)


def _chosen(campaign: Campaign, *, ranked: bool) -> Select[Registration]:
    query = select(Registration).where(
        Registration.campaign_id == campaign.id, Registration.state != RegistrationState.DRAFT
    )
    if ranked:
        return query.where(Registration.rank.is_not(None)).order_by(Registration.post_id, Registration.rank)
    return query.order_by(Registration.id)


def _rows(session: Session, campaign: Campaign, chosen: Select[Registration]) -> Iterator[tuple[Any, ...]]:
    """Read a few hundred at a time: an export may hold 15,000 people."""
    posts = {post.id: post for post in campaign.posts}
    for who in session.scalars(chosen.options(defer(Registration.details)).execution_options(yield_per=500)):
        post = posts.get(who.post_id or 0)
        yield (
            who.number, who.name, who.sex.label if who.sex else "", masked(who.id_number or ""),
            masked_phone(who.phone or ""), post.code if post else "", post.name if post else "",
            who.education.label if who.education else "", who.major, who.politics.label if who.politics else "",
            who.state.label, who.exam_number, who.written_paper, who.bonus, who.written_final, who.interview_score,
            who.total, who.rank, who.rank_reason,
        )  # fmt: skip
