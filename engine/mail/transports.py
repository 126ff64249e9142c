"""How a message leaves: to an SMTP server, or into a folder as an .eml file."""

import hashlib
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from pathlib import Path

from engine.kernel.mail_settings import MailSecurity, MailSettings, MailWay

TIMEOUT = 20.0
"""Seconds that a server may take to answer."""
_LAST_TRANSIENT = 499

Send = Callable[[EmailMessage], None]


class MailRefused(Exception):
    """The server will not take this message however often it is tried."""


class MailUndelivered(Exception):
    """It did not go through now; another try may."""


class ServerAway(Exception):
    """No connection, or it broke: nothing is sent in this round."""


@contextmanager
def connected(settings: MailSettings) -> Iterator[Send]:
    """A way out for the messages of one round."""
    if settings.way is MailWay.SMTP:
        with _server(settings) as server:
            yield lambda message: _send(server, message)
    else:
        settings.folder.mkdir(parents=True, exist_ok=True)
        yield lambda message: _write(settings.folder, message)


@contextmanager
def _server(settings: MailSettings) -> Iterator[smtplib.SMTP]:
    try:
        server = _signed_in(settings)
    except (OSError, smtplib.SMTPException) as error:
        raise ServerAway(_reason(error)) from error
    try:
        yield server
    finally:
        try:
            server.quit()
        except (OSError, smtplib.SMTPException):  # it is gone already
            server.close()


def _signed_in(settings: MailSettings) -> smtplib.SMTP:
    trust = ssl.create_default_context()
    if settings.security is MailSecurity.SSL:
        server: smtplib.SMTP = smtplib.SMTP_SSL(settings.host, settings.port, timeout=TIMEOUT, context=trust)
    else:
        server = smtplib.SMTP(settings.host, settings.port, timeout=TIMEOUT)
    try:
        if settings.security is MailSecurity.STARTTLS:
            server.starttls(context=trust)
        if settings.user:
            server.login(settings.user, settings.password)
    except BaseException:
        server.close()
        raise
    return server


def _send(server: smtplib.SMTP, message: EmailMessage) -> None:
    try:
        server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code, _ = next(iter(error.recipients.values()))
        _raise_for(code, error)
    except smtplib.SMTPServerDisconnected as error:
        raise ServerAway(_reason(error)) from error
    except smtplib.SMTPResponseException as error:
        _raise_for(error.smtp_code, error)
    except OSError as error:
        raise ServerAway(_reason(error)) from error


def _raise_for(code: int, error: Exception) -> None:
    refused = MailRefused if code > _LAST_TRANSIENT else MailUndelivered
    raise refused(f"邮件服务器拒收（{code}）") from error


def _reason(error: Exception) -> str:
    """What may be shown and logged of it: never what the server or the person said."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "邮件服务器不接受用户名或密码"
    if isinstance(error, ssl.SSLError):
        return "与邮件服务器的加密连接没有建立（证书或加密方式不符）"
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return "邮件服务器不支持所设的加密或登录方式"
    return f"连接不上邮件服务器（{type(error).__name__}）"


def _write(folder: Path, message: EmailMessage) -> None:
    """One file a Message-ID, so that a repeated delivery writes the same file again."""
    digest = hashlib.sha256(str(message["Message-ID"]).encode()).hexdigest()[:16]
    stamp = message["Date"].datetime.strftime("%Y%m%d-%H%M%S")
    target, draft = folder / f"{stamp}-{digest}.eml", folder / f"{digest}.tmp"
    draft.write_bytes(message.as_bytes(policy=WIRE))
    draft.replace(target)
