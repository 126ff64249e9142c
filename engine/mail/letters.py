"""A letter: what is written, and the message (RFC 5322) that carries it."""

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from engine.kernel.clock import CHINA
from engine.kernel.errors import Invalid

SENDER_NAME = "社工"
LONGEST_ADDRESS = 254
"""Of an address in all [RFC 5321 4.5.3.1]."""
LONGEST_SUBJECT = 120
_ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_NUMBERS = re.compile(r"(?<![0-9A-Za-z-])(?:[0-9]{17}[0-9Xx]|[0-9]{15}|1[3-9][0-9]{9})(?![0-9A-Za-z-])")
"""Identification and phone numbers: they never leave by mail."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one person: a subject of one line and plain text."""

    to: str
    subject: str
    text: str


def checked_address(typed: str) -> str:
    """The address as it is kept; Invalid when no mail could be sent there."""
    address = typed.strip()
    local = address.partition("@")[0]
    dots = local.startswith(".") or local.endswith(".") or ".." in local
    if len(address) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(address) or dots:
        raise Invalid(fields={"email": "请填写完整的邮箱地址，例如 name@example.com。"})
    return address


def masked_address(address: str) -> str:
    """For lists: the first letter and what is behind the @."""
    local, _, domain = address.partition("@")
    return f"{local[:1]}***@{domain}"


def one_line(text: str) -> str:
    """A subject without line breaks, so that nothing typed by people becomes a header of its own."""
    line = " ".join(_UNSEEN.sub(" ", without_numbers(text)).split())
    return line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 1]}…"


def without_numbers(text: str) -> str:
    """The text with identification and phone numbers blanked."""
    return _NUMBERS.sub("（号码从略）", text)


def message_of(letter: Letter, *, message_id: str, sender: str, at: datetime) -> EmailMessage:
    """The message that carries a letter; the same letter has the same Message-ID however often it is sent."""
    message = EmailMessage(policy=SMTP)
    user, _, domain = sender.partition("@")
    message["From"] = Address(SENDER_NAME, user, domain)
    message["To"] = checked_address(letter.to)
    message["Subject"] = one_line(letter.subject)
    message["Date"] = format_datetime(at.astimezone(CHINA))
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(without_numbers(letter.text), cte="base64")
    return message
