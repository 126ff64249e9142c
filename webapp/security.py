"""What every answer and every unsafe request has to meet."""

from flask import Flask, Response, current_app, request
from werkzeug.exceptions import BadRequest
from werkzeug.exceptions import Forbidden as HttpForbidden

from webapp import resume
from webapp.permissions import permission_of
from webapp.visit import csrf_holds, engine, same_origin, session_secret, signed_in_actor

POLICY = "; ".join([
    "default-src 'self'", "script-src 'self'", "style-src 'self'", "img-src 'self' data: blob:", "font-src 'self'",
    "connect-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
])  # fmt: skip
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_SAFE = {"GET", "HEAD", "OPTIONS"}
_YEAR = 31_536_000
_LONGEST_PLACE = 10


def init_app(app: Flask) -> None:
    """Refuses undeclared routes, foreign posts and people without permission; sets the headers."""
    app.before_request(_admit)
    app.after_request(_set_headers)


def _admit() -> tuple[str, int] | Response | None:
    if request.endpoint is None or request.endpoint == "static":
        return None
    permission = permission_of(current_app, request.endpoint)
    if permission is None:
        raise HttpForbidden()
    if not _readable():
        raise BadRequest()
    person = signed_in_actor()
    lost = person is None and not permission.allows(None)
    forged = request.method not in _SAFE and not csrf_holds()
    if forged and not same_origin(request):
        raise HttpForbidden()
    if lost:
        return resume.ask_to_sign_in()
    if forged:
        return resume.offer()
    return None if permission.allows(person) else _refuse()


def _readable() -> bool:
    """Whether the address holds text that the database can keep, and the fields of lists have a place in them."""
    if b"%00" in request.query_string or "\0" in request.path:
        return False
    places = (part for name in request.form for part in name.split("-") if part.isdigit())
    return all(part.isascii() and len(part) < _LONGEST_PLACE for part in places)


def _refuse() -> Response:
    raise HttpForbidden()


def _set_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if engine().settings.production:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={_YEAR}; includeSubDomains")
    if request.endpoint == "static":
        built = request.path.startswith("/static/dist/")  # their names change with their content
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable" if built else "no-cache"
    else:
        personal = session_secret() or request.method not in _SAFE  # a visitor's answer may hold a score
        response.headers.setdefault("Cache-Control", "no-store" if personal else "no-cache")
        response.headers.add("Vary", "HX-Request")
    return response
