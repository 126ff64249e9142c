"""What a letter looks like on the wire, and what cannot be smuggled into it."""

from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import cast

import pytest

from engine.kernel.clock import CHINA
from engine.kernel.errors import Invalid
from engine.kernel.mail_settings import MailSecurity, MailWay, mail_settings
from engine.mail.letters import Letter, checked_address, masked_address, message_of

AT = datetime(2026, 11, 23, 9, 0, tzinfo=CHINA)


def sent(subject: str = "【社工】新待办", text: str = "您好", to: str = "wang@example.invalid") -> EmailMessage:
    """The message as a mail program reads it."""
    message = message_of(Letter(to, subject, text), message_id="<a@b>", sender="shegong@example.invalid", at=AT)
    return cast(EmailMessage, message_from_bytes(message.as_bytes(), policy=SMTP))


def test_chinese_subjects_and_texts_arrive_as_they_were_written() -> None:
    message = sent("【社工】即将到期：资格初审", "王芳，您好：\n\n“张三（社区）”等待办理。\n")
    assert message["Subject"] == "【社工】即将到期：资格初审"
    assert message.get_content().splitlines() == ["王芳，您好：", "", "“张三（社区）”等待办理。"]
    assert (message["From"].addresses[0].display_name, message["To"]) == ("社工", "wang@example.invalid")
    assert message["Date"].datetime == AT
    assert message["Auto-Submitted"] == "auto-generated"


def test_every_line_on_the_wire_is_short_and_plain() -> None:
    raw = message_of(Letter("wang@example.invalid", "长" * 300, "文" * 5000), message_id="<a@b>",
                     sender="shegong@example.invalid", at=AT).as_bytes()  # fmt: skip
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 100


@pytest.mark.parametrize(
    "typed", ["标题\r\nBcc: all@example.invalid", "标题\nX: y", "标题\x00\u2028换行", "标题\r\r\n\n正文"]
)
def test_a_title_never_becomes_a_header_of_its_own(typed: str) -> None:
    message = sent(typed)
    assert set(message.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type", "Content-Transfer-Encoding",
        "MIME-Version",
    }  # fmt: skip
    assert "\n" not in message["Subject"]


@pytest.mark.parametrize(
    "typed",
    ["", "王芳", "a@b", "a b@example.com", "a@example.com\nBcc: x@example.com", "a@example.com, b@example.com",
     "@example.com",
     ".a@example.com", "a..b@example.com", "a" * 65 + "@example.com", "a@" + "b" * 250 + ".com", "<a@example.com>"],
)  # fmt: skip
def test_what_is_no_address_is_refused_beside_its_field(typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked_address(typed)
    assert "name@example.com" in refused.value.fields["email"]


def test_addresses_are_kept_as_typed_and_shown_masked() -> None:
    assert checked_address(" Wang.Fang+work@Example.com ") == "Wang.Fang+work@Example.com"
    assert masked_address("wangfang@example.com") == "w***@example.com"


def test_identification_and_phone_numbers_do_not_leave() -> None:
    message = sent("退回：32010219900307123X", "电话 13912345678，身份证 320102199003071233，编号 ZP2026-0001-00012")
    text = message.get_content()
    assert not any(number in text + message["Subject"] for number in ("13912345678", "3201021990"))
    assert "ZP2026-0001-00012" in text


def test_without_a_server_a_demo_writes_files_and_production_sends_nothing() -> None:
    assert mail_settings({}, Path("data"), production=False).way is MailWay.FOLDER
    assert not mail_settings({}, Path("data"), production=True).on


def test_production_sends_no_mail_in_the_clear_and_no_links_without_https() -> None:
    server = {"SHEGONG_SMTP_HOST": "mail.example.com", "SHEGONG_BASE_URL": "https://shegong.example.com/"}
    settings = mail_settings(server, Path("data"), production=True)
    assert (settings.port, settings.security, settings.base_url) == (
        587, MailSecurity.STARTTLS, "https://shegong.example.com"
    )  # fmt: skip
    with pytest.raises(ValueError, match="SECURITY"):
        mail_settings({**server, "SHEGONG_SMTP_SECURITY": "none"}, Path("data"), production=True)
    with pytest.raises(ValueError, match="BASE_URL"):
        mail_settings({**server, "SHEGONG_BASE_URL": "http://shegong.example.com"}, Path("data"), production=True)


def test_the_password_of_the_server_is_read_from_a_file_and_never_printed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("kennwort\n")
    values = {"SHEGONG_SMTP_HOST": "localhost", "SHEGONG_SMTP_PASSWORD_FILE": str(tmp_path / "secret")}
    settings = mail_settings(values, tmp_path, production=False)
    assert settings.password == "kennwort"
    assert "kennwort" not in repr(settings)
