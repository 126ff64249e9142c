"""Routes of this room hang here."""

from flask import Blueprint

blueprint = Blueprint("registry", __name__, url_prefix="/registry", template_folder="templates")
