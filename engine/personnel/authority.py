"""Who may: authorisation of domain commands by roles held at the county or street concerned."""

from engine.identity.organisations import Organisation
from engine.kernel.command import CommandContext
from engine.kernel.errors import Forbidden, NotFound


def require_role(context: CommandContext, organisation_id: int, *roles: str) -> None:
    """Refuses an actor who holds none of `roles` at the organisation; the system itself may."""
    if not context.actor.is_system and not context.actor.has_role(*roles, organisation_id=organisation_id):
        raise Forbidden()


def require_role_in_county(context: CommandContext, county_id: int, *roles: str) -> None:
    """Refuses an actor who holds none of `roles` at the county or at an organisation inside it."""
    if context.actor.is_system:
        return
    held = (context.session.get(Organisation, each) for each in context.actor.organisations(*roles))
    if not any(organisation is not None and county_id in organisation.lineage for organisation in held):
        raise Forbidden()


def require_person(context: CommandContext, user_id: int) -> None:
    """Refuses everybody but the person himself; to others the thing does not exist."""
    if not context.actor.is_system and context.actor.user_id != user_id:
        raise NotFound()
