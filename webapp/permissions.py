"""Who may open a route. Every view declares it; what declares nothing is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask

from engine.identity.roles import ROLE_IDS
from engine.kernel.actor import Actor

View = TypeVar("View", bound=Callable[..., Any])
_MARK = "shegong_permission"


class Audience(StrEnum):
    """Kinds of permissions."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    ROLES = "roles"


@dataclass(frozen=True, slots=True)
class Permission:
    """What a route asks of who opens it."""

    audience: Audience
    roles: frozenset[str] = frozenset()

    def allows(self, actor: Actor | None) -> bool:
        """Whether the actor, None for a visitor, may open the route; the object itself is checked by the command."""
        if self.audience is Audience.PUBLIC:
            return True
        return actor is not None and (self.audience is Audience.SIGNED_IN or actor.has_role(*self.roles))

    def __str__(self) -> str:
        if self.roles == ROLE_IDS:
            return "officers"
        return ",".join(sorted(self.roles)) or self.audience.value


def public(view: View) -> View:
    """Open to everybody."""
    return _declare(view, Permission(Audience.PUBLIC))


def signed_in(view: View) -> View:
    """Open to everybody who is signed in, officers and applicants alike."""
    return _declare(view, Permission(Audience.SIGNED_IN))


def requires(*roles: str) -> Callable[[View], View]:
    """Open to holders of one of the roles, at any organisation."""
    unknown = set(roles) - ROLE_IDS
    if unknown or not roles:
        raise ValueError(f"no such role: {', '.join(sorted(unknown)) or '(none given)'}")
    return lambda view: _declare(view, Permission(Audience.ROLES, frozenset(roles)))


def officers(view: View) -> View:
    """Open to everybody who holds any role."""
    return requires(*ROLE_IDS)(view)


def permission_of(app: Flask, endpoint: str | None) -> Permission | None:
    """What the view behind an endpoint declared; None when it declared nothing."""
    view = app.view_functions.get(endpoint or "")
    found = vars(view).get(_MARK) if view is not None else None
    return found if isinstance(found, Permission) else None


def route_table(app: Flask) -> list[str]:
    """One line a route: methods, address, and the roles it opens to."""
    lines = []
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, rule.endpoint)):
        if rule.endpoint != "static":
            methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
            lines.append(f"{methods:<9} {rule.rule:<60} {permission_of(app, rule.endpoint) or 'undeclared'}")
    return lines


def _declare(view: View, permission: Permission) -> View:
    vars(view)[_MARK] = permission
    return view
