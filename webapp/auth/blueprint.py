"""Routes of this room hang here."""

from flask import Blueprint

blueprint = Blueprint("auth", __name__)
