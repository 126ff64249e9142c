"""Files that the desk hands out."""

from urllib.parse import quote

from flask import Response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def workbook(name: str, content: bytes) -> Response:
    """A workbook as a download."""
    return download(f"{name}.xlsx", content, XLSX)


def pdf(name: str, content: bytes) -> Response:
    """A PDF as a download."""
    return download(f"{name}.pdf", content, "application/pdf")


def download(name: str, content: bytes, media_type: str) -> Response:
    """A file with its Chinese name."""
    answer = Response(content, mimetype=media_type)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer
