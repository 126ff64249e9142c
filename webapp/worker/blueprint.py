"""Routes of this room hang here."""

from flask import Blueprint

blueprint = Blueprint("worker", __name__, url_prefix="/me", template_folder="templates")
