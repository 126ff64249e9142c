"""Pages that need no account."""

from flask import render_template

from webapp.permissions import public
from webapp.public.blueprint import blueprint


@blueprint.get("/")
@public
def index() -> str:
    """The front page."""
    return render_template("public/index.html")


@blueprint.get("/privacy")
@public
def privacy() -> str:
    """How personal data are handled."""
    return render_template("public/privacy.html")
