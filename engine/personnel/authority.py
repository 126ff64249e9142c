"""Who may: authorisation of domain commands by roles held at the county or street concerned."""

from engine.identity.organisations import Organisation
from engine.kernel.command import CommandContext
from engine.kernel.errors import Forbidden, NotFound


def require_role(context: CommandContext, organisation_id: int, *roles: str) -> None:
    """Refuses an actor who holds none of `roles` at the organisation; the system itself may."""
    if not context.actor.is_system and not context.actor.has_role(*roles, organisation_id=organisation_id):
        raise Forbidden()


def require_role_within(context: CommandContext, organisation_id: int, *roles: str) -> None:
    """Like require_role, but a role held anywhere above the organisation counts too."""
    organisation = context.session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound()
    held = context.actor.organisations(*roles)
    if not context.actor.is_system and held.isdisjoint(organisation.lineage):
        raise Forbidden()


def require_person(context: CommandContext, user_id: int) -> None:
    """Refuses everybody but the person himself; to others the thing does not exist."""
    if not context.actor.is_system and context.actor.user_id != user_id:
        raise NotFound()
