"""Signing by hand where the node offers or requires it: drawn on the screen, uploaded, or typed."""

import base64
import binascii

from flask import request

from engine.kernel.errors import Invalid
from engine.personnel.documents.signatures import signature_picture, typed_signature
from engine.workflow.diagram import Settings, SignatureRule
from engine.workflow.states import Origin
from webapp.visit import actor

LARGEST = 2 << 20
"""Bytes of a signature that is sent."""
_BEGINNING = "data:image/png;base64,"


def posted_signature(settings: Settings, origin: str) -> bytes | None:
    """The signature that came with the decision; Invalid when the node requires one and none came."""
    if settings.signature is None or origin == Origin.DELEGATED:
        return None
    found = _sent()
    if found is None and settings.signature is SignatureRule.REQUIRED:
        raise Invalid(fields={"signature": "此环节须签名：请在签名框内手写，也可以上传签名图片或键入姓名。"})
    return found


def _sent() -> bytes | None:
    upload = request.files.get("_signature_file")
    if upload is not None and upload.filename:
        return _sound(upload.stream.read(LARGEST + 1))
    drawn = request.form.get("_signature", "")
    if drawn:
        return _sound(_decoded(drawn))
    typed = request.form.get("_signed_name", "").strip()
    if not typed:
        return None
    if typed != actor().name:
        raise Invalid(fields={"signature": "键入的姓名应与您的姓名一致。"})
    return typed_signature(typed)


def _decoded(drawn: str) -> bytes:
    if not drawn.startswith(_BEGINNING) or len(drawn) > LARGEST * 4 // 3:
        raise Invalid(fields={"signature": "签名没有传好，请重新签名。"})
    try:
        return base64.b64decode(drawn.removeprefix(_BEGINNING), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid(fields={"signature": "签名没有传好，请重新签名。"}) from error


def _sound(content: bytes) -> bytes:
    if len(content) > LARGEST:
        raise Invalid(fields={"signature": "签名图片超过 2 MB，请缩小后再上传。"})
    return signature_picture(content)
