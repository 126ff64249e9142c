"""The syntax tree. Frozen nodes; `at` is the offset of the node in its text."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from .types import FeelType
from .values import Value


@dataclass(frozen=True, slots=True)
class Node:
    """Any expression."""

    at: int


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A constant: number, text, boolean, null, date and so on."""

    value: Value


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A variable, or a function of the library."""

    name: str


@dataclass(frozen=True, slots=True)
class Path(Node):
    """`source.member`"""

    source: Node
    member: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """`source[condition]`: an index or a condition."""

    source: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`target(arguments)`; `keywords` names each argument or is empty."""

    target: Node
    arguments: tuple[Node, ...]
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Negation(Node):
    """`-operand`"""

    operand: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`left operator right` with one of + - * / **"""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """`left operator right` with one of = != < <= > >="""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """`a and b and c`, `a or b or c`: three-valued."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Between(Node):
    """`value between low and high`"""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class Test(Node):
    """One unary test; `operator` is "" for a plain value, list, range or an expression with `?`."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    """`value in (tests)`"""

    value: Node
    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class Conditional(Node):
    """`if condition then yes else no`"""

    condition: Node
    yes: Node
    no: Node


@dataclass(frozen=True, slots=True)
class Iteration(Node):
    """`name in domain` or `name in domain..end`"""

    name: str
    domain: Node
    end: Node | None


@dataclass(frozen=True, slots=True)
class For(Node):
    """`for iterations return body`"""

    iterations: tuple[Iteration, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """`some|every iterations satisfies condition`"""

    every: bool
    iterations: tuple[Iteration, ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """`value instance of type`"""

    value: Node
    type: FeelType


@dataclass(frozen=True, slots=True)
class RangeLiteral(Node):
    """`[start..end)`; a missing side is None, as in `(> 5)`."""

    start: Node | None
    end: Node | None
    start_included: bool
    end_included: bool


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    """`[a, b]`"""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entry(Node):
    """`key: value` of a context."""

    key: str
    value: Node


@dataclass(frozen=True, slots=True)
class ContextLiteral(Node):
    """`{key: value}`; later entries see earlier ones."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class FunctionLiteral(Node):
    """`function(a: number, b) body`"""

    parameters: tuple[tuple[str, FeelType | None], ...]
    body: Node


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below `node`."""
    for field in fields(node):
        value = object.__getattribute__(node, field.name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            yield from (item for item in value if isinstance(item, Node))


def size_and_depth(root: Node) -> tuple[int, int]:
    """Number of nodes and deepest nesting, found without recursion."""
    size = depth = 0
    open_nodes = [(root, 1)]
    while open_nodes:
        node, level = open_nodes.pop()
        size += 1
        depth = max(depth, level)
        open_nodes.extend((child, level + 1) for child in children(node))
    return size, depth
