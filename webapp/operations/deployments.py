"""What is deployed: uploads, processes with their versions, the drawing of each."""

from flask import Response, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from engine.identity.users import User
from engine.workflow.case_trace import diagram_xml
from engine.workflow.tables import DecisionDefinition, Deployment, ProcessDefinition, ProcessInstance
from webapp.operations.blueprint import blueprint
from webapp.permissions import requires
from webapp.visit import found, reading

READERS = ("process_admin", "audit_admin")


@blueprint.get("/deployments")
@requires(*READERS)
def deployments() -> str:
    """Every version of every process, the newest first."""
    with reading() as session:
        running = select(ProcessInstance.definition_id, func.count().label("number"))
        running = running.where(ProcessInstance.state == "active")
        grouped = session.execute(running.group_by(ProcessInstance.definition_id)).all()
        counts = {row.definition_id: row.number for row in grouped}
        query = select(ProcessDefinition, Deployment).join(Deployment, Deployment.id == ProcessDefinition.deployment_id)
        rows = session.execute(query.order_by(ProcessDefinition.key, ProcessDefinition.version.desc())).all()
        deployers = {deployment.deployed_by for _, deployment in rows if deployment.deployed_by}
        people = {user.id: user.name for user in session.scalars(select(User).where(User.id.in_(deployers)))}
        tables = session.scalars(
            select(DecisionDefinition).order_by(DecisionDefinition.key, DecisionDefinition.version.desc())
        ).all()
        return render_template(
            "operations/deployments.html", rows=rows, counts=counts, people=people, tables=tables
        )


@blueprint.get("/deployments/<int:definition_id>")
@requires(*READERS)
def definition(definition_id: int) -> str:
    """The drawing of one version."""
    with reading() as session:
        row = found(session.get(ProcessDefinition, definition_id))
        return render_template("operations/definition.html", row=row)


@blueprint.get("/deployments/<int:definition_id>/diagram.bpmn")
@requires(*READERS)
def definition_diagram(definition_id: int) -> ResponseReturnValue:
    """The file as it was deployed."""
    with reading() as session:
        found(session.get(ProcessDefinition, definition_id))
        return Response(diagram_xml(session, definition_id), mimetype="application/xml")
