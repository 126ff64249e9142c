"""Item definitions: the types a decision model declares, resolved by name."""

from collections.abc import Callable

from ..budget import Budget
from ..errors import FeelSyntaxError
from ..expression import UnaryTests, compile_unary_tests
from ..run import Run
from ..types import ANY, BASE_TYPES, FeelType
from ..values import Value
from .xml import Element, attribute, child, children, spaced, text_of

MAX_DEPTH = 20
Report = Callable[[str, str, Element], None]


class ItemTypes:
    """All types of one model; `find` knows the base types too."""

    def __init__(self, root: Element, report: Report) -> None:
        self._elements = {spaced(attribute(item, "name")): item for item in children(root, "itemDefinition")}
        self._types: dict[str, FeelType | None] = {}
        self._report = report
        self.members: set[str] = set()
        for name in self._elements:
            self.find(name)

    def find(self, reference: str) -> FeelType | None:
        """The type of that name, None if there is none."""
        name = spaced(reference.rpartition("}")[2])
        if name in self._elements:
            if name not in self._types:
                self._types[name] = ANY
                self._types[name] = self._build(self._elements[name], 0)
            return self._types[name]
        return BASE_TYPES.get(name) or BASE_TYPES.get(name.rpartition(":")[2])

    @property
    def named(self) -> dict[str, FeelType]:
        """The declared types by name, for expressions."""
        return {name: kind for name, kind in self._types.items() if kind is not None}

    def _build(self, element: Element, depth: int) -> FeelType:
        if depth > MAX_DEPTH:
            self._report("dmn.unknown_type", "类型嵌套过深", element)
            return ANY
        kind = self._constrained(element, self._base(element, depth))
        return FeelType("list", kind) if attribute(element, "isCollection") in ("true", "1") else kind

    def _base(self, element: Element, depth: int) -> FeelType:
        components = children(element, "itemComponent")
        if components:
            self.members.update(spaced(attribute(item, "name")) for item in components)
            members = tuple((spaced(attribute(item, "name")), self._build(item, depth + 1)) for item in components)
            return FeelType("context", members=members)
        if child(element, "functionItem") is not None:
            return FeelType("function")
        reference = child(element, "typeRef")
        if reference is None:
            return ANY
        name = "".join(str(part) for part in reference.itertext()).strip()
        found = self.find(name)
        if found is None:
            self._report("dmn.unknown_type", f"未知的类型：{name}", reference)
        return found or ANY

    def _constrained(self, element: Element, base: FeelType) -> FeelType:
        holder = child(element, "typeConstraint", "allowedValues")
        text = text_of(holder)
        if holder is None or not text:
            return base
        try:
            tests = compile_unary_tests(text)
        except FeelSyntaxError as error:
            self._report(error.code, f"允许值有误：{error.message}", holder)
            return base
        return FeelType("alias", base=base, allowed=_passes(tests))


def _passes(tests: UnaryTests) -> Callable[[Value], bool]:
    return lambda value: tests.run(Run({}, Budget()), value)
