"""Standing deputies (代理): for whom somebody stands in, and for which of his work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity.users import RoleMembership, Substitution
from engine.kernel.actor import Membership

NOT_DEPUTISED = frozenset({"process_admin", "system_admin", "security_admin", "audit_admin"})
"""Nobody stands in for an administrator as such [security: 三员分立]."""


@dataclass(frozen=True, slots=True)
class StandsIn:
    """One principal for today; `role` and `process_key` narrow it (None: everything)."""

    principal_id: int
    process_key: str | None
    role: str | None
    memberships: tuple[Membership, ...]
    """The roles of the principal that are covered."""


def deputised(session: Session, deputy_id: int, today: date) -> list[StandsIn]:
    """The people whom `deputy_id` stands in for today."""
    query = select(Substitution).where(
        Substitution.deputy_id == deputy_id, Substitution.starts_on <= today, Substitution.ends_on >= today
    )
    rows = list(session.scalars(query.order_by(Substitution.id)))
    if not rows:
        return []
    held: dict[int, list[Membership]] = {}
    people = {row.principal_id for row in rows}
    for line in session.scalars(select(RoleMembership).where(RoleMembership.user_id.in_(people))):
        held.setdefault(line.user_id, []).append(Membership(line.role, line.organisation_id))
    return [
        StandsIn(row.principal_id, row.process_key, row.role, _covered(held.get(row.principal_id, []), row.role))
        for row in rows
    ]


def _covered(held: Sequence[Membership], role: str | None) -> tuple[Membership, ...]:
    return tuple(sorted(m for m in held if m.role not in NOT_DEPUTISED and role in (None, m.role)))


def principal_for(
    stands_in: Sequence[StandsIn], process_key: str, assignee_id: int | None, group: tuple[str, int] | None,
    role: str = "",
) -> int | None:  # fmt: skip
    """For whom the deputy may act on an item: its assignee, or who belongs to the group it is offered to.

    A deputy for one role has of the assignee's items only those that he has by this `role`.
    """
    for stands in stands_in:
        if stands.process_key not in (None, process_key):
            continue
        in_group = group is not None and Membership(*group) in stands.memberships
        personal = assignee_id == stands.principal_id and (stands.role in (None, role) or in_group)
        if personal or (assignee_id is None and in_group):
            return stands.principal_id
    return None
