"""What a list is narrowed to, as it stands in its address and in saved filters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import request
from sqlalchemy import or_, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from engine.identity.organisations import Organisation, OrganisationKind
from engine.kernel.actor import Actor
from engine.workflow.states import InstanceState
from engine.workflow.worklist import Cursor, Filter, Order
from webapp.numbers import whole
from webapp.paging import after_moment

LONGEST_SEARCH = 40
PLACES = 300


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Everything that lists can be narrowed by; each list reads what it knows."""

    process: str = ""
    node: str = ""
    organisation: int | None = None
    overdue: bool = False
    mine: bool = False
    newest: bool = False
    typed: str = ""
    state: str = ""
    unread: bool = False

    @property
    def order(self) -> Order:
        return Order.NEWEST if self.newest else Order.DUE

    @property
    def instance_state(self) -> str | None:
        """The state of a case, when one is asked for that there is."""
        return self.state if self.state in set(InstanceState) else None

    def filter(self, now: datetime) -> Filter:
        """The same for the engine."""
        late = now if self.overdue else None
        return Filter(self.process or None, self.node or None, self.organisation, late, self.mine)

    def address(self) -> dict[str, Any]:
        """The parts of the address that ask for this."""
        place = "" if self.organisation is None else str(self.organisation)
        flags = {"overdue": self.overdue, "mine": self.mine, "unread": self.unread}
        words = {
            "process": self.process, "node": self.node, "organisation": place, "q": self.typed, "state": self.state,
            "sort": "newest" if self.newest else "",
        }  # fmt: skip
        found = {**words, **{name: "1" for name, wanted in flags.items() if wanted}}
        return {name: value for name, value in found.items() if value}


def narrowing_of(given: "MultiDict[str, str] | Mapping[str, str]") -> Narrowing:
    """What an address or a saved filter asks for; what cannot be read is not asked."""
    values = MultiDict(given)
    return Narrowing(
        values.get("process", "")[:64], values.get("node", "")[:64], values.get("organisation", type=whole),
        values.get("overdue") == "1", values.get("mine") == "1", values.get("sort") == "newest",
        values.get("q", "").strip()[:LONGEST_SEARCH], values.get("state", "")[:64], values.get("unread") == "1",
    )  # fmt: skip


def asked_here() -> Narrowing:
    """What the address of this page asks for."""
    return narrowing_of(request.args)


def cursor() -> Cursor | None:
    """Where this page of a list in order of time begins."""
    moment, number = after_moment()
    return None if moment is None else Cursor(moment, number)


def places_of(session: Session, person: Actor) -> Sequence[tuple[int, str]]:
    """Counties and streets at and below the person's units, to narrow by."""
    held = session.scalars(
        select(Organisation.path).where(Organisation.id.in_({m.organisation_id for m in person.memberships}))
    ).all()
    kinds = (OrganisationKind.COUNTY.value, OrganisationKind.STREET.value)
    query = select(Organisation.id, Organisation.name).where(
        or_(*(Organisation.path.startswith(path) for path in held)), Organisation.kind.in_(kinds)
    )
    return list(session.execute(query.order_by(Organisation.path).limit(PLACES))) if held else []
