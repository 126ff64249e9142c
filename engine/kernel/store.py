"""The store: SQLAlchemy base, column types, and one way to open SQLite or PostgreSQL."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    String,
    create_engine,
    event,
)
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

from engine.kernel.cipher import Cipher

T = TypeVar("T")

_CIPHERS: WeakKeyDictionary[Dialect, Cipher] = WeakKeyDictionary()

BigId = BigInteger().with_variant(Integer, "sqlite")
"""Primary key type: 64 bits; SQLite only counts up by itself on INTEGER."""


class Base(DeclarativeBase):
    """All tables of the product."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment; SQLite keeps it as UTC without zone, PostgreSQL as timestamptz."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class _Sealed(TypeDecorator[T]):
    """A value encrypted with the cipher of the store that the dialect belongs to."""

    impl = LargeBinary
    cache_ok = True

    def to_bytes(self, value: T) -> bytes:
        raise TypeError(f"{type(self).__name__} has no plain form")

    def of_bytes(self, plain: bytes) -> T:
        raise TypeError(f"{type(self).__name__} has no plain form")

    def process_bind_param(self, value: T | None, dialect: Dialect) -> bytes | None:
        return None if value is None else _CIPHERS[dialect].encrypt(self.to_bytes(value))

    def process_result_value(self, value: Any | None, dialect: Dialect) -> T | None:
        return None if value is None else self.of_bytes(_CIPHERS[dialect].decrypt(bytes(value)))


class EncryptedText(_Sealed[str]):
    """Text that stands encrypted in the database (ID number, phone, address, health)."""

    cache_ok = True

    def to_bytes(self, value: str) -> bytes:
        return value.encode()

    def of_bytes(self, plain: bytes) -> str:
        return plain.decode()


class EncryptedJson(_Sealed[Any]):
    """Plain data that stands encrypted in the database (what people typed)."""

    cache_ok = True

    def to_bytes(self, value: Any) -> bytes:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str).encode()

    def of_bytes(self, plain: bytes) -> Any:
        return json.loads(plain)


class EncryptedBytes(_Sealed[bytes]):
    """Bytes that stand encrypted in the database."""

    cache_ok = True

    def to_bytes(self, value: bytes) -> bytes:
        return value

    def of_bytes(self, plain: bytes) -> bytes:
        return plain


class FixedDecimal(TypeDecorator[Decimal]):
    """A decimal with a fixed number of places, rounded half up, exact on both databases (stored as scaled integer)."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int = 2) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | int | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.places)
        return int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP))

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(int(value)).scaleb(-self.places)


Score = FixedDecimal(2)
"""Scores: two decimals, half up [domain 1.11]."""
Money = FixedDecimal(2)
"""Yuan with two decimals."""
Code = String(64)
"""Short machine-readable text: keys, states, roles."""
PlainJson = JSON
"""Plain data without personal facts."""


class Store:
    """One database with its cipher; sessions for the one transaction and for reading."""

    def __init__(self, engine: Engine, cipher: Cipher) -> None:
        self.engine = engine
        self.cipher = cipher
        _CIPHERS[engine.dialect] = cipher
        self._sessions = sessionmaker(engine, expire_on_commit=False, autoflush=True)
        self._readers = sessionmaker(
            engine.execution_options(shegong_reading=True, postgresql_readonly=True), autoflush=False
        )
        # an engine with options has the same dialect object, so the cipher is found there too

    @property
    def dialect(self) -> str:
        return self.engine.dialect.name

    def session(self) -> Session:
        """A session for ProcessEngine.execute; nobody else writes."""
        return self._sessions()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads; whatever is changed in it is thrown away."""
        with self._readers() as session:
            try:
                yield session
            finally:
                session.expunge_all()
                session.rollback()

    def create_all(self) -> None:
        """All tables at once, for tests; installations migrate."""
        Base.metadata.create_all(self.engine)

    def close(self) -> None:
        self.engine.dispose()


def open_store(url: str, cipher: Cipher) -> Store:
    """Opens the database at `url`; SQLite in WAL mode with synchronous=FULL."""
    engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"), hide_parameters=True)
    # errors of the database show the statement, never what somebody typed
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return Store(engine, cipher)


def connection_lost(error: BaseException) -> bool:
    """Whether the database went away under a statement; nothing of the transaction is left then."""
    return isinstance(error, DBAPIError) and error.connection_invalidated


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions are begun below, by us
    cursor = connection.cursor()
    for pragma in ("busy_timeout=15000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("shegong_reading", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")
