"""What every form of the product shares: Chinese messages, trimmed text, errors as people read them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from wtforms import Field, Form, PasswordField, StringField


class BaseForm(Form):
    """A form that trims what is typed and speaks Chinese. Unknown fields of a request are never read."""

    class Meta:
        locales = ("zh",)
        today = date.max
        """The date in China, given by who makes the form; fields that compare with the present read it here."""

        def bind_field(self, form: Form, unbound: Any, options: dict[str, Any]) -> Any:
            """Text is trimmed, unless it is a password or the field has filters of its own."""
            kind = unbound.field_class
            if issubclass(kind, StringField) and not issubclass(kind, PasswordField):
                options.setdefault("filters", (trimmed,))
            return unbound.bind(form=form, **options)

    def add_errors(self, messages: Mapping[str, str]) -> None:
        """Puts what a command found wrong beside the fields it names; the rest stands above the form."""
        for name, message in messages.items():
            target = self._fields.get(name)
            if target is None:
                self.form_errors.append(message)
            else:
                target.errors = [*target.errors, message]

    def error_list(self) -> Iterator[tuple[str | None, str]]:
        """(id of the field to go to, message) of everything that is wrong, in the order of the page."""
        yield from ((None, str(message)) for message in self.form_errors)
        for field in self:
            yield from ((field.id, f"{field.label.text}：{message}") for message in _flat(field.errors))


_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, and those that turn the order of what is read around."""


def trimmed(value: Any) -> Any:
    """Text without blanks around it, also the wide ones of Chinese input methods, and without unseen characters."""
    return _UNSEEN.sub("", value).strip(" \t\r\n\u3000\u00a0\ufeff") if isinstance(value, str) else value


def _flat(errors: Sequence[Any] | Mapping[str, Any]) -> Iterator[str]:
    """Messages of a field; fields made of fields nest theirs."""
    for item in errors.values() if isinstance(errors, Mapping) else errors:
        if isinstance(item, (Mapping, list, tuple)):
            yield from _flat(item)
        else:
            yield str(item)


def messages_of(field: Field) -> list[str]:
    """Everything that is wrong with one field."""
    return list(_flat(field.errors))
