"""Who acts: the frozen facts that a command authorises against."""

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Membership:
    """A role held at one organisation."""

    role: str
    organisation_id: int


@dataclass(frozen=True, slots=True)
class Actor:
    """A signed-in person with what he may act as, or the system itself."""

    user_id: int | None
    name: str
    memberships: frozenset[Membership] = field(default_factory=frozenset)
    is_system: bool = False

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(m.role for m in self.memberships)

    def has_role(self, *roles: str, organisation_id: int | None = None) -> bool:
        """Whether one of `roles` is held, at `organisation_id` when one is given."""
        return any(
            m.role in roles and (organisation_id is None or m.organisation_id == organisation_id)
            for m in self.memberships
        )

    def organisations(self, *roles: str) -> frozenset[int]:
        """The organisations where one of `roles` is held."""
        return frozenset(m.organisation_id for m in self.memberships if m.role in roles)


SYSTEM = Actor(user_id=None, name="系统", is_system=True)


def actor_of(user_id: int, name: str, memberships: Iterable[tuple[str, int]] = ()) -> Actor:
    """An actor from plain values."""
    return Actor(user_id, name, frozenset(Membership(role, org) for role, org in memberships))
