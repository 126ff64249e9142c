"""Routes of this room hang here."""

from flask import Blueprint

blueprint = Blueprint("home", __name__, url_prefix="/worklist", template_folder="templates")
