"""Routes of this room hang here."""

from flask import Blueprint

blueprint = Blueprint("applicant", __name__, url_prefix="/my", template_folder="templates")
