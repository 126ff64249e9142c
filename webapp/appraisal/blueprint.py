"""Routes of this room hang here."""

from flask import Blueprint

blueprint = Blueprint("appraisal", __name__, url_prefix="/appraisal", template_folder="templates")
