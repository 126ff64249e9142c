"""Organisations: the tree from the province down to the community."""

from collections.abc import Iterator
from enum import StrEnum

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, String, bindparam, func, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from engine.kernel.store import Base, Code


class OrganisationKind(StrEnum):
    """Levels and kinds of organisations [domain 0.2]."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    STREET = "street"
    COMMUNITY = "community"
    DEPARTMENT = "department"
    EXAM_ORGAN = "exam_organ"


class Organisation(Base):
    """A unit of the tree; `path` lists the ids from the root, such as /1/4/9/."""

    __tablename__ = "organisation"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[str] = mapped_column(Code, index=True)
    code: Mapped[str] = mapped_column(String(32), unique=True, comment="administrative or local code")
    name: Mapped[str] = mapped_column(String(64))
    path: Mapped[str] = mapped_column(String(255), index=True)
    active: Mapped[bool] = mapped_column(default=True)

    __table_args__ = (CheckConstraint("parent_id IS NULL OR parent_id <> id", name="not_own_parent"),)

    @property
    def lineage(self) -> tuple[int, ...]:
        """Ids from the root to this organisation, itself included."""
        return tuple(int(part) for part in self.path.split("/") if part)


def add_organisation(
    session: Session, kind: OrganisationKind, code: str, name: str, parent: Organisation | None = None
) -> Organisation:
    """A new organisation below `parent`."""
    organisation = Organisation(
        parent_id=parent.id if parent else None, kind=kind.value, code=code, name=name, path="", active=True
    )
    session.add(organisation)
    session.flush()
    organisation.path = f"{parent.path if parent else '/'}{organisation.id}/"
    session.flush()
    return organisation


def at_or_above(name: str) -> ColumnElement[bool]:
    """Condition: the organisation is the one whose id is bound to `name`, or one above it."""
    below = aliased(Organisation)
    path = select(below.path).where(below.id == bindparam(name)).scalar_subquery()
    return func.substr(path, 1, func.length(Organisation.path)) == Organisation.path


_ANCESTOR = select(Organisation.id).where(Organisation.kind == bindparam("kind"), at_or_above("below"))
"""Built once, because it runs with each step that is opened."""


def ancestor_of_kind(session: Session, organisation_id: int, kind: str) -> int | None:
    """The organisation of `kind` at or above the given one, in one statement."""
    found = session.connection().execute(_ANCESTOR, {"below": organisation_id, "kind": kind}).scalar()
    return None if found is None else int(found)


def ancestors(session: Session, organisation_id: int) -> Iterator[Organisation]:
    """The organisation itself, its parent and so on up to the root."""
    organisation = session.get(Organisation, organisation_id)
    while organisation is not None:
        yield organisation
        organisation = None if organisation.parent_id is None else session.get(Organisation, organisation.parent_id)


def subtree(session: Session, organisation_id: int) -> list[Organisation]:
    """The organisation and everything below it, in the order of their paths."""
    root = session.get_one(Organisation, organisation_id)
    query = select(Organisation).where(Organisation.path.startswith(root.path)).order_by(Organisation.path)
    return list(session.scalars(query))


def is_within(session: Session, organisation_id: int, ancestor_id: int) -> bool:
    """Whether the organisation is `ancestor_id` or lies below it."""
    organisation = session.get(Organisation, organisation_id)
    return organisation is not None and ancestor_id in organisation.lineage
