"""Assignment: to whom a step is offered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.decision import FeelError, Value, compile_expression
from engine.identity.organisations import OrganisationKind, ancestor_of_kind, ancestors
from engine.identity.roles import LABELS
from engine.identity.users import RoleMembership, User, held_above, held_at, holders
from engine.kernel.errors import ShegongError
from engine.workflow.diagram import CompletionKind, EmptyHandler, Node, Settings
from engine.workflow.tables import ChosenHandler, ProcessInstance

LARGEST_ID = 2**31 - 1
"""Of people and organisations; what an expression gives beyond it names nobody."""
_LEVELS = {kind.value for kind in OrganisationKind}


class NobodyResponsible(ShegongError):
    """没有找到该环节的办理人，请流程管理员检查岗位设置。"""

    code = "nobody_responsible"
    meanwhile: Sequence["Offer"] = ()
    """Empty lists in which the step lies all the same, so that whoever gets the role has it at once."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One work item to be: a person, or the holders of a role at an organisation."""

    queue: str
    user_id: int | None = None
    weight: int = 1
    by_role: str = ""
    """The role by which the person has it; empty: he was named himself."""

    @property
    def role(self) -> str:
        """The role whose holders it concerns, also through their deputies."""
        return self.by_role or self.queue.partition("@")[0] if "@" in self.queue else self.by_role


def group_queue(role: str, organisation_id: int) -> str:
    """The open list of a candidate group."""
    return f"{role}@{organisation_id}"


def user_queue(user_id: int) -> str:
    """The open list of one person."""
    return f"user:{user_id}"


def resolve_offers(
    session: Session, instance: ProcessInstance, node: Node, variables: Mapping[str, Value]
) -> list[Offer]:
    """The offers of a step, from the node's settings: its chosen handlers, else its candidates.

    Under a completion rule for several people each holder of the role gets a work item of his own.
    """
    settings = node.settings
    chosen = chosen_handlers(session, instance.id, node.id) if settings.chosen_by else []
    offers = [Offer(user_queue(user_id), user_id, by_role=role_of(session, user_id, settings)) for user_id in chosen]
    offers = offers or _drawn_offers(session, instance, settings, variables)
    if settings.self_approval is not None and instance.initiator_id is not None:
        return _without_initiator(session, instance, settings, variables, offers)
    return offers


def _drawn_offers(
    session: Session, instance: ProcessInstance, settings: Settings, variables: Mapping[str, Value]
) -> list[Offer]:
    if settings.assignee:
        return [_person(session, value) for value in _list(_value(settings.assignee, variables))]
    roles = _roles(settings, variables)
    if settings.completion_rule.kind is not CompletionKind.ANY:
        place = resolve_organisation(session, instance, settings.organisation, variables)
        return _everybody(session, roles, place, settings) or [_instead(session, settings, roles, place)]
    place, held = _place(session, instance, settings.organisation, variables, roles[0])
    if held or any(held_at(session, role, place) for role in roles[1:]):
        return [Offer(group_queue(role, place)) for role in roles]
    return [_instead(session, settings, roles, place)]


def _place(
    session: Session, instance: ProcessInstance, text: str, variables: Mapping[str, Value], role: str
) -> tuple[int, bool]:
    """The organisation of a node, and whether somebody holds the role there; a level costs one statement."""
    if text not in _LEVELS:
        place = resolve_organisation(session, instance, text, variables)
        return place, held_at(session, role, place)
    found = held_above(session, role, instance.organisation_id, text)
    if found is None:
        raise NobodyResponsible()
    return found


def _instead(session: Session, settings: Settings, roles: Sequence[str], place: int) -> Offer:
    """Where a step goes whose roles nobody holds: to the superior if the node says so (`emptyHandler`).

    Raises NobodyResponsible: then it waits with a process administrator, who is told.
    """
    upwards = list(ancestors(session, place))
    if settings.empty_handler is EmptyHandler.SUPERIOR:
        for organisation in upwards[1:]:
            for role in roles:
                if held_at(session, role, organisation.id):
                    return Offer(group_queue(role, organisation.id))
    named = "、".join(LABELS.get(role, role) for role in roles)
    name = upwards[0].name if upwards else ""
    nobody = NobodyResponsible(f"{name}没有“{named}”岗位的在岗人员，请设置岗位，或由流程管理员办理。")
    if settings.completion_rule.kind is CompletionKind.ANY:
        nobody.meanwhile = [Offer(group_queue(role, place)) for role in roles]
    raise nobody


def _roles(settings: Settings, variables: Mapping[str, Value]) -> tuple[str, ...]:
    if settings.candidate_groups:
        return settings.candidate_groups
    text = settings.candidate_groups_expression
    found = tuple(str(role) for role in _list(_value(text, variables))) if text else ()
    if not found:
        raise NobodyResponsible()
    return found


