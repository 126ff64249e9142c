"""Photos as they are kept."""

from io import BytesIO

import pytest
from PIL import Image

from engine.kernel.errors import Invalid
from engine.personnel.documents.portraits import portrait


def _picture(size: tuple[int, int], kind: str = "JPEG", **options: object) -> bytes:
    image = Image.effect_noise(size, 60).convert("RGB")
    target = BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def test_a_large_phone_photo_becomes_a_jpg_of_at_most_20_kilobytes_in_35_by_45() -> None:
    kept = portrait(_picture((3000, 4000)))
    with Image.open(BytesIO(kept.content)) as image:
        assert image.format == "JPEG"
        assert image.width * 45 == image.height * 35
    assert len(kept.content) <= 20 * 1024
    assert "MB，已自动压缩为" in kept.note or "已按 35×45 裁剪并压缩为" in kept.note


def test_the_applicant_is_told_that_a_wide_photo_was_cut() -> None:
    assert "裁剪" in portrait(_picture((800, 600))).note


def test_what_a_camera_writes_into_a_photo_is_gone() -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    kept = portrait(_picture((700, 900), exif=exif))
    assert b"taken at home" not in kept.content


def test_something_hidden_behind_the_picture_is_gone() -> None:
    kept = portrait(_picture((700, 900)) + b"<script>alert(1)</script>")
    assert b"<script>" not in kept.content


def test_a_transparent_png_stands_on_white() -> None:
    target = BytesIO()
    Image.new("RGBA", (350, 450), (0, 0, 0, 0)).save(target, "PNG")
    with Image.open(BytesIO(portrait(target.getvalue()).content)) as image:
        assert image.getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"\xff\xd8\xff broken"])
def test_a_file_that_is_no_photo_is_refused_with_the_remedy(content: bytes) -> None:
    with pytest.raises(Invalid, match="请换一张"):
        portrait(content)


def test_a_tiny_photo_is_refused_with_its_size() -> None:
    with pytest.raises(Invalid, match="50×60"):
        portrait(_picture((50, 60)))
