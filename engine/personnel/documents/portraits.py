"""Portraits of registration forms: decoded, turned upright, cut to 35:45 and encoded anew [domain 1.5].

Encoding anew drops what a camera writes into a photo and whatever was hidden behind the picture.
"""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from engine.kernel.errors import Invalid
from engine.personnel.documents.decoding import turn

SIZES = ((350, 450), (315, 405), (280, 360), (245, 315), (210, 270))
"""Widths and heights in the ratio 35:45 that are tried from the largest down."""
SMALLEST = (105, 135)
"""Below this nobody can be told apart."""
QUALITIES = (88, 80, 72, 64, 56, 48)
LARGEST_PIXELS = 50_000_000
ENOUGH = (2000, 2000)
"""Pixels to which a large photo is reduced first, so that the rest takes little memory."""
FORMATS = ("JPEG", "PNG")


@dataclass(frozen=True, slots=True)
class Portrait:
    """A portrait as it is kept; `note` tells the applicant what was done to his file."""

    content: bytes
    note: str


def portrait(content: bytes, most_kilobytes: int = 20) -> Portrait:
    """The photo as a jpg of 35:45 with at most `most_kilobytes`; Invalid says why a file cannot be one."""
    with turn():
        image = _decoded(content)
    if image.width < SMALLEST[0] or image.height < SMALLEST[1]:
        least = f"{SMALLEST[0]}×{SMALLEST[1]}"
        raise Invalid(f"照片只有 {image.width}×{image.height} 像素，太小看不清，请换一张不小于 {least} 像素的照片")
    cropped = _is_cropped(image)
    encoded = _encoded(image, most_kilobytes * 1024)
    return Portrait(encoded, _note(len(content), len(encoded), cropped=cropped))


def _decoded(content: bytes) -> Image.Image:
    """The picture, upright and on white, without anything that came with it."""
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as file:
            if file.width * file.height > LARGEST_PIXELS:
                raise Invalid("照片像素过大，请用手机或电脑缩小后再上传")
            file.thumbnail(ENOUGH, Image.Resampling.LANCZOS)
            upright = ImageOps.exif_transpose(file).convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Invalid("照片无法打开，可能已损坏或不是 JPG、PNG 格式，请换一张") from error
    ground = Image.new("RGBA", upright.size, "white")
    return Image.alpha_composite(ground, upright).convert("RGB")


def _encoded(image: Image.Image, most: int) -> bytes:
    for size in SIZES:
        fitted = ImageOps.fit(image, size, Image.Resampling.LANCZOS, centering=(0.5, 0.35))
        for quality in QUALITIES:
            target = BytesIO()
            fitted.save(target, "JPEG", quality=quality, optimize=True)
            if target.tell() <= most:
                return target.getvalue()
    raise Invalid("照片细节过多，压缩后仍超过上限，请换一张白底证件照")


def _is_cropped(image: Image.Image) -> bool:
    """Whether more than a hair's breadth has to be cut off to reach 35:45."""
    return abs(image.width * 45 - image.height * 35) * 50 > image.height * 35


def _note(before: int, after: int, *, cropped: bool) -> str:
    what = "已按 35×45 裁剪并" if cropped else "已自动"
    if before <= after * 1.05:
        return f"照片 {_size(before)}，{what}保存为 {_size(after)} 的证件照"
    return f"照片 {_size(before)}，{what}压缩为 {_size(after)}"


def _size(count: int) -> str:
    return f"{count / 1048576:.1f} MB" if count >= 1048576 else f"{max(1, round(count / 1024))} KB"
