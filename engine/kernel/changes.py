"""The last writing of a transaction: rows that were only changed are written without the unit of work."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Update, bindparam, inspect, update
from sqlalchemy.orm import InstanceState, Mapper, Session
from sqlalchemy.orm.exc import StaleDataError

_STATEMENTS: dict[tuple[Mapper[Any], tuple[str, ...]], Update] = {}
_HERE = "at_"
"""Before the names of the values that say which row it is."""


def write_changes(session: Session) -> None:
    """Writes what is still unwritten, and empties the session: nothing may be changed in it any more.

    New and deleted rows need the order that the unit of work finds; for changed ones one UPDATE each, in the order of
    their tables, does the same for half the time. A row that is gone or has another revision is a lost race
    (StaleDataError), as ever.
    """
    if session.new or session.deleted or session.in_nested_transaction():
        session.flush()
        return
    states = [inspect(row) for row in session.dirty]
    changed = [state for state in states if state.committed_state]
    if not all(_plain(state) for state in changed):
        session.flush()
        return
    for state in sorted(changed, key=_place):
        _write(session, state)
    session.expunge_all()


@dataclass(frozen=True, slots=True)
class _Shape:
    """What has to be known of a table: the attributes of its key, of its revision, and of its other columns."""

    keys: tuple[str, ...]
    revision: str | None
    columns: frozenset[str]


_SHAPES: dict[Mapper[Any], _Shape] = {}


def _shape(mapper: Mapper[Any]) -> _Shape:
    known = _SHAPES.get(mapper)
    if known is None:
        keys = tuple(mapper.get_property_by_column(column).key for column in mapper.primary_key)
        revision = mapper.version_id_col
        name = None if revision is None else mapper.get_property_by_column(revision).key
        known = _SHAPES[mapper] = _Shape(keys, name, frozenset(mapper.column_attrs.keys()) - set(keys))
    return known


def _plain(state: InstanceState[Any]) -> bool:
    """Whether nothing but columns outside of the key has changed."""
    return _shape(state.mapper).columns.issuperset(state.committed_state)


def _place(state: InstanceState[Any]) -> tuple[str, Any]:
    return state.mapper.local_table.description, state.identity


def _write(session: Session, state: InstanceState[Any]) -> None:
    mapper, row = state.mapper, state.dict
    shape = _shape(mapper)
    values = {key: row[key] for key in state.committed_state}
    where: dict[str, Any] = dict(zip(shape.keys, state.identity or (), strict=True))
    if shape.revision is not None:
        where[shape.revision], values[shape.revision] = row[shape.revision], row[shape.revision] + 1
    done = session.connection().execute(
        _statement(mapper, tuple(sorted(values)), tuple(where)),
        {**values, **{f"{_HERE}{key}": value for key, value in where.items()}},
    )
    if done.rowcount != 1:
        raise StaleDataError(f"{mapper.local_table.description} was changed or removed by somebody else")
    row.update(values)


def _statement(mapper: Mapper[Any], changed: tuple[str, ...], where: tuple[str, ...]) -> Update:
    known = _STATEMENTS.get((mapper, changed))
    if known is None:
        columns = mapper.columns
        conditions = [columns[key] == bindparam(f"{_HERE}{key}", type_=columns[key].type) for key in where]
        new = {columns[key]: bindparam(key, type_=columns[key].type) for key in changed}
        known = _STATEMENTS[mapper, changed] = update(mapper.class_).where(*conditions).values(new)
    return known
