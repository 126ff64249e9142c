"""Column types of the domain."""

from typing import TypeVar

from sqlalchemy import Dialect, String
from sqlalchemy.types import TypeDecorator

from engine.personnel.vocabulary import Term

T = TypeVar("T", bound=Term)


class TermColumn(TypeDecorator[T]):
    """A term kept by its value; an unknown value in the store is an error, never a guess."""

    impl = String(32)
    cache_ok = True

    def __init__(self, kind: type[T]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: T | str | None, dialect: Dialect) -> str | None:
        return None if value is None else self.kind(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> T | None:
        return None if value is None else self.kind(value)
