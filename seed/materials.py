"""Pictures that stand in for photos and documents; each says that it is a specimen."""

from functools import cache
from io import BytesIO
from pathlib import Path

import pylopdf_fonts_zh_cn
from PIL import Image, ImageDraw, ImageFont

from engine.personnel.documents.portraits import portrait
from engine.personnel.recruitment.registrations import AttachmentKind
from engine.personnel.vocabulary import Sex

_FONT = Path(pylopdf_fonts_zh_cn.__file__).with_name("NotoSansSC-Regular.otf")
_TINTS = ("#2b4a7a", "#7a3b3b", "#3b6b4f", "#6b5a3b", "#4d3b7a", "#3b6b75")
_SKIN = "#f0d3b8"


def material(kind: AttachmentKind, sex: Sex, serial: int) -> tuple[str, bytes]:
    """(file name, content) of a specimen."""
    if kind is AttachmentKind.PHOTO:
        return "证件照.jpg", _portrait(sex, serial % len(_TINTS))
    return f"{kind.label}.jpg", _document(kind.label)


@cache
def _portrait(sex: Sex, tint: int) -> bytes:
    """A head on a light ground: nobody's face."""
    image = Image.new("RGB", (350, 450), "#e8eef7")
    draw = ImageDraw.Draw(image)
    draw.ellipse((55, 300, 295, 620), fill=_TINTS[tint])
    draw.rectangle((150, 255, 200, 325), fill=_SKIN)
    if sex is Sex.FEMALE:
        draw.ellipse((80, 75, 270, 320), fill="#2f2622")
    draw.ellipse((100, 105, 250, 290), fill=_SKIN)
    draw.pieslice((95, 85, 255, 250), 180, 360, fill="#2f2622")
    return portrait(_jpeg(image)).content


def paper(title: str) -> bytes:
    """A photographed paper of that title."""
    return _document(title)


@cache
def _document(title: str) -> bytes:
    image = Image.new("RGB", (900, 600), "#fbfaf5")
    draw = ImageDraw.Draw(image)
    draw.rectangle((20, 20, 880, 580), outline="#8a7f63", width=4)
    draw.text((450, 240), title, font=ImageFont.truetype(str(_FONT), 44), fill="#333333", anchor="mm")
    draw.text((450, 330), "演示样张 不具效力", font=ImageFont.truetype(str(_FONT), 36), fill="#b3261e", anchor="mm")
    return _jpeg(image)


def _jpeg(image: Image.Image) -> bytes:
    target = BytesIO()
    image.save(target, "JPEG", quality=80)
    return target.getvalue()
