"""A small model of block-structured processes: what is open after each operation, without tokens and without rows."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import pairwise

from tests.unit.workflow_spiff.drawing import (
    catch,
    diagram,
    element,
    end,
    extensions,
    flow,
    many,
    split,
    start,
    sub,
    timer,
)

OPERATIONS = "claim,return,transfer,delegate,withdraw"
INSTANCES = 2


@dataclass(frozen=True)
class Leaf:
    """`kind` is `task`, `many` (multi-instance) or `timer`; `rule` the completion rule of a task."""

    name: str
    kind: str = "task"
    rule: str = "any"


@dataclass(frozen=True)
class Row:
    """One after the other."""

    parts: "Sequence[Block]"


@dataclass(frozen=True)
class Fork:
    """All at the same time, then together."""

    parts: "Sequence[Block]"


@dataclass(frozen=True)
class Either:
    """The one that is chosen."""

    parts: "Sequence[Block]"
    chosen: int


@dataclass(frozen=True)
class Box:
    """A sub-process."""

    part: "Block"


Block = Leaf | Row | Fork | Either | Box


def leaves(block: Block) -> Iterator[Leaf]:
    """All leaves, in order."""
    if isinstance(block, Leaf):
        yield block
    else:
        for part in parts_of(block):
            yield from leaves(part)


def parts_of(block: Block) -> Sequence[Block]:
    if isinstance(block, Box):
        return [block.part]
    return [] if isinstance(block, Leaf) else block.parts


@dataclass
class Work:
    """Where a leaf stands: `idle`, `open`, `done` or `aside`; who signs, who has signed, who alone has it in hand."""

    state: str = "idle"
    signers: list[str] = field(default_factory=list)
    signed: list[str] = field(default_factory=list)
    only: str = ""
    left: int = 0


class Model:
    """The whole case."""

    def __init__(self, block: Block, officers: Sequence[str]) -> None:
        self.block = block
        self.officers = list(officers)
        self.paths = dict(_paths(block, ()))
        self.leaves = {leaf.name: leaf for leaf in leaves(block)}
        self.work = {name: Work() for name in self.leaves}
        self.corrections: dict[str, dict[str, Work]] = {}
        self.finished = False
        self.open(block)

    def open(self, block: Block) -> None:
        if isinstance(block, Leaf):
            self.work[block.name] = Work("open", list(self.officers), left=INSTANCES)
        elif isinstance(block, Row):
            self.open(block.parts[0])
        elif isinstance(block, Either):
            self.open(block.parts[block.chosen])
        else:
            for part in parts_of(block):
                self.open(part)

    def is_done(self, block: Block) -> bool:
        if isinstance(block, Leaf):
            return self.work[block.name].state == "done"
        if isinstance(block, Row):
            return self.is_done(block.parts[-1])
        if isinstance(block, Either):
            return self.is_done(block.parts[block.chosen])
        return all(self.is_done(part) for part in parts_of(block))

    def finish(self, name: str) -> None:
        self.work[name].state = "done"
        if name in self.corrections:
            self.work |= self.corrections.pop(name)
            return
        for block, index in reversed(self.paths[name]):
            if isinstance(block, Row) and index + 1 < len(block.parts):
                self.open(block.parts[index + 1])
                return
            if isinstance(block, Fork) and not self.is_done(block):
                return
        self.finished = True

    def sign(self, name: str, person: str) -> None:
        leaf, work = self.leaves[name], self.work[name]
        work.signed.append(person)
        work.left -= 1
        if leaf.kind == "many":
            if not work.left:
                self.finish(name)
        elif leaf.rule == "any" or set(work.signed) >= set(work.signers):
            self.finish(name)

    def after(self, name: str) -> list[str]:
        """Everything that comes of a leaf, itself first."""
        found = [name]
        for block, index in reversed(self.paths[name]):
            if isinstance(block, Row):
                found += [leaf.name for part in block.parts[index + 1 :] for leaf in leaves(part)]
        return found

    def send_back(self, target: str) -> None:
        for name in self.after(target):
            self.work[name] = Work()
            self.corrections.pop(name, None)
        self.open(self.leaves[target])

    def correct(self, sender: str, person: str, target: str) -> None:
        """A direct return: all that comes of the target keeps its state until it is done again."""
        if self.leaves[sender].rule == "any":
            self.work[sender].only = person
        gone = [name for name in self.after(target) if name != target and self.work[name].state != "idle"]
        self.corrections[target] = {name: self.work[name] for name in gone}
        self.work |= {name: Work("aside") for name in gone}
        self.open(self.leaves[target])

    def passed(self, name: str) -> set[str]:
        """The nodes passed on the way to a leaf."""
        found: set[str] = set()
        for block, index in self.paths[name]:
            if isinstance(block, Row):
                for part in block.parts[:index]:
                    found |= self._seen(part)
        return found

    def _seen(self, block: Block) -> set[str]:
        if isinstance(block, Leaf):
            return set() if block.kind == "timer" else {block.name}
        if isinstance(block, Box):
            return set()
        parts = [block.parts[block.chosen]] if isinstance(block, Either) else block.parts
        return set().union(*(self._seen(part) for part in parts))

    def boxes_over(self, name: str) -> bool:
        """Whether the leaf lies in a sub-process that is over."""
        return any(isinstance(block, Box) and self.is_done(block) for block, _ in self.paths[name])

    def open_leaves(self, kind: str) -> list[str]:
        return sorted(n for n, work in self.work.items() if work.state == "open" and self.leaves[n].kind == kind)

    def holders(self, name: str) -> list[str]:
        """Who has the open task in his list."""
        leaf, work = self.leaves[name], self.work[name]
        if leaf.rule == "any":
            return [work.only] if work.only else self.officers
        waiting = [person for person in work.signers if person not in work.signed]
        return waiting[:1] if leaf.rule == "ordered" else waiting

    def copy(self) -> "Model":
        twin = Model(self.block, self.officers)
        twin.work, twin.corrections = deepcopy((self.work, self.corrections))
        twin.finished = self.finished
        return twin


def _paths(block: Block, way: tuple[tuple[Block, int], ...]) -> Iterator[tuple[str, tuple[tuple[Block, int], ...]]]:
    if isinstance(block, Leaf):
        yield block.name, way
    for index, part in enumerate(parts_of(block)):
        yield from _paths(part, (*way, (block, index)))


class Drawn:
    """The model's block as BPMN."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.number = 0

    def name(self, kind: str) -> str:
        self.number += 1
        return f"{kind}{self.number}"

    def draw(self, block: Block) -> tuple[str, str]:
        """First and last node."""
        if isinstance(block, Leaf):
            self.parts.append(_drawn_leaf(block))
            return block.name, block.name
        if isinstance(block, Box):
            return self._box(block)
        ends = [self.draw(part) for part in block.parts]
        if isinstance(block, Row):
            self.parts += [flow(before[1], after[0]) for before, after in pairwise(ends)]
            return ends[0][0], ends[-1][1]
        return self._gateways(block, ends)

    def _gateways(self, block: Fork | Either, ends: Sequence[tuple[str, str]]) -> tuple[str, str]:
        opening, closing = self.name("g"), self.name("g")
        if isinstance(block, Fork):
            self.parts += [split(opening), split(closing)]
            self.parts += [flow(opening, first) for first, _ in ends]
        else:
            default = f"{opening}__{ends[block.chosen][0]}"
            kind = "exclusiveGateway"
            self.parts += [split(opening, kind, default=default), split(closing, kind)]
            self.parts += [flow(opening, first, when="" if index == block.chosen else "= false")
                           for index, (first, _) in enumerate(ends)]  # fmt: skip
        self.parts += [flow(last, closing) for _, last in ends]
        return opening, closing

    def _box(self, block: Box) -> tuple[str, str]:
        outside, self.parts = self.parts, []
        name, begin, over = self.name("box"), self.name("s"), self.name("e")
        first, last = self.draw(block.part)
        inner = [start(begin), *self.parts, end(over), flow(begin, first), flow(last, over)]
        self.parts = [*outside, sub(name, *inner)]
        return name, name


def drawn(block: Block, process_id: str) -> bytes:
    """The process of a block."""
    drawing = Drawn()
    first, last = drawing.draw(block)
    return diagram(start(), *drawing.parts, end(), flow("s", first), flow(last, "e"), process_id=process_id)


def _drawn_leaf(leaf: Leaf) -> str:
    if leaf.kind == "timer":
        return catch(leaf.name, timer("timeDuration", "PT1H"))
    settings = {"organisation": "county", "decisions": "pass:同意", "operations": OPERATIONS,
                "completionRule": leaf.rule, "deadlineHours": "999"}  # fmt: skip
    rows = "".join(f'<zeebe:property name="{name}" value="{value}"/>' for name, value in settings.items())
    who = (
        '<zeebe:userTask/><zeebe:formDefinition formId="form"/>'
        '<zeebe:assignmentDefinition candidateGroups="county_head"/>'
    )
    loop = many("= [1, 2]", "number") if leaf.kind == "many" else ""
    return element("userTask", leaf.name, extensions(who, f"<zeebe:properties>{rows}</zeebe:properties>"), loop)
