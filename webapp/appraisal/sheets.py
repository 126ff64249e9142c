"""The appraisal form of one person as PDF, for the person himself and those above him."""

from flask import Response
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation
from engine.kernel.errors import Conflict
from engine.personnel.appraisal.cases import AppraisalCase
from engine.personnel.appraisal.queries import SERVED
from engine.personnel.documents.appraisal_sheets import AppraisalSheet, appraisal_pdf
from engine.personnel.secondment.queries import evaluations_of
from webapp.appraisal.blueprint import blueprint
from webapp.appraisal.places import may_see_street
from webapp.desk.answers import pdf
from webapp.permissions import officers
from webapp.rendering import cn_date
from webapp.visit import actor, engine, found, reading


@blueprint.get("/cases/<int:case_id>/sheet.pdf")
@officers
def sheet(case_id: int) -> Response:
    """考核登记表; only after the result was served."""
    with reading() as session:
        case = found(_visible(session, case_id))
        if case.state not in SERVED:
            raise Conflict("考核结果反馈以后才能打印登记表。")
        made = appraisal_pdf(_sheet(session, case), engine().clock.now())
        name = f"考核登记表-{case.year}-{case.worker.name}"
    answer = pdf(name, made)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _visible(session: Session, case_id: int) -> AppraisalCase | None:
    case = session.get(AppraisalCase, case_id)
    if case is None:
        return None
    own = case.worker.user_id is not None and case.worker.user_id == actor().user_id
    return case if own or may_see_street(session, actor(), case.street_id) else None


def _sheet(session: Session, case: AppraisalCase) -> AppraisalSheet:
    worker = case.worker
    places = {id_: session.get_one(Organisation, id_).name for id_ in {case.county_id, case.street_id}}
    community = "" if case.community_id is None else session.get_one(Organisation, case.community_id).name
    released = None if case.plan is None else case.plan.released_at
    return AppraisalSheet(
        number=case.number or case.source, year=case.year, county=places[case.county_id],
        street=places[case.street_id], community=community, name=worker.name, sex=worker.sex.label,
        born=str(worker.born), politics=worker.politics.label, education=worker.education.label,
        post=case.post.label, level=f"{worker.grade} 级", training=f"{case.training_days} 天",
        absence=f"旷工 {case.unexcused_days} 天，病假、事假 {case.leave_days} 天",
        summary="未按时提交" if case.summary_missing else case.summary, secondments=_secondments(session, case),
        community_opinion=case.community_opinion,
        parts=_parts(case), score="" if case.score is None else str(case.score), comment=case.street_comment,
        grade="不定等次" if case.grade is None else case.grade.label,
        decided_on="" if released is None else cn_date(released),
        signed_on="" if case.signed_at is None else f"已签收　{cn_date(case.signed_at)}", review=_review(case),
        filed_on="" if case.filed_at is None else cn_date(case.filed_at),
    )  # fmt: skip


def _secondments(session: Session, case: AppraisalCase) -> str:
    return "\n".join(
        f"{one.office}（{one.starts_on} 至 {one.returned_on}）：{one.performance}。{one.text}"
        for one in evaluations_of(session, case.worker_id, case.year)
    )


def _parts(case: AppraisalCase) -> list[tuple[str, str, str]]:
    if case.plan is None:
        return []
    weights = case.plan.guide.weights
    parts = (
        ("日常考核", weights.routine, case.routine_points), ("街道评价", weights.street, case.street_points),
        ("社区党组织评价", weights.community, case.community_points), ("同事互评", weights.peers, case.peer_points),
        ("居民群众满意度", weights.residents, case.resident_points),
    )  # fmt: skip
    return [(label, f"{weight:.0f}%", "不计入" if points is None else str(points)) for label, weight, points in parts]


def _review(case: AppraisalCase) -> str:
    lines = []
    if case.review_reason:
        lines.append(f"申请复核：{case.review_reason}")
    if case.appeal_reason:
        lines.append(f"提出申诉：{case.appeal_reason}")
    return "；".join(lines) or "无"
