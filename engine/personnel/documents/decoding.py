"""Pictures are decoded a few at a time: one of sixty million pixels takes some hundred megabytes."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from engine.kernel.errors import Conflict

AT_ONCE = 2
PATIENCE = 30
"""Seconds that an upload waits for its turn."""
_TURNS = BoundedSemaphore(AT_ONCE)


@contextmanager
def turn() -> Iterator[None]:
    """One of the few places where a picture is decoded; Conflict when there is none in time."""
    if not _TURNS.acquire(timeout=PATIENCE):
        raise Conflict("现在上传图片的人较多，请稍后再试")
    try:
        yield
    finally:
        _TURNS.release()
