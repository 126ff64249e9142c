"""Walking over the tokens of one text: expecting words and signs, reading names of several words."""

from collections.abc import Iterable, Mapping

from .errors import FeelSyntaxError
from .names import NameTable, shared_table
from .tokens import Kind, Source, Token, scan
from .types import FeelType

RESERVED = frozenset(
    "and or in between then else return satisfies instance if for some every function null true false".split()
)


class Cursor:
    """A place in the tokens. `known` are names (variables, functions, members) that may hold spaces or signs."""

    def __init__(self, source: Source, known: Iterable[str], types: Mapping[str, FeelType]) -> None:
        self.source = source
        self.tokens = scan(source)
        self.index = 0
        self.nesting = 0
        self.range_end = False
        self.names = NameTable(below=shared_table(frozenset(known)))
        self.types = types

    @property
    def current(self) -> Token:
        """The token that comes next."""
        return self.tokens[self.index]

    def fail(self, message: str, *, code: str = "feel.syntax") -> FeelSyntaxError:
        """A syntax error at the current token."""
        return self.source.error(message, self.current.start, code)

    def at(self, text: str) -> bool:
        """Whether the next token is that word or sign."""
        token = self.current
        return token.text == text and token.kind in (Kind.OP, Kind.NAME)

    def take(self, text: str) -> bool:
        """Step over that word or sign if it comes next."""
        if self.at(text):
            self.index += 1
            return True
        return False

    def expect(self, text: str) -> None:
        """Step over that word or sign, or fail."""
        if not self.take(text):
            if self.current.kind is Kind.END:
                raise self.fail(f"表达式不完整，缺少“{text}”")
            raise self.fail(
                f"这里应为“{text}”，而不是“{self.current.text}”" if self.current.text != "=" else self.surplus()
            )

    def surplus(self) -> str:
        """What to say of a token that does not belong here."""
        text = self.current.text
        if text == "=" and self.tokens[self.index - 1].text == "=":
            return "判断相等只写一个等号 ="
        if text == "'":
            return '文字请用英文双引号，例如 "通过"'
        return f"这里不应出现“{text}”"

    def name(self) -> str:
        """A name in use: the longest known one, else all words up to the next sign or reserved word."""
        known = self.longest_known()
        if known is not None:
            length, name = known
            after = self.tokens[self.index + length]
            if after.kind is not Kind.NAME or after.text in RESERVED:
                self.index += length
                return name
        words = [self.current.text]
        self.index += 1
        while self.current.kind is Kind.NAME and self.current.text not in RESERVED:
            words.append(self.current.text)
            self.index += 1
        if words[0] in RESERVED:
            self.index -= len(words)
            raise self.fail(self.surplus())
        return " ".join(words)

    def longest_known(self) -> tuple[int, str] | None:
        """The longest known name that starts here, with its number of tokens."""
        for pieces, name in self.names.candidates(self.current.text):
            row = self.tokens[self.index : self.index + len(pieces)]
            if len(row) == len(pieces) and all(
                token.text == piece and token.kind is not Kind.STRING for token, piece in zip(row, pieces, strict=True)
            ):
                return len(pieces), name
        return None

    def declared_name(self, *stops: str) -> str:
        """A name being introduced: everything up to one of the stop signs."""
        first = self.current
        if first.kind is not Kind.NAME or first.text in RESERVED:
            raise self.fail("这里应为名称")
        end = first
        while self.current.text not in stops:
            end = self.current
            if end.kind in (Kind.END, Kind.STRING) or end.text in ("(", ")", "[", "]", "{", "}", ","):
                raise self.fail(f"这里应为“{stops[0]}”")
            self.index += 1
        name = " ".join(self.source.text[first.start : end.end].split())
        self.names.add(name)
        return name
