"""Error pages: what went wrong in words, what to do, and an id to quote; nothing of the inside."""

import secrets
from typing import cast

import structlog
from flask import Flask, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException, InternalServerError

from engine.kernel.errors import Conflict, Forbidden, Invalid, LostRace, NotFound, RuleViolation, ShegongError

log = structlog.get_logger()

STATUS: tuple[tuple[type[ShegongError], int], ...] = (
    (Invalid, 422), (RuleViolation, 422), (Forbidden, 403), (NotFound, 404), (Conflict, 409), (LostRace, 503),
)  # fmt: skip
WORDS: dict[int, tuple[str, str]] = {
    400: ("请求有误", "浏览器发来的内容不完整，请返回上一页重试。"),
    403: ("不能打开这个页面", "您的账号没有办理此事项的权限。如需要，请联系系统管理员。"),
    404: ("没有找到", "没有找到您要的内容，可能已被删除、网址有误，或您无权查看。"),
    405: ("请求有误", "不能这样打开这个网址，请从页面上的按钮进入。"),
    409: ("内容已有变化", "内容已被他人更改，请刷新后重试。"),
    413: ("文件太大", "一次最多上传 12 MB，请压缩后再传。"),
    422: ("不能办理", "填写的内容有误，请返回按提示修改。"),
    429: ("操作太频繁", "请过几分钟再试。"),
    500: ("系统出错了", "这次操作没有完成，也没有留下半截的数据。请稍后再试；仍不成功，请把错误编号告诉管理员。"),
    503: ("系统繁忙", "请稍等片刻再试一次。"),
}


def init_app(app: Flask) -> None:
    """One page for every error, whoever raised it."""
    app.register_error_handler(ShegongError, lambda error: _ours(cast(ShegongError, error)))
    app.register_error_handler(HTTPException, lambda error: _of_http(cast(HTTPException, error)))
    app.register_error_handler(Exception, _unexpected)


def status_of(error: ShegongError) -> int:
    """Status of the answer to an error of the product."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def _ours(error: ShegongError) -> Response:
    status = status_of(error)
    if status >= 500:
        return _unexpected(error)
    return _page(status, error.message, clause=error.clause if isinstance(error, RuleViolation) else None)


def _of_http(error: HTTPException) -> Response:
    if isinstance(error, InternalServerError):  # an error page failed itself
        return Response(f"<!doctype html><meta charset=utf-8><title>出错</title><p>{WORDS[500][1]}", 500)
    if error.response is not None:  # a redirect raised as an exception
        return cast(Response, error.response)
    status = error.code or 500
    answer = _page(status if status in WORDS else 400 if status < 500 else 500)
    for name, value in error.get_headers():
        if name in {"Retry-After", "Allow"}:
            answer.headers[name] = value
    return answer


def _unexpected(error: Exception) -> Response:
    return _page(503 if isinstance(error, LostRace) else 500, error_id=note_failure(error))


def note_failure(error: BaseException | None) -> str:
    """Writes an unexpected error to the log under the id it returns.

    The message may hold what somebody typed, so only kind and place are noted.
    """
    number = secrets.token_hex(4)
    kind, route = type(error).__name__, str(request.url_rule)
    log.error("request_failed", error_id=number, kind=kind, route=route, trace=_trace(error))
    return number


def _trace(error: BaseException | None) -> list[str]:
    """File and line of each frame, without any value."""
    frames, place = [], error.__traceback__ if error else None
    while place is not None:
        frames.append(f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}")
        place = place.tb_next
    return frames[-12:]


def _page(
    status: int, message: str | None = None, *, clause: str | None = None, error_id: str | None = None
) -> Response:
    title, advice = WORDS[status]
    facts = {"status": status, "title": title, "message": message or advice, "clause": clause, "error_id": error_id}
    if request.headers.get("HX-Request"):
        answer = make_response(render_template("errors/fragment.html", **facts), status)
        answer.headers["HX-Retarget"], answer.headers["HX-Reswap"] = "#messages", "innerHTML"
        return answer
    return make_response(render_template("errors/page.html", **facts), status)
