"""Forms and the request: what was posted goes into the form, what a command found wrong goes beside its fields."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from flask import request
from werkzeug.datastructures import CombinedMultiDict, MultiDict

from engine.kernel.clock import local_date
from engine.kernel.errors import Conflict, Invalid, RuleViolation
from forms.base import BaseForm
from webapp.resume import resuming
from webapp.visit import engine

AForm = TypeVar("AForm", bound=BaseForm)

UNPROCESSABLE = 422
"""Status of a page that shows a form again because of what was typed."""


def bind(kind: type[AForm], obj: object | None = None, *, prefix: str = "", **values: Any) -> AForm:
    """A form filled with what was posted, else with `obj` and `values`."""
    sources: list[MultiDict[str, Any]] = [request.files, request.form]
    posted = CombinedMultiDict(sources) if request.method == "POST" else None
    return kind(posted, obj, prefix, meta={"today": local_date(engine().clock.now())}, **values)


def submitted(form: BaseForm) -> bool:
    """Whether the form was sent and is sound. A form that only comes back after signing in was not sent."""
    return request.method == "POST" and not resuming() and form.validate()


@contextmanager
def beside_fields(form: BaseForm) -> Iterator[None]:
    """Runs a command; what it finds invalid stands beside the fields, a rule it breaks above them.

    `form.errors` is then not empty.
    """
    try:
        yield
    except Invalid as error:
        form.add_errors(error.fields or {"": error.message})
    except RuleViolation as error:
        form.add_errors({"": f"{error.cited}。"})


@contextmanager
def reasons_above(form: BaseForm) -> Iterator[None]:
    """As `beside_fields`; what the state of things forbids stands above the form too, and nothing typed is lost."""
    try:
        with beside_fields(form):
            yield
    except Conflict as error:
        form.add_errors({"": error.message})


def status_of(form: BaseForm) -> int:
    """Status of the page that shows the form: 422 when something is wrong with it."""
    return UNPROCESSABLE if form.errors else 200
