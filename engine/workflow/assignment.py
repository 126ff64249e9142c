"""Assignment: to whom a step is offered."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from engine.decision import Value, compile_expression
from engine.identity.organisations import OrganisationKind, ancestor_of_kind, ancestors
from engine.identity.users import User, holders
from engine.kernel.errors import ShegongError
from engine.workflow.diagram import CompletionKind, Settings
from engine.workflow.tables import ProcessInstance

_LEVELS = {kind.value for kind in OrganisationKind}


class NobodyResponsible(ShegongError):
    """没有找到该环节的办理人，请流程管理员检查岗位设置。"""

    code = "nobody_responsible"


@dataclass(frozen=True, slots=True)
class Offer:
    """One work item to be: a person, or the holders of a role at an organisation."""

    queue: str
    user_id: int | None = None


def group_queue(role: str, organisation_id: int) -> str:
    """The open list of a candidate group."""
    return f"{role}@{organisation_id}"


def user_queue(user_id: int) -> str:
    """The open list of one person."""
    return f"user:{user_id}"


def resolve_offers(
    session: Session, instance: ProcessInstance, settings: Settings, variables: Mapping[str, Value]
) -> list[Offer]:
    """The offers of a step, from the node's settings.

    Under a completion rule for several people each holder of the role gets a work item of his own.
    """
    if settings.assignee:
        return [_person(session, value) for value in _list(_value(settings.assignee, variables))]
    if not (settings.candidate_groups or settings.candidate_groups_expression):
        raise NobodyResponsible()
    organisation_id = resolve_organisation(session, instance, settings.organisation, variables)
    roles = settings.candidate_groups or tuple(
        str(role) for role in _list(_value(settings.candidate_groups_expression, variables))
    )
    if settings.completion_rule.kind is CompletionKind.ANY:
        return [Offer(group_queue(role, organisation_id)) for role in roles]
    return _everybody(session, roles, organisation_id)


def fallback_offer(session: Session, instance: ProcessInstance) -> Offer:
    """Where a step waits for which nobody was found: with the nearest process administrator, never passed by itself."""
    upwards = [organisation.id for organisation in ancestors(session, instance.organisation_id)]
    nearest = next((id_ for id_ in upwards if holders(session, "process_admin", id_)), instance.organisation_id)
    return Offer(group_queue("process_admin", nearest))


def _everybody(session: Session, roles: tuple[str, ...], organisation_id: int) -> list[Offer]:
    people = {user.id: None for role in roles for user in holders(session, role, organisation_id)}
    if people:
        return [Offer(user_queue(user_id), user_id) for user_id in people]
    return [Offer(group_queue(role, organisation_id)) for role in roles]


def resolve_organisation(session: Session, instance: ProcessInstance, text: str, variables: Mapping[str, Value]) -> int:
    """`case`, a level from the case's organisation upwards, or FEEL that gives an organisation id."""
    if text in ("", "case"):
        return instance.organisation_id
    if text in _LEVELS:
        found = ancestor_of_kind(session, instance.organisation_id, text)
        if found is None:
            raise NobodyResponsible()
        return found
    value = _value(text, variables)
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return int(value)
    raise NobodyResponsible(f"办理单位“{text}”没有得出有效的单位编号。")


def _person(session: Session, value: Value) -> Offer:
    plain = str(value) if isinstance(value, (int, Decimal, str)) and not isinstance(value, bool) else ""
    user_id = int(plain) if plain.isdecimal() else 0
    if session.get(User, user_id) is None:
        raise NobodyResponsible(f"指定的办理人“{plain}”不存在，请流程管理员检查。")
    return Offer(user_queue(user_id), user_id)


def _value(text: str, variables: Mapping[str, Value]) -> Value:
    return compile_expression(text[1:].strip()).evaluate(variables, strict=True) if text.startswith("=") else text


def _list(value: Value) -> list[Value]:
    return list(value) if isinstance(value, list) else [value]
