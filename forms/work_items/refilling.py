"""Kept values of a form go back into its fields, for a step that is done once more."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    DateTimeField,
    DecimalField,
    Field,
    FieldList,
    FileField,
    FormField,
    IntegerField,
    StringField,
)

from forms.choices import SelectField, SelectMultipleField


def refill(field: Field, value: Any) -> None:
    """The field begins with the value; it stays as it was when the value is none of its kind."""
    if isinstance(field, FieldList):
        _refill_lines(field, value)
    elif isinstance(field, FormField):
        _refill_parts(field, value)
    elif not isinstance(field, FileField):
        try:
            field.data = _as_data(field, value)
        except (ValueError, TypeError, InvalidOperation):
            return
        field.object_data = field.data


def _refill_lines(field: "FieldList[Any]", value: Any) -> None:
    lines = value if isinstance(value, list) else []
    if not lines or not all(isinstance(line, Mapping) for line in lines):
        return
    field.process(None, [{}] * len(lines))
    for entry, line in zip(field, lines, strict=False):
        refill(entry, line)


def _refill_parts(field: "FormField[Any]", value: Any) -> None:
    for inner in field.form if isinstance(value, Mapping) else ():
        if inner.short_name in value:
            refill(inner, value[inner.short_name])


def _as_data(field: Any, value: Any) -> Any:
    """The value as the field holds it: dates and numbers were kept as text."""
    if isinstance(field, SelectMultipleField):
        return [field.coerce(each) for each in value]
    if isinstance(field, SelectField):
        return field.coerce(value)
    read = next((read for kind, read in READ if isinstance(field, kind)), None)
    if isinstance(field, StringField) and not isinstance(value, str):
        raise TypeError(type(value).__name__)
    return value if read is None else read(value)


READ: Sequence[tuple[type[Field], Callable[[Any], Any]]] = (
    (DateField, date.fromisoformat), (DateTimeField, datetime.fromisoformat),
    (DecimalField, lambda value: Decimal(str(value))), (IntegerField, int), (BooleanField, bool),
)  # fmt: skip
"""How values of a kind of field are read; the first that fits."""
