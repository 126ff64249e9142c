"""Random block-structured processes, played in random order with random returns: nothing is lost, nothing is left."""

import random
from itertools import count

import pytest

from engine.workflow.spiff import WaitKind
from tests.unit.workflow_spiff.drawing import diagram, end, flow, split, start, sub, user
from tests.unit.workflow_spiff.stories import Story


class Drawing:
    """Draws blocks with one way in and one way out; `build` returns both ends."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.numbers = count(1)
        self.parts: list[str] = []

    def name(self, kind: str) -> str:
        return f"{kind}{next(self.numbers)}"

    def build(self, depth: int) -> tuple[str, str]:
        kind = self.random.choice(["task", "line", "parallel", "inclusive", "loop", "box"]) if depth else "task"
        return getattr(self, kind)(depth - 1)

    def task(self, depth: int) -> tuple[str, str]:
        name = self.name("u")
        self.parts.append(user(name))
        return name, name

    def line(self, depth: int) -> tuple[str, str]:
        first, second = self.build(depth), self.build(depth)
        self.parts.append(flow(first[1], second[0]))
        return first[0], second[1]

    def parallel(self, depth: int, kind: str = "parallelGateway", when: str = "") -> tuple[str, str]:
        fork, join = self.name("f"), self.name("j")
        self.parts += [split(fork, kind), split(join, kind)]
        for _ in range(self.random.choice([2, 2, 3])):
            first, last = self.build(depth)
            self.parts += [flow(fork, first, when=when), flow(last, join)]
        return fork, join

    def inclusive(self, depth: int) -> tuple[str, str]:
        return self.parallel(depth, "inclusiveGateway", "= true")

    def loop(self, depth: int) -> tuple[str, str]:
        merge, choice = self.name("m"), self.name("x")
        again, onward = self.build(depth), self.name("u")
        turn = f"{choice}__{merge}"
        condition = f"= {again[0]}_turns < 2" if again[0].startswith("u") else "= false"
        self.parts += [
            split(merge, "exclusiveGateway"), split(choice, "exclusiveGateway", default=f"{choice}__{onward}"),
            user(onward), flow(merge, again[0]), flow(again[1], choice),
            flow(choice, merge, when=condition, flow_id=turn),
            flow(choice, onward),
        ]  # fmt: skip
        return merge, onward

    def box(self, depth: int) -> tuple[str, str]:
        outside, self.parts = self.parts, []
        name, begin, finish = self.name("box"), self.name("bs"), self.name("be")
        first, last = self.build(depth)
        inner = [start(begin), end(finish), flow(begin, first), flow(last, finish), *self.parts]
        self.parts = [*outside, sub(name, *inner)]
        return name, name

    def document(self) -> bytes:
        first, last = self.line(3)
        return diagram(start(), *self.parts, end(), flow("s", first), flow(last, "e"))


class Player:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        names = {f"u{n}_turns": 0 for n in range(200)}
        self.story = Story(Drawing(seed).document(), **names)
        self.turns: dict[str, int] = {}

    def complete_one(self) -> None:
        wait = self.random.choice(self.story.waits(WaitKind.USER))
        turns = self.turns[wait.node_id] = self.turns.get(wait.node_id, 0) + 1
        self.story.case.complete(wait.token, {f"{wait.node_id}_turns": turns})
        self.story.go_on()

    def send_one_back(self) -> None:
        wait = self.random.choice(self.story.waits(WaitKind.USER))
        targets = self.story.case.passed(wait.token)
        if not targets:
            return
        target = self.random.choice(targets)
        others = {each.token for each in self.story.waits()}
        self.story.case.send_back(wait.token, target)
        self.story.go_on()
        fresh = [each for each in self.story.waits() if each.token not in others]
        assert [each.node_id for each in fresh] == [target]
        assert wait.token not in {each.token for each in self.story.waits()}
        assert len({each.node_id for each in self.story.waits()}) == len(self.story.waits())


@pytest.mark.parametrize("seed", range(60))
def test_any_process_can_be_finished_whatever_was_sent_back(seed: int) -> None:
    player = Player(seed)
    returns = 0
    for _ in range(400):
        if player.story.finished:
            break
        if returns < 12 and player.random.random() < 0.25:
            returns += 1
            player.send_one_back()
        else:
            player.complete_one()
    assert player.story.finished
    assert player.story.case.ended_at_nodes == ("e",)
