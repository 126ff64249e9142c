"""Routes of this room hang here."""

from flask import Blueprint

blueprint = Blueprint("notifications", __name__, template_folder="templates")
