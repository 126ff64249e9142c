"""The approval form and the notice of a secondment (借调审批表、借调通知) as PDF."""

from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine.delegates.secondment.commands import SECONDMENT
from engine.kernel.clock import local_date
from engine.kernel.errors import NotFound
from engine.personnel.documents.secondment_notice import SecondmentNotice, secondment_notice_pdf
from engine.personnel.documents.secondment_sheets import SecondmentSheet, SheetOpinion, secondment_sheet_pdf
from engine.personnel.policy import policy_at
from engine.personnel.secondment.rules import Spell
from engine.personnel.secondment.secondments import Secondment
from engine.personnel.secondment.staffing import staffing
from engine.personnel.secondment.states import ASKED
from engine.workflow.case_trace import Entry, timeline
from engine.workflow.definitions import DefinitionCache
from engine.workflow.instances import find_instance
from webapp.desk.answers import pdf
from webapp.permissions import officers
from webapp.rendering import cn_date
from webapp.secondment.blueprint import blueprint
from webapp.secondment.places import secondment_for
from webapp.visit import actor, engine, reading

LEVELS = (
    ("worker_consent", "本人意见"), ("community_opinion", "社区党组织意见"), ("street_committee", "街道党工委意见"),
    ("county_review", "县级社会工作部审核"), ("county_approval", "县级社会工作部审批"),
)  # fmt: skip


@blueprint.get("/<number>/notice.pdf")
@officers
def notice(number: str) -> ResponseReturnValue:
    """The notice, once the county has approved."""
    with reading() as session:
        row = secondment_for(session, actor(), number)
        if row.approved_at is None:
            raise NotFound()
        facts = SecondmentNotice(
            row.document_number, row.county.name, row.street.name, row.community.name, row.worker.name, row.office,
            row.duties, row.starts_on, row.ends_on, row.approved_at,
        )  # fmt: skip
    return pdf(f"借调通知-{number}", secondment_notice_pdf(facts))


@blueprint.get("/<number>/sheet.pdf")
@officers
def sheet(number: str) -> ResponseReturnValue:
    """The form as far as it has been filled in."""
    with reading() as session:
        facts = _sheet(session, secondment_for(session, actor(), number))
    answer = pdf(f"借调审批表-{number}", secondment_sheet_pdf(facts, engine().clock.now()))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _sheet(session: Session, row: Secondment) -> SecondmentSheet:
    worker, period = row.worker, Spell(row.starts_on, row.ends_on)
    notice = "" if row.approved_at is None else f"批准文号：{row.document_number}"
    return SecondmentSheet(
        str(row.number), notice, worker.name, worker.sex.label, f"{worker.born:%Y-%m}", worker.politics.label,
        worker.education.label, worker.post.label, row.community.name, row.street.name, row.office,
        f"{row.starts_on} 至 {row.ends_on}，共 {period.days} 天", row.duties, row.reason,
        _staffing(session, row, period), _opinions(session, row),
    )  # fmt: skip


def _staffing(session: Session, row: Secondment, period: Spell) -> str:
    """What the community keeps; while it is being decided."""
    if row.state not in ASKED:
        return "审批时已核对"
    today = local_date(engine().clock.now())
    left = staffing(session, policy_at(session, row.county_id, today), row.worker, period, today, row.id)
    return f"借出后社区在岗 {left.remaining} 人，其中持有效证书的全科社工 {left.all_round} 人"


def _opinions(session: Session, row: Secondment) -> list[SheetOpinion]:
    """The last decision of each level."""
    instance = find_instance(session, SECONDMENT, str(row.number))
    definition = engine().service(DefinitionCache).get(session, instance.definition_id)
    decided = {entry.node_id: entry for entry in timeline(session, instance.id) if entry.decision}
    return [
        _opinion(label, decided.get(node_id), dict(definition.node(node_id).settings.decisions))
        for node_id, label in LEVELS
    ]


def _opinion(label: str, entry: Entry | None, words: dict[str, str]) -> SheetOpinion:
    if entry is None or entry.decision is None:
        return SheetOpinion(label)
    return SheetOpinion(label, words.get(entry.decision, ""), entry.opinion, entry.actor, cn_date(entry.at))
