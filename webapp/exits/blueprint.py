"""The blueprint of exits."""

from flask import Blueprint

blueprint = Blueprint("exits", __name__, url_prefix="/exits", template_folder="templates")
