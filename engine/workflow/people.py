"""Who may be given work of a case by hand: active officers of the same county, of a confidential case only its readers,
never twice in a step."""

from collections.abc import Sequence

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation, OrganisationKind, ancestor_of_kind
from engine.identity.users import RoleMembership, User
from engine.kernel.errors import Conflict, Forbidden, Invalid
from engine.workflow.items import OpenItem, excluded, name_of
from engine.workflow.readers import reader_roles
from engine.workflow.states import HELPERS, UNDECIDED_ITEMS, WorkItemState
from engine.workflow.tables import ProcessInstance

GUARDIANS = ("system_admin", "security_admin", "audit_admin")
"""Administrators of the system as such handle no cases [security: 三员分立]."""


def colleagues(session: Session, instance: ProcessInstance) -> Sequence[User]:
    """The people whom work of the case may be given to by hand, by name."""
    return list(session.scalars(_officers(session, instance).order_by(User.sort_key, User.id)))


def _officers(session: Session, instance: ProcessInstance) -> Select[User]:
    """Active users with a role in the county of the case or above it."""
    top = ancestor_of_kind(session, instance.organisation_id, OrganisationKind.COUNTY) or instance.organisation_id
    county = session.get_one(Organisation, top)
    inside = or_(Organisation.path.startswith(county.path), Organisation.id.in_(county.lineage))
    held = (
        select(RoleMembership.user_id)
        .join(Organisation, Organisation.id == RoleMembership.organisation_id)
        .where(inside, RoleMembership.role.not_in(GUARDIANS))
    )
    named = reader_roles(session, instance)
    if named:
        held = held.where(RoleMembership.role.in_(named), Organisation.id.in_(county.lineage))
    return select(User).where(User.id.in_(held), User.active)


def is_colleague(session: Session, instance: ProcessInstance, user_id: int) -> bool:
    """Whether the person may be given work of the case."""
    return session.scalar(_officers(session, instance).where(User.id == user_id).limit(1)) is not None


def require_colleague(session: Session, instance: ProcessInstance, user_id: int) -> None:
    """Raises Invalid when the person may not be given work of the case."""
    if not is_colleague(session, instance, user_id):
        raise Invalid(fields={"person": "只能选择本县在用账号、并担任岗位的人员；保密案件只能选择有权查阅的岗位人员。"})


def require_newcomer(taken: OpenItem, user_id: int) -> None:
    """A person for the step by hand: a colleague whom the node does not exclude and who does not have it already."""
    session = taken.run.context.session
    require_colleague(session, taken.run.instance, user_id)
    refusal = excluded(session, taken, user_id)
    if refusal:
        raise Forbidden(f"{name_of(session, user_id)}不能办理此环节：{refusal}")
    signed = [item for item in taken.siblings if item.state == WorkItemState.COMPLETED and item.origin not in HELPERS]
    present = [item for item in taken.siblings if item.state in UNDECIDED_ITEMS] + signed
    if any(user_id in (item.assignee_id, item.completed_by) for item in present):
        raise Conflict(f"{name_of(session, user_id)}已经是本环节的办理人。")
