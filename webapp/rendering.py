"""What every template has at hand: dates as people read them, masks, addresses of scripts, the person of the visit."""

import json
import secrets
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, url_for
from markupsafe import Markup
from wtforms import Field

from engine.identity.roles import LABELS
from engine.kernel.clock import CHINA
from engine.kernel.errors import citation
from forms.base import messages_of
from forms.fields import is_upload
from webapp import navigation, visit

_DIST = Path(__file__).parent / "static" / "dist"
HIDDEN = Markup('<input type="hidden" name="_csrf" value="{}"><input type="hidden" name="_key" value="{}">')
_WEEKDAYS = "一二三四五六日"


def init_app(app: Flask) -> None:
    """Registers filters and globals."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        citation=citation, cn_datetime=cn_datetime, cn_date=cn_date, cn_day=cn_day, cn_time=cn_time, iso=iso,
        mask_id=mask_id, mask_phone=mask_phone, score=score, money=score, role_label=role_label, messages=messages_of,
    )  # fmt: skip
    app.jinja_env.globals.update(
        asset=asset, csrf_field=csrf_field, csrf_token=visit.csrf_token, person_mark=visit.person_mark,
        navigation=navigation.lines, held_roles=visit.held_roles, unread_messages=visit.unread_messages,
        described_by=described_by, now=now, is_upload=is_upload,
    )  # fmt: skip
    app.context_processor(lambda: {"actor": visit.signed_in_actor()})


def now() -> datetime:
    """The present."""
    return visit.engine().clock.now()


def cn_date(value: date | datetime | None) -> str:
    """2026-11-22（周日）; the day in China."""
    if value is None:
        return ""
    day = value.astimezone(CHINA).date() if isinstance(value, datetime) else value
    return f"{day.isoformat()}（周{_WEEKDAYS[day.weekday()]}）"


def cn_datetime(value: datetime | None) -> str:
    """2026-11-22（周日） 17:00; the time in China."""
    return "" if value is None else f"{cn_date(value)} {cn_time(value)}"


def cn_day(value: date | datetime | None) -> str:
    """11月22日, where the year is plain."""
    if value is None:
        return ""
    day = value.astimezone(CHINA).date() if isinstance(value, datetime) else value
    return f"{day.month}月{day.day}日"


def cn_time(value: datetime | None) -> str:
    """17:00; the time in China."""
    return "" if value is None else f"{value.astimezone(CHINA):%H:%M}"


def iso(value: datetime | date | None) -> str:
    """For scripts and <time>."""
    return "" if value is None else value.isoformat()


def mask_id(value: str | None) -> str:
    """Identification number with its middle hidden: 320***********1234."""
    return "" if not value else f"{value[:3]}{'*' * max(0, len(value) - 7)}{value[-4:]}"


def mask_phone(value: str | None) -> str:
    """Phone with its middle hidden: 138****1234."""
    return "" if not value else f"{value[:3]}****{value[-4:]}"


def score(value: Decimal | int | None) -> str:
    """Two decimals, half up; a dash where there is none."""
    return "—" if value is None else str(Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP))


def role_label(role: str) -> str:
    """Chinese name of a role."""
    return LABELS.get(role, role)


def asset(name: str) -> str:
    """Address of a built script or style, by its name without the stamp."""
    return url_for("static", filename=f"dist/{_manifest()[name]}")


def csrf_field() -> Markup:
    """Hidden fields of every posting form: the proof that it is ours, and the key that makes it count once."""
    return HIDDEN.format(visit.csrf_token(), secrets.token_urlsafe(16))


@cache
def _manifest() -> dict[str, str]:
    manifest: dict[str, str] = json.loads((_DIST / "manifest.json").read_text())
    return manifest


def described_by(field: Field) -> dict[str, Any]:
    """Attributes that tie a field to its hint and its error for those who cannot see them."""
    parts = [f"{field.id}-hint"] if field.description else []
    parts += [f"{field.id}-error"] if field.errors else []
    found = {"aria-describedby": " ".join(parts)} if parts else {}
    return {**found, "aria-invalid": "true"} if field.errors else found
