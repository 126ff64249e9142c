"""Fields that many forms share; what they read is a value, never the text that was typed."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, BinaryIO, Protocol

from wtforms import DateField, DecimalField, Field, FileField, StringField
from wtforms.form import BaseForm
from wtforms.validators import ValidationError

from engine.personnel.id_number import problem_of
from forms.validators import narrow, phone_number

MEBIBYTE = 1 << 20


class Upload(Protocol):
    """A file as the request carries it."""

    filename: str | None
    stream: BinaryIO


class IdNumberField(StringField):
    """Citizen identification number: blanks, wide digits and a small x are forgiven."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = narrow(valuelist[0]).upper() if valuelist else None

    def pre_validate(self, form: BaseForm) -> None:
        problem = problem_of(self.data, form.meta.today) if self.data else None
        if problem:
            raise ValidationError(f"{problem}。")


class PhoneField(StringField):
    """Mobile phone of the mainland."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = narrow(valuelist[0]).removeprefix("+86") if valuelist else None

    def pre_validate(self, form: BaseForm) -> None:
        if self.data:
            phone_number(form, self)


class ChineseDateField(DateField):
    """A day; also read as 2026.1.5, 2026/1/5, 20260105 or 2026年1月5日."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        typed = narrow(valuelist[0]) if valuelist else ""
        if typed:
            self.data = parse_day(typed)
            if self.data is None:
                raise ValueError("请按“2026-01-05”的格式填写存在的日期。")


def parse_day(typed: str) -> date | None:
    """The day that was typed, or None when there is no such day."""
    plain = typed.translate(str.maketrans("年月./", "----", "日"))
    parts = plain.split("-") if "-" in plain else [plain[:4], plain[4:6], plain[6:]]
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    try:
        return date(*map(int, parts))
    except ValueError:
        return None


class ScoreField(DecimalField):
    """A score from 0 to `highest` with at most `places` decimals, exact."""

    def __init__(
        self,
        label: str | None = None,
        validators: list[Any] | None = None,
        *,
        highest: Decimal | int = 100,
        places: int = 2,
        **more: Any,
    ) -> None:
        super().__init__(label, validators, places=places, **more)
        self.highest = Decimal(highest)
        self.decimals = places

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        typed = narrow(valuelist[0]).replace("。", ".") if valuelist else ""
        if not typed:
            return
        try:
            value = Decimal(typed)
        except InvalidOperation:
            raise ValueError("请填写数字，例如 78.50。") from None
        if not value.is_finite() or not 0 <= value <= self.highest:
            raise ValueError(f"分数应在 0 到 {self.highest} 之间。")
        if value != round(value, self.decimals):
            raise ValueError(f"最多保留 {self.decimals} 位小数。")
        self.data = value


class _UploadField(FileField):
    """A file that is really there, of an allowed kind by name and by its first bytes, and not too large."""

    suffixes: tuple[str, ...] = ()
    beginnings: tuple[bytes, ...] = ()
    largest = 5 * MEBIBYTE
    kind = ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.raw_data = [value for value in valuelist if getattr(value, "filename", None)]  # text is no file
        self.data = next(iter(self.raw_data), None)

    def pre_validate(self, form: BaseForm) -> None:
        if self.data is None:
            return
        stream: BinaryIO = self.data.stream
        size = stream.seek(0, 2)
        stream.seek(0)
        beginning = stream.read(16)
        stream.seek(0)
        if not self.data.filename.lower().endswith(self.suffixes) or not beginning.startswith(self.beginnings):
            raise ValidationError(f"请选择{self.kind}。")
        if size > self.largest:
            raise ValidationError(f"文件 {size / MEBIBYTE:.1f} MB，超过 {self.largest // MEBIBYTE} MB，请缩小后再传。")


class XlsxField(_UploadField):
    """A spreadsheet; what is inside is checked by who reads it."""

    suffixes = (".xlsx",)
    beginnings = (b"PK\x03\x04",)
    kind = " Excel 工作簿（.xlsx），旧版 .xls 请另存为 .xlsx"


class PhotoField(_UploadField):
    """A photo; it is decoded and encoded anew before it is kept."""

    suffixes = (".jpg", ".jpeg", ".png")
    beginnings = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
    kind = "照片（.jpg 或 .png）"


class DocumentField(_UploadField):
    """A proof: photo or PDF."""

    suffixes = (".jpg", ".jpeg", ".png", ".pdf")
    beginnings = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-")
    largest = 10 * MEBIBYTE
    kind = "照片或 PDF 文件"


def is_upload(field: Field) -> bool:
    """Whether the form needs multipart encoding for this field."""
    return isinstance(field, FileField)
