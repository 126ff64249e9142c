"""The draw of rooms and seats that anybody can recompute from the published seed.

Published rule: for every exam participant compute SHA-256 of the text `seed:registration number`
(UTF-8), written in lower-case hexadecimal. Sort the participants by that value. Fill the rooms in
their order, each from seat 1 to its capacity.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from engine.kernel.errors import Invalid


@dataclass(frozen=True, slots=True)
class Room:
    """An exam room in the order in which rooms are filled."""

    name: str
    capacity: int


@dataclass(frozen=True, slots=True)
class DrawnSeat:
    """Where a participant sits; `draw_value` is what decided."""

    number: str
    room: str
    seat: int
    draw_value: str


def draw(seed: str, numbers: Sequence[str], rooms: Sequence[Room]) -> list[DrawnSeat]:
    """Seats for the registration `numbers`; the same arguments give the same seats everywhere."""
    places = [(room.name, seat) for room in rooms for seat in range(1, room.capacity + 1)]
    if len(set(numbers)) != len(numbers):
        raise Invalid("抽签名单中有重复的报名序号")
    if len(places) < len(numbers):
        raise Invalid(f"考场共有 {len(places)} 个座位，不够安排 {len(numbers)} 名考生，请增加考场")
    drawn = sorted((draw_value(seed, number), number) for number in numbers)
    return [DrawnSeat(number, *place, value) for (value, number), place in zip(drawn, places, strict=False)]


def draw_value(seed: str, number: str) -> str:
    """SHA-256 of `seed:number` in lower-case hexadecimal."""
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()
