"""What somebody who leaves may still do with his account, and how he gets it back [domain 6.4, 6.5]."""

from dataclasses import replace

from sqlalchemy import select

from engine.identity.administration import EnableUser
from engine.identity.users import RoleMembership, User
from engine.kernel.actor import SYSTEM
from engine.kernel.command import CommandContext
from engine.personnel.exits.cases import ExitCase
from engine.workflow.memberships import DisableUser, GrantRole, RevokeRole

OWN_MATTERS = "community_worker"
"""The role by which a worker sees his own file and cases, nobody else's."""


def take_access(context: CommandContext, case: ExitCase) -> None:
    """Takes every office and remembers it; the software acts, not the clerk whose step led here.

    What lets the person see to his own matters stays until the exit is closed: he reads papers and asks for a review.
    """
    user_id = case.worker.user_id
    if user_id is None:
        return
    query = select(RoleMembership).where(RoleMembership.user_id == user_id).order_by(RoleMembership.id)
    held = [(line.role, line.organisation_id) for line in context.session.scalars(query) if line.role != OWN_MATTERS]
    case.roles_held = [[role, place] for role, place in held]
    for role, place in held:
        RevokeRole(user_id, role, place).execute(replace(context, actor=SYSTEM))


def close_account(context: CommandContext, case: ExitCase) -> None:
    """The person has left: the account is closed, and what lay with him personally goes to an administrator."""
    user = _user(context, case)
    if user is not None and user.active:
        query = select(RoleMembership).where(RoleMembership.user_id == user.id, RoleMembership.role == OWN_MATTERS)
        rest = [[line.role, line.organisation_id] for line in context.session.scalars(query)]
        case.roles_held = [*(case.roles_held or ()), *rest]
        DisableUser(user.id).execute(replace(context, actor=SYSTEM))


def give_access_back(context: CommandContext, case: ExitCase) -> None:
    """The account and every role that was taken are there again."""
    user = _user(context, case)
    if user is None:
        return
    if not user.active:
        EnableUser(user.id).execute(replace(context, actor=SYSTEM))
    query = select(RoleMembership).where(RoleMembership.user_id == user.id)
    present = {(line.role, line.organisation_id) for line in context.session.scalars(query)}
    for role, place in [(str(role), int(place)) for role, place in case.roles_held or ()]:
        if (role, place) not in present:
            GrantRole(user.id, role, place).execute(replace(context, actor=SYSTEM))
    case.roles_held = []


def _user(context: CommandContext, case: ExitCase) -> User | None:
    return None if case.worker.user_id is None else context.session.get(User, case.worker.user_id)
