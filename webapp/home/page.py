"""The home page of a person, by everything he is."""

from flask import render_template
from sqlalchemy.orm import Session

from engine.kernel.clock import local_date
from engine.workflow.worklist import COUNT_LIMIT, started_cases
from webapp.home.blueprint import blueprint
from webapp.home.boards import panels_for
from webapp.home.changes import changes_for
from webapp.home.panels import Look
from webapp.home.starting import startable
from webapp.home.waiting import waiting_for
from webapp.permissions import officers
from webapp.visit import actor, engine, reading

RECENT = 5


@blueprint.get("")
@officers
def home() -> str:
    """What waits, what is late, what can be begun, what has changed, and the boards of the person's roles."""
    with reading() as session:
        look = look_of(session)
        return render_template(
            "home/home.html", waiting=waiting_for(look), changes=changes_for(look), starts=startable(look),
            panels=panels_for(look), started=started_cases(session, actor(), limit=RECENT).rows, limit=COUNT_LIMIT,
        )  # fmt: skip


def look_of(session: Session) -> Look:
    """Who looks, and when."""
    now = engine().clock.now()
    return Look(session, actor(), now, local_date(now))
