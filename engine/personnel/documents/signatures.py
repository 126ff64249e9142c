"""Hand-written signatures: decoded, reduced to the ink and encoded anew as a small picture; a typed name is drawn."""

from io import BytesIO
from pathlib import Path

import pylopdf_fonts_zh_cn
from PIL import Image, ImageDraw, ImageFont, ImageOps, UnidentifiedImageError

from engine.kernel.errors import Invalid
from engine.personnel.documents.decoding import turn

SIZE = (480, 160)
"""Pixels at most; enough for a print of 8 cm."""
LARGEST_PIXELS = 25_000_000
LARGEST_NAME = 30
_INK = 200
"""Darker than this counts as ink."""
_LEAST_INK = 40
"""Pixels; a dot is no signature."""
_FONT = Path(pylopdf_fonts_zh_cn.__file__).parent / "NotoSerifSC-Regular.otf"
_BLANK = "签名是空白的，请重新签名。"


def signature_picture(content: bytes) -> bytes:
    """The signature as it is kept, a grey PNG; Invalid when there is none or the picture cannot be opened."""
    with turn():
        return _reduced(content)


def _reduced(content: bytes) -> bytes:
    try:
        with Image.open(BytesIO(content), formats=("PNG", "JPEG")) as file:
            if file.width * file.height > LARGEST_PIXELS:
                raise Invalid(fields={"signature": "签名图片过大，请缩小后再上传。"})
            upright = ImageOps.exif_transpose(file).convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Invalid(fields={"signature": "签名图片无法打开，请换一张 PNG 或 JPG 图片。"}) from error
    ground = Image.new("RGBA", upright.size, "white")
    return _encoded(Image.alpha_composite(ground, upright).convert("L"))


def typed_signature(name: str) -> bytes:
    """A typed name as a picture, for those who cannot draw."""
    if not name.strip() or len(name) > LARGEST_NAME:
        raise Invalid(fields={"signature": _BLANK})
    font = ImageFont.truetype(_FONT, 72)
    left, top, right, bottom = font.getbbox(name)
    picture = Image.new("L", (int(right - left) + 40, int(bottom - top) + 40), 255)
    ImageDraw.Draw(picture).text((20 - left, 20 - top), name, font=font, fill=0)
    return _encoded(picture)


def _encoded(grey: Image.Image) -> bytes:
    ink = grey.point(lambda value: 255 if value < _INK else 0)
    box = ink.getbbox()
    if box is None or ink.histogram()[255] < _LEAST_INK:
        raise Invalid(fields={"signature": _BLANK})
    picture = ImageOps.expand(grey.crop(box), 6, 255)
    picture.thumbnail(SIZE, Image.Resampling.LANCZOS)
    target = BytesIO()
    picture.save(target, "PNG", optimize=True)
    return target.getvalue()
