"""A browser without a screen: it keeps cookies and sends the token of the page it looks at, as a real one does."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

PASSWORD = "correct horse battery"
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)">')


class Visitor:
    """Somebody with a browser."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.page = ""

    def get(self, path: str, **more: Any) -> TestResponse:
        return self._look(self.client.get(path, **more))

    def post(
        self, path: str, data: dict[str, Any] | None = None, *, page: str | None = None, **more: Any
    ) -> TestResponse:
        """Sends the form of the page looked at last, or of `page`, with its hidden fields."""
        if page is not None:
            self.get(page)
        headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin", **more.pop("headers", {})}
        return self._look(self.client.post(path, data={**self.hidden(), **(data or {})}, headers=headers, **more))

    def hidden(self) -> dict[str, str]:
        """Hidden fields of the last form of the page; tokens of the page's other forms are the same."""
        return {name: unescape(value) for name, value in _HIDDEN.findall(self.page)}

    def sign_in(self, login: str, password: str = PASSWORD, **more: Any) -> TestResponse:
        return self.post("/login", {"login": login, "password": password, **more}, page="/login")

    def _look(self, response: TestResponse) -> TestResponse:
        self.page = response.get_data(as_text=True) if response.mimetype == "text/html" else ""
        return response


SignIn = Callable[[str], Visitor]
"""Somebody with a browser who has signed in, by sign-in name."""
