"""Photographed documents."""

from io import BytesIO

import pytest
from PIL import Image

from engine.kernel.errors import Invalid
from engine.personnel.documents.scans import scan


def _photo(size: tuple[int, int]) -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "at home"
    target = BytesIO()
    Image.new("RGB", size, "white").save(target, "JPEG", exif=exif)
    return target.getvalue()


def test_where_a_document_was_photographed_is_not_kept() -> None:
    assert b"at home" not in scan(_photo((300, 200)))


def test_a_large_photo_of_a_document_is_made_smaller() -> None:
    with Image.open(BytesIO(scan(_photo((4000, 3000))))) as kept:
        assert kept.size == (2000, 1500)


def test_a_pdf_is_kept_as_it_is() -> None:
    assert scan(b"%PDF-1.7 text") == b"%PDF-1.7 text"


def test_a_page_named_like_a_photo_is_refused() -> None:
    with pytest.raises(Invalid, match="重新拍照"):
        scan(b"<html></html>")