def role_of(session: Session, user_id: int, settings: Settings) -> str:
    """The role of a node by which somebody does it who was picked by hand; empty when he holds none of them."""
    query = select(RoleMembership.role).where(
        RoleMembership.user_id == user_id, RoleMembership.role.in_(settings.candidate_groups)
    )
    held = set(session.scalars(query)) if settings.candidate_groups else set()
    return next((role for role in settings.candidate_groups if role in held), "")


def chosen_handlers(session: Session, instance_id: int, node_id: str) -> list[int]:
    """The active people who were chosen for a node of the case."""
    query = (
        select(ChosenHandler.user_id)
        .join(User, User.id == ChosenHandler.user_id)
        .where(ChosenHandler.instance_id == instance_id, ChosenHandler.node_id == node_id, User.active)
        .order_by(User.sort_key, User.id)
    )
    return list(session.scalars(query))


def candidates(
    session: Session, instance: ProcessInstance, settings: Settings, variables: Mapping[str, Value]
) -> list[User]:
    """The people who may be chosen for a node, by name: the holders of its roles, or those its expression names."""
    try:
        if settings.assignee:
            named = [_person(session, value).user_id for value in _list(_value(settings.assignee, variables))]
            return list(map(partial(session.get_one, User), named))
        place = resolve_organisation(session, instance, settings.organisation, variables)
        found = {user.id: user for role in _roles(settings, variables) for user in holders(session, role, place)}
    except (NobodyResponsible, FeelError):
        return []
    return list(found.values())


def _without_initiator(
    session: Session, instance: ProcessInstance, settings: Settings, variables: Mapping[str, Value],
    offers: Sequence[Offer],
) -> list[Offer]:  # fmt: skip
    """Nobody approves his own case: what would be the initiator's goes to the superior (`selfApproval`)."""
    others = [offer for offer in offers if not _only(session, offer, instance.initiator_id)]
    if len(others) == len(offers):
        return list(offers)
    superior = _superior(session, instance, settings, variables)
    return [*others, superior] if superior not in others else others


def _only(session: Session, offer: Offer, user_id: int | None) -> bool:
    return handlers_of_offer(session, offer) == [user_id]


def _superior(session: Session, instance: ProcessInstance, settings: Settings, variables: Mapping[str, Value]) -> Offer:
    """The nearest group upwards in which somebody else than the initiator is."""
    role = settings.self_approval.role if settings.self_approval else ""
    roles = (role,) if role else _roles(settings, variables)
    place = resolve_organisation(session, instance, settings.organisation, variables)
    for organisation in ancestors(session, place):
        for each in roles:
            if any(user.id != instance.initiator_id for user in holders(session, each, organisation.id)):
                return Offer(group_queue(each, organisation.id))
    raise NobodyResponsible("办理人与发起人相同，且没有找到上级办理人，请流程管理员处理。")


def handlers_of_offer(session: Session, offer: Offer) -> list[int]:
    """Everybody who could take it."""
    if offer.user_id is not None:
        return [offer.user_id]
    role, _, place = offer.queue.partition("@")
    return [user.id for user in holders(session, role, int(place))]


def fallback_offer(session: Session, instance: ProcessInstance) -> Offer:
    """Where a step waits for which nobody was found: with the nearest process administrator, never passed by itself."""
    upwards = [organisation.id for organisation in ancestors(session, instance.organisation_id)]
    nearest = next((id_ for id_ in upwards if holders(session, "process_admin", id_)), instance.organisation_id)
    return Offer(group_queue("process_admin", nearest))


def _everybody(session: Session, roles: Sequence[str], organisation_id: int, settings: Settings) -> list[Offer]:
    """One offer a person; somebody with two of the roles votes with the heavier."""
    people: dict[int, Offer] = {}
    for role in roles:
        weight = settings.weights.get(role, 1)
        for user in holders(session, role, organisation_id):
            if user.id not in people or people[user.id].weight < weight:
                people[user.id] = Offer(user_queue(user.id), user.id, weight, role)
    return list(people.values())


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
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool) and 0 < value <= LARGEST_ID:
        return int(value)
    raise NobodyResponsible(f"办理单位“{text}”没有得出有效的单位编号。")


def _person(session: Session, value: Value) -> Offer:
    plain = str(value) if isinstance(value, (int, Decimal, str)) and not isinstance(value, bool) else ""
    user_id = int(plain) if plain.isdecimal() and len(plain) <= len(str(LARGEST_ID)) else 0
    user = session.get(User, user_id) if user_id <= LARGEST_ID else None
    if user is None:
        raise NobodyResponsible(f"指定的办理人“{plain}”不存在，请流程管理员检查。")
    if not user.active:
        raise NobodyResponsible(f"指定的办理人{user.name}的账号已停用，请流程管理员转办此件。")
    return Offer(user_queue(user_id), user_id)


def _value(text: str, variables: Mapping[str, Value]) -> Value:
    return compile_expression(text[1:].strip()).evaluate(variables, strict=True) if text.startswith("=") else text


def _list(value: Value) -> list[Value]:
    return list(value) if isinstance(value, list) else [value]
