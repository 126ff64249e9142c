"""Routes of this room hang here."""

from flask import Blueprint

blueprint = Blueprint("fault_tolerance", __name__, url_prefix="/fault-tolerance", template_folder="templates")
