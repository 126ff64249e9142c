"""Static check of table cells: constants that cannot be of the type of their column."""

from ..library import STANDARD
from ..parser import Parser
from ..syntax import ListLiteral, Literal, Negation, Node, RangeLiteral
from ..tokens import Source
from ..types import BASE_TYPES, KIND_LABELS, FeelType, conforms, label_of

_CHECKED = frozenset(kind.kind for kind in BASE_TYPES.values()) - {
    "any",
    "list",
    "context",
    "range",
    "function",
    "null",
}


def base_of(kind: FeelType | None) -> FeelType | None:
    """The simple type below an alias; None if constants cannot be judged by it."""
    while kind is not None and kind.base is not None:
        kind = kind.base
    return kind if kind is not None and kind.kind in _CHECKED else None


def misfit_tests(text: str, kind: FeelType | None) -> str:
    """What is wrong with the constants of an input cell, or ""."""
    wanted = base_of(kind)
    if wanted is None or text == "-":
        return ""
    tests, _ = Parser(Source(text), STANDARD.names, {}).tests_text()
    return next((problem for test in tests if (problem := _misfit(test.operand, wanted))), "")


def misfit_expression(text: str, kind: FeelType | None) -> str:
    """What is wrong with the constant of an output cell, or ""."""
    wanted = base_of(kind)
    if wanted is None:
        return ""
    node = Parser(Source(text), STANDARD.names, {}).expression_text()
    return _misfit(node, wanted) if isinstance(node, (Literal, Negation)) else ""


def constant_of(text: str) -> Literal | None:
    """The constant an output cell consists of, None if it is a calculation."""
    node = Parser(Source(text), STANDARD.names, {}).expression_text()
    return node if isinstance(node, Literal) else None


def _misfit(node: Node, wanted: FeelType) -> str:
    for constant in _constants(node):
        if not conforms(constant.value, wanted):
            label = KIND_LABELS.get(wanted.kind, wanted.kind)
            return f"单元格的值是{label_of(constant.value)}，应为{label}"
    return ""


def _constants(node: Node) -> list[Literal]:
    if isinstance(node, Literal):
        return [node]
    if isinstance(node, Negation):
        return _constants(node.operand)
    if isinstance(node, RangeLiteral):
        return [found for side in (node.start, node.end) if side is not None for found in _constants(side)]
    if isinstance(node, ListLiteral):
        return [found for item in node.items for found in _constants(item)]
    return []
