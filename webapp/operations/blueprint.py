"""Routes of this room hang here."""

from flask import Blueprint

blueprint = Blueprint("operations", __name__, url_prefix="/operations", template_folder="templates")
