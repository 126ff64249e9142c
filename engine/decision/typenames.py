"""Reading types as they are written in an expression: `list<number>`, `function<date>->string`."""

from collections.abc import Mapping, Sequence

from .errors import FeelSyntaxError
from .names import shared_table
from .tokens import Kind, Source, Token
from .types import BASE_TYPES, FeelType

MAX_TYPE_NESTING = 10


class TypeParser:
    """Reads one type from `tokens`, starting at `index`; `index` afterwards stands behind it."""

    def __init__(self, source: Source, tokens: Sequence[Token], index: int, types: Mapping[str, FeelType]) -> None:
        self.source = source
        self.tokens = tokens
        self.index = index
        self.types = types
        self.names = shared_table(frozenset([*BASE_TYPES, *types]))

    def parse(self, depth: int = 0) -> FeelType:
        """The type at the current place."""
        if depth > MAX_TYPE_NESTING:
            raise self._fail("类型嵌套过深")
        name = self._name()
        if not self._at("<"):
            return self._lookup(name)
        if name in ("list", "range"):
            return FeelType(name, self._single(depth))
        if name == "context":
            return FeelType("context", members=self._members(depth))
        if name == "function":
            return self._function(depth)
        return self._lookup(name)

    def _single(self, depth: int) -> FeelType:
        self._expect("<")
        element = self.parse(depth + 1)
        self._expect(">")
        return element

    def _members(self, depth: int) -> tuple[tuple[str, FeelType], ...]:
        self._expect("<")
        members: list[tuple[str, FeelType]] = []
        while not self._at(">"):
            if members:
                self._expect(",")
            words = []
            while self.tokens[self.index].kind is Kind.NAME:
                words.append(self.tokens[self.index].text)
                self.index += 1
            self._expect(":")
            members.append((" ".join(words), self.parse(depth + 1)))
        self._expect(">")
        return tuple(members)

    def _function(self, depth: int) -> FeelType:
        self._expect("<")
        parameters: list[FeelType] = []
        while not self._at(">"):
            if parameters:
                self._expect(",")
            parameters.append(self.parse(depth + 1))
        self._expect(">")
        self._expect("->")
        return FeelType("function", parameters=tuple(parameters), result=self.parse(depth + 1))

    def _lookup(self, name: str) -> FeelType:
        found = self.types.get(name) or BASE_TYPES.get(name)
        if found is None:
            raise self._fail(f"未知的类型：{name}")
        return found

    def _name(self) -> str:
        token = self.tokens[self.index]
        if token.kind is not Kind.NAME:
            raise self._fail("这里应为类型名")
        for pieces, name in self.names.candidates(token.text):
            row = self.tokens[self.index : self.index + len(pieces)]
            if [entry.text for entry in row] == list(pieces):
                self.index += len(pieces)
                return name
        self.index += 1
        return token.text

    def _at(self, text: str) -> bool:
        token = self.tokens[self.index]
        return token.kind is Kind.OP and token.text == text

    def _expect(self, text: str) -> None:
        if not self._at(text):
            raise self._fail(f"类型中缺少“{text}”")
        self.index += 1

    def _fail(self, message: str) -> FeelSyntaxError:
        return self.source.error(message, self.tokens[self.index].start, "feel.type")
