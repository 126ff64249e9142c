"""The home page of a person, by everything he is."""

from flask import render_template, request
from sqlalchemy.orm import Session

from engine.kernel.clock import local_date
from engine.workflow.worklist import COUNT_LIMIT, started_cases
from webapp.home.blueprint import blueprint
from webapp.home.boards import panels_for
from webapp.home.changes import changes_for
from webapp.home.panels import Look
from webapp.home.risks import MOST, WATCHERS
from webapp.home.risks import at_risk as steps_at_risk
from webapp.home.starting import startable
from webapp.home.waiting import waiting_for
from webapp.permissions import officers, requires
from webapp.visit import actor, engine, reading
from webapp.worklist.deadlines import due

RECENT = 5


@blueprint.get("/home")
@officers
def home() -> str:
    """What waits, what is late, what can be begun, what has changed, and the boards of the person's roles."""
    with reading() as session:
        look = look_of(session)
        return render_template(
            "home/home.html", waiting=waiting_for(look), changes=changes_for(look), starts=startable(look),
            panels=panels_for(look), started=started_cases(session, actor(), limit=RECENT).rows, limit=COUNT_LIMIT,
        )  # fmt: skip


@blueprint.get("/at-risk")
@requires(*WATCHERS)
def at_risk() -> str:
    """The steps behind the numbers of 时限风险: late ones of a process, or what is due soon, or all."""
    process, soon = request.args.get("process", "")[:64], request.args.get("soon") == "1"
    with reading() as session:
        look = look_of(session)
        found = steps_at_risk(look)
        names = {line.process_key: line.process for line in found}
        lines = [
            (line, due(line.due_at, look.now)) for line in found
            if (not process or (line.process_key == process and line.late)) and not (soon and line.late)
        ]  # fmt: skip
    return render_template(
        "home/at_risk.html", lines=lines, names=names, process=process, soon=soon, most=MOST, total=len(found)
    )


def look_of(session: Session) -> Look:
    """Who looks, and when."""
    now = engine().clock.now()
    return Look(session, actor(), now, local_date(now))
