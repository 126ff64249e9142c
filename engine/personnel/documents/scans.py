"""Photographed documents: a picture is decoded and encoded anew before it is kept, a PDF stays as it is.

Encoding anew drops the place where a phone took the photo and whatever was hidden behind the picture.
"""

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from engine.kernel.errors import Invalid
from engine.personnel.documents.decoding import turn

LONGEST_SIDE = 2000
"""Pixels; enough to read a certificate."""
LARGEST_PIXELS = 60_000_000
_QUALITY = 82


def scan(content: bytes) -> bytes:
    """The document as it is kept; Invalid when a picture cannot be opened."""
    if content.startswith(b"%PDF-"):
        return content
    with turn():
        return _encoded_anew(content)


def _encoded_anew(content: bytes) -> bytes:
    try:
        with Image.open(BytesIO(content), formats=("JPEG", "PNG")) as file:
            if file.width * file.height > LARGEST_PIXELS:
                raise Invalid("图片像素过大，请缩小后再上传")
            file.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
            picture = ImageOps.exif_transpose(file).convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise Invalid("文件无法打开，可能已损坏；请重新拍照，或转换为 JPG、PNG、PDF 后再上传") from error
    white = Image.new("RGBA", picture.size, "white")
    flat = Image.alpha_composite(white, picture).convert("RGB")
    target = BytesIO()
    flat.save(target, "JPEG", quality=_QUALITY, optimize=True)
    return target.getvalue()
