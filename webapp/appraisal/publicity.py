"""The names proposed for 优秀 while they are public [domain 3.4]."""

from flask import render_template
from sqlalchemy import select

from engine.identity.organisations import Organisation
from engine.personnel.appraisal.cases import AppraisalCase, AppraisalPlan
from engine.personnel.appraisal.terms import AppraisalGrade
from engine.personnel.workers import Worker
from webapp.appraisal.blueprint import blueprint
from webapp.permissions import public
from webapp.visit import engine, found, reading


@blueprint.get("/publicity/<number>")
@public
def publicity(number: str) -> str:
    """Name, community and post of each; nothing else, and only while the notice runs."""
    now = engine().clock.now()
    with reading() as session:
        plan = found(session.scalar(select(AppraisalPlan).where(AppraisalPlan.number == number)))
        running = plan.publicity_from is not None and plan.publicity_until is not None and now <= plan.publicity_until
        query = (
            select(Worker.name, Organisation.name, AppraisalCase.post)
            .join(Worker, Worker.id == AppraisalCase.worker_id)
            .outerjoin(Organisation, Organisation.id == AppraisalCase.community_id)
            .where(AppraisalCase.plan_id == plan.id, AppraisalCase.grade == AppraisalGrade.EXCELLENT)
            .order_by(AppraisalCase.community_id, AppraisalCase.id)
        )
        rows = [(name, place or "", post.label) for name, place, post in session.execute(query)]
        return render_template("appraisal/publicity.html", plan=found(plan if running else None), rows=rows)
