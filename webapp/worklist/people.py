"""Finding colleagues by name, with their posts and units, for whoever gives them something to do."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation
from engine.identity.roles import LABELS
from engine.identity.users import RoleMembership, User
from engine.workflow.diagram import Settings
from engine.workflow.items import DECIDING
from engine.workflow.people import GUARDIANS, colleagues
from engine.workflow.states import HELPERS, UNDECIDED_ITEMS, WorkItemState
from engine.workflow.tables import ProcessInstance, Submission, WorkItem

SHOWN = 8
"""So many people are listed; a name narrows them."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be chosen: his posts with their units tell people of one name apart."""

    id: int
    name: str
    posts: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Found:
    """Those who are chosen already, then those who were found; `more`: a longer name finds others."""

    people: Sequence[Person]
    typed: str
    more: bool


def find_people(
    session: Session, instance: ProcessInstance, *, typed: str, chosen: Collection[int], without: Collection[int],
    near: Collection[int] = (), among: Collection[int] | None = None,
) -> Found:  # fmt: skip
    """Colleagues who may have work of the case, by name or its pinyin; those at the units `near` come first.

    `among` narrows them to some people; None: everybody.
    """
    found = [user for user in colleagues(session, instance) if user.id not in without]
    all_of_them = [user for user in found if among is None or user.id in among]
    return find_among(session, all_of_them, typed=typed, chosen=chosen, near=near)


def find_among(
    session: Session, all_of_them: Sequence[User], *, typed: str, chosen: Collection[int], near: Collection[int] = ()
) -> Found:
    """The same among people who are known already."""
    posts = _posts(session, [user.id for user in all_of_them])
    picked = [user for user in all_of_them if user.id in chosen]
    matching = [user for user in all_of_them if user.id not in chosen and _matches(user, typed)]
    matching.sort(key=lambda user: not any(place in near for place, _ in posts.get(user.id, ())))
    shown = [*picked, *matching[:SHOWN]]
    people = [_person(user, posts.get(user.id, ()), chosen) for user in shown]
    return Found(people, typed, len(matching) > SHOWN)


def unfit(session: Session, item: WorkItem, settings: Settings) -> frozenset[int]:
    """Who cannot be given the step: those who have it already, and those whom the node keeps from it."""
    instance = session.get_one(ProcessInstance, item.instance_id)
    found: set[int | None] = set()
    for each in session.scalars(select(WorkItem).where(WorkItem.step_id == item.step_id)):
        if each.state in UNDECIDED_ITEMS or (each.state == WorkItemState.COMPLETED and each.origin not in HELPERS):
            found |= {each.assignee_id, each.completed_by}
    if "initiator" in settings.exclude or settings.self_approval is not None:
        found.add(instance.initiator_id)
    nodes = [rule.removeprefix("handlerOf:") for rule in settings.exclude if rule.startswith("handlerOf:")]
    handled = select(Submission.actor_id).where(
        Submission.instance_id == instance.id, Submission.node_id.in_(nodes), Submission.operation.in_(DECIDING)
    )
    return frozenset(id_ for id_ in (*found, *session.scalars(handled)) if id_ is not None)


def people_named(session: Session, user_ids: Sequence[int]) -> str:
    """The names of people, for messages."""
    names = dict(session.execute(select(User.id, User.name).where(User.id.in_(user_ids))).all())
    return "、".join(names[user_id] for user_id in user_ids if user_id in names)


def _matches(user: User, typed: str) -> bool:
    return typed in user.name or (typed.isascii() and user.sort_key.replace(" ", "").startswith(typed.lower()))


def _person(user: User, posts: Sequence[tuple[int, str]], chosen: Collection[int]) -> Person:
    return Person(user.id, user.name, "；".join(words for _, words in posts), user.id in chosen)


def _posts(session: Session, user_ids: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    """Person -> (unit, post in words) of everything he holds."""
    query = (
        select(RoleMembership.user_id, RoleMembership.role, Organisation.id, Organisation.name)
        .join(Organisation, Organisation.id == RoleMembership.organisation_id)
        .where(RoleMembership.user_id.in_(user_ids), RoleMembership.role.not_in(GUARDIANS))
        .order_by(Organisation.path, RoleMembership.role)
    )
    found: dict[int, list[tuple[int, str]]] = {}
    for user_id, role, place, name in session.execute(query):
        found.setdefault(user_id, []).append((place, f"{name} · {LABELS.get(role, role)}"))
    return found
