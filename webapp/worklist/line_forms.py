"""Forms with lines: one line more, one line less, without losing what was typed and without a script."""

from flask import request
from wtforms import FieldList, FormField

from forms.base import BaseForm


def grow(form: BaseForm) -> bool:
    """Adds or takes a line when the page asks for it; answers whether it did, then nothing else is done."""
    return _add(form, request.form.get("_add", "")) or _remove(form, request.form.get("_remove", ""))


def _add(form: BaseForm, name: str) -> bool:
    lines = _lines(form, name)
    if lines is None:
        return False
    if lines.max_entries is None or len(lines) < lines.max_entries:
        lines.append_entry()
    return True


def _remove(form: BaseForm, asked: str) -> bool:
    name, _, index = asked.rpartition("-")
    lines = _lines(form, name)
    place = next((place for place, _ in enumerate(lines or ()) if index == str(place)), None)
    if lines is None or not index:
        return False
    if place is not None and len(lines) > max(lines.min_entries, 1):
        del lines.entries[place]
        for place, entry in enumerate(lines.entries):
            _rename(entry, f"{lines.name}-{place}")
    return True


def _lines(form: BaseForm, name: str) -> "FieldList[FormField[BaseForm]] | None":
    return next((field for field in form if field.name == name and isinstance(field, FieldList)), None)


def _rename(entry: "FormField[BaseForm]", name: str) -> None:
    """A line that moved up carries the names of its new place."""
    entry.name = entry.id = name
    for field in entry.form:
        field.name = field.id = f"{name}-{field.short_name}"
