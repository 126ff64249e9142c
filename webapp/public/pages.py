"""The front page and the statement on personal data."""

from flask import render_template

from webapp.permissions import public
from webapp.public import listings
from webapp.public.blueprint import blueprint
from webapp.visit import engine, reading

_NEWEST = 8


@blueprint.get("/")
@public
def index() -> str:
    """The front page: what is open now, and what was published last."""
    with reading() as session:
        rows = listings.campaigns(session, engine().clock.now())
        current = [row for row in rows if row.state not in listings.OVER]
        return render_template("public/index.html", current=current, notices=listings.notices(session)[:_NEWEST])


@blueprint.get("/privacy")
@public
def privacy() -> str:
    """How personal data are handled."""
    return render_template("public/privacy.html")
