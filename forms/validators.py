"""Checks that fields share; each message says what to do."""

import re
from collections.abc import Callable
from typing import Any

from wtforms import Field
from wtforms.form import BaseForm
from wtforms.validators import InputRequired, Length, Optional, Regexp, StopValidation, ValidationError

Check = Callable[[BaseForm, Field], None]

PHONE = re.compile(r"1[3-9][0-9]{9}")
_WIDE = str.maketrans("０１２３４５６７８９ｘＸ－", "0123456789xX-")


def required(message: str = "请填写。") -> InputRequired:
    """Must be filled in."""
    return InputRequired(message)


def chosen(message: str = "请选择。") -> InputRequired:
    """One must be chosen."""
    return InputRequired(message)


def at_most(length: int) -> Length:
    """No longer than `length` characters."""
    return Length(max=length, message=f"最多 {length} 个字。")


def optional() -> Optional:
    """May stay empty."""
    return Optional()


def narrow(value: Any) -> Any:
    """Wide digits of Chinese input methods as plain ones, without blanks."""
    return re.sub(r"\s", "", value).translate(_WIDE) if isinstance(value, str) else value


def phone_number(_form: BaseForm, field: Field) -> None:
    """A mobile number of the mainland: 11 digits."""
    if not PHONE.fullmatch(field.data or ""):
        raise ValidationError("请填写 11 位手机号码。")


def person_name(_form: BaseForm, field: Field) -> None:
    """A name as on the ID card: Han characters and the dot of minority names, or Latin letters."""
    if not re.fullmatch(r"[\u3400-\u9fff\U00020000-\U0003ffff·•]{2,30}|[A-Za-z][A-Za-z .'-]{1,60}", field.data or ""):
        raise ValidationError("请填写身份证上的姓名。")


def same_as(name: str, message: str) -> Check:
    """Equal to another field of the form."""

    def check(form: BaseForm, field: Field) -> None:
        if field.data != form[name].data:
            raise ValidationError(message)

    return check


def accepted(message: str) -> Check:
    """A box that has to be ticked."""

    def check(_form: BaseForm, field: Field) -> None:
        if field.data is not True:
            raise StopValidation(message)

    return check


def pattern(expression: str, message: str) -> Regexp:
    """The whole text has the given shape."""
    return Regexp(rf"(?:{expression})\Z", message=message)
