"""What a home page is made of: panels with figures, rows and charts, and the look that fills them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import current_app, url_for
from sqlalchemy.orm import Session

from engine.kernel.actor import Actor
from webapp.due import Due
from webapp.permissions import permission_of


@dataclass(frozen=True, slots=True)
class Look:
    """Who looks at his home page, and when."""

    session: Session
    actor: Actor
    now: datetime
    today: date

    def address(self, endpoint: str, **values: Any) -> str | None:
        """The address of a page; None when the person may not open it."""
        permission = permission_of(current_app, endpoint)
        return url_for(endpoint, **values) if permission is not None and permission.allows(self.actor) else None


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and the cases behind it; `late` shows it in red when it is not nought."""

    label: str
    value: int | str
    href: str | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One thing by name."""

    title: str
    href: str | None = None
    note: str = ""
    chip: str = ""
    tone: str = "wait"
    due: Due | None = None
    button: str = ""
    """Words of a button that leads to `href`; the title is plain then."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of a table and where it leads."""

    value: int | str
    href: str | None = None
    late: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers side by side, the name first."""

    columns: Sequence[str]
    lines: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Panel:
    """One part of a home page."""

    title: str
    figures: Sequence[Figure] = ()
    rows: Sequence[Row] = ()
    table: Table | None = None
    chart: dict[str, Any] | None = None
    chart_label: str = ""
    note: str = ""
    empty: str = ""
    """What is said when there are no rows."""
    first: bool = False
    """Stands above the work that waits: the person's own affairs."""
    href: str | None = None
    link: str = ""
    posting: str | None = None
    """Address that the button `link` posts to, instead of a link."""


Builder = Callable[[Look], Sequence[Panel]]
