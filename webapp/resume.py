"""Nothing typed is lost when a session ends: the posted form comes back after signing in, filled as it was.

What was posted travels in the sign-in page, encrypted, and is shown again only to the person who typed it. The form
comes back with `_resume`, which makes `submitted(form)` answer no, so that nothing happens until it is sent again.
"""

import base64
import json
from binascii import Error as BadBase64
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Response, make_response, redirect, render_template, request, url_for

from engine.kernel.cipher import CipherError
from forms.account import LoginForm
from webapp.login import forget_session, owner_of
from webapp.visit import actor, engine, session_secret

_OURS = {"_csrf", "_key", "_resume"}
_LONGEST = 1_000_000
_PURPOSE = "resume"


@dataclass(frozen=True, slots=True)
class Kept:
    """A form that was posted: where to, and its fields in order."""

    path: str
    fields: list[tuple[str, str]]


def resuming() -> bool:
    """Whether this request only brings a form back."""
    return "_resume" in request.form


def offer() -> Response:
    """The answer to a form of ours with an old token: look at it once more and send it again."""
    if request.headers.get("HX-Request"):
        answer = make_response("", 409)
        answer.headers["HX-Refresh"] = "true"
        return answer
    kept = unseal(_sealed(actor().user_id))
    return make_response(render_template("resume.html", kept=kept), 409)


def ask_to_sign_in() -> Response:
    """The answer to a page that needs a person: sign in, then go on to it or come back to the form."""
    owner = owner_of(session_secret())
    if session_secret():
        forget_session()
    if request.headers.get("HX-Request"):
        return _htmx_sign_in()
    if request.method in {"GET", "HEAD"}:
        return make_response(redirect(url_for("auth.login", next=request.full_path.rstrip("?"))))
    page = render_template("auth/login.html", form=LoginForm(), kept=_sealed(owner), next="", expired=True)
    return make_response(page, 401)


def _sealed(user_id: int | None) -> str:
    """The posted form, sealed; nothing of the pages where passwords are typed."""
    return "" if request.blueprint == "auth" else seal(user_id)


def seal(user_id: int | None) -> str:
    """The posted form as text that only we can read; files are not kept."""
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in _OURS]
    plain = json.dumps([_PURPOSE, user_id, request.full_path.rstrip("?"), fields]).encode()
    return base64.urlsafe_b64encode(engine().store.cipher.encrypt(plain)).decode() if len(plain) < _LONGEST else ""


def unseal(sealed: str) -> Kept | None:
    """The form that was kept, unless it is not ours or was typed by somebody else."""
    try:
        content: Any = json.loads(engine().store.cipher.decrypt(base64.urlsafe_b64decode(sealed)))
    except (CipherError, BadBase64, ValueError):
        return None
    purpose, user_id, path, fields = content
    if purpose != _PURPOSE or user_id not in {None, actor().user_id}:
        return None
    return Kept(path, [(str(name), str(value)) for name, value in fields])


def local_path(address: str | None) -> str | None:
    """The address when it is a path of this site; anything else would lead people astray."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return None
    parts = urlsplit(address)
    return None if parts.scheme or parts.netloc or "\\" in address or not address.isprintable() else address


def _htmx_sign_in() -> Response:
    """The page keeps what was typed in this tab and goes to the sign-in page."""
    here = urlsplit(request.headers.get("HX-Current-URL", ""))
    path = f"{here.path}?{here.query}" if here.query else here.path
    answer = make_response("", 401)
    answer.headers["HX-Redirect"] = url_for("auth.login", next=local_path(path))
    return answer
