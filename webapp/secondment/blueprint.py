"""Routes of this room hang here."""

from flask import Blueprint

blueprint = Blueprint("secondment", __name__, url_prefix="/secondment", template_folder="templates")
