"""How often a visitor may do what costs much or can be abused; counted in the database for all processes together."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import request
from werkzeug.exceptions import TooManyRequests

from engine.identity.throttling import CountAttempt
from engine.kernel.actor import SYSTEM
from webapp.visit import engine, signed_in_actor

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")


def limited(
    purpose: str, *, most: int, per: timedelta, methods: tuple[str, ...] = ("POST",)
) -> Callable[[Callable[Parameters, Answer]], Callable[Parameters, Answer]]:
    """At most `most` requests of a person, or of an address when nobody is signed in, within `per`; then 429.

    Stands below the permission decorator.
    """

    def decorate(view: Callable[Parameters, Answer]) -> Callable[Parameters, Answer]:
        @wraps(view)
        def counted(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Answer:
            if request.method in methods and engine().execute(CountAttempt(_key(purpose), per), actor=SYSTEM) > most:
                raise TooManyRequests(retry_after=int(per.total_seconds()))
            return view(*args, **kwargs)

        return counted

    return decorate


def _key(purpose: str) -> str:
    person = signed_in_actor()
    who = f"user-{person.user_id}" if person else f"address-{request.remote_addr}"
    return f"{purpose}:{engine().store.cipher.blind_index(who, purpose='limit')}"
