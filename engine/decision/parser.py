"""A Pratt parser for FEEL [DMN 1.5, 10.3.1.2]: tokens to syntax tree, names of several words included."""

from collections.abc import Callable, Mapping
from decimal import Decimal, DecimalException

from .cursor import Cursor
from .syntax import (
    Arithmetic,
    Between,
    Call,
    Comparison,
    Conditional,
    ContextLiteral,
    Entry,
    Filter,
    For,
    FunctionLiteral,
    In,
    InstanceOf,
    Iteration,
    ListLiteral,
    Literal,
    Logic,
    Name,
    Negation,
    Node,
    Path,
    Quantified,
    RangeLiteral,
    Test,
    size_and_depth,
)
from .temporal import parse_at_literal
from .tokens import Kind, Token
from .typenames import TypeParser
from .types import FeelType
from .values import NUMBERS

MAX_NESTING = 40
MAX_TREE_DEPTH = 90

_CONSTANTS: Mapping[str, bool | None] = {"null": None, "true": True, "false": False}
_COMPARE = frozenset(["=", "!=", "<", "<=", ">", ">="])
_POWER = {
    **{"or": 1, "and": 2, "between": 3, "in": 3, "+": 4, "-": 4, "*": 5, "/": 5, "**": 6},
    **{"instance": 8, ".": 9, "[": 9, "(": 9},
    **dict.fromkeys(_COMPARE, 3),
}
_AFTER_RANGE = frozenset(
    ["", ")", "]", ",", "}", "and", "or", "then", "else", "return", "satisfies", "=", "!=", ":", "in", "."]
)


class Parser(Cursor):
    """Parses one text."""

    # Entrances

    def expression_text(self) -> Node:
        """The whole text as one expression."""
        if self.current.kind is Kind.END:
            raise self.fail("表达式为空", code="feel.empty")
        return self._finish(self.expression())

    def tests_text(self) -> tuple[tuple[Test, ...], bool]:
        """The whole text as unary tests: (tests, negated). No tests means that everything matches."""
        if self.current.kind is Kind.END:
            raise self.fail("单元格为空；任意值请写 -", code="feel.empty")
        if self.current.text == "-" and self.tokens[1].kind is Kind.END:
            return (), False
        negated = self._starts_not()
        if negated:
            self.index += 2
        tests = self._tests()
        if negated:
            self.expect(")")
        for test in tests:
            self._finish(test)
        return tests, negated

    def _starts_not(self) -> bool:
        """`not(` that closes at the very end of the text is a negated test, any other is the function."""
        if self.current.text != "not" or self.tokens[1].text != "(":
            return False
        depth = 0
        for index, token in enumerate(self.tokens):
            if token.kind is Kind.OP and token.text in "()":
                depth += 1 if token.text == "(" else -1
                if depth == 0:
                    return self.tokens[index + 1].kind is Kind.END
        return False

    def _finish(self, node: Node) -> Node:
        if self.current.kind is not Kind.END:
            raise self.fail(self.surplus())
        if size_and_depth(node)[1] > MAX_TREE_DEPTH:
            raise self.source.error(f"表达式嵌套超过 {MAX_TREE_DEPTH} 层", node.at, "feel.depth")
        return node

    # Expressions

    def expression(self, power: int = 0) -> Node:
        """An expression whose operators bind tighter than `power`."""
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            raise self.fail(f"表达式嵌套超过 {MAX_NESTING} 层", code="feel.depth")
        left = self._prefix()
        while self._binds(power):
            left = self._infix(left, self.current)
        self.nesting -= 1
        return left

    def _enclosed(self, parse: Callable[[], Node]) -> Node:
        """Parse inside brackets, where `[` is a filter again."""
        before, self.range_end = self.range_end, False
        node = parse()
        self.range_end = before
        return node

    def _binds(self, power: int) -> bool:
        token = self.current
        if token.kind not in (Kind.OP, Kind.NAME) or _POWER.get(token.text, 0) <= power:
            return False
        if token.text == "[" and self.range_end:
            after = self.tokens[self.index + 1]
            return after.kind is Kind.STRING or after.text not in _AFTER_RANGE
        return True

    def _prefix(self) -> Node:
        token = self.current
        if token.kind is Kind.NUMBER:
            self.index += 1
            return Literal(token.start, self._number(token))
        if token.kind is Kind.STRING:
            self.index += 1
            return Literal(token.start, token.text)
        if token.kind is Kind.NAME:
            return self._word(token)
        if token.kind is Kind.END:
            raise self.fail("表达式不完整")
        return self._sign(token)

    def _number(self, token: Token) -> Decimal:
        try:
            return NUMBERS.create_decimal(token.text)
        except DecimalException:
            raise self.source.error("数值超出范围", token.start, "feel.number") from None

    def _sign(self, token: Token) -> Node:
        if token.text == "-":
            self.index += 1
            return Negation(token.start, self.expression(6))
        if token.text in ("(", "[", "]"):
            return self._enclosed(self._bracket)
        if token.text == "{":
            return self._enclosed(self._context)
        if token.text == "@":
            return self._at_literal(token)
        raise self.fail(self.surplus())

    def _word(self, token: Token) -> Node:
        if token.text in _CONSTANTS:
            self.index += 1
            return Literal(token.start, _CONSTANTS[token.text])
        keyword = self._keywords().get(token.text)
        if keyword is not None and self.longest_known() is None:
            self.index += 1
            return keyword(token.start)
        return Name(token.start, self.name())

    def _keywords(self) -> Mapping[str, Callable[[int], Node]]:
        return {
            "if": self._conditional,
            "for": self._for,
            "some": lambda at: self._quantified(at, False),
            "every": lambda at: self._quantified(at, True),
            "function": self._function,
        }

    def _infix(self, left: Node, token: Token) -> Node:
        self.index += 1
        operator = token.text
        if operator in _COMPARE:
            return Comparison(token.start, operator, left, self.expression(3))
        if operator in ("and", "or"):
            return self._logic(left, token)
        if operator in ("+", "-", "*", "/", "**"):
            return Arithmetic(token.start, operator, left, self.expression(_POWER[operator]))
        special: Mapping[str, Callable[[Node, int], Node]] = {
            ".": self._path,
            "[": self._filter,
            "(": self._call,
            "between": self._between,
            "in": self._in,
            "instance": self._instance,
        }
        return special[operator](left, token.start)

    def _logic(self, left: Node, token: Token) -> Node:
        operands = [left, self.expression(_POWER[token.text])]
        while self.take(token.text):
            operands.append(self.expression(_POWER[token.text]))
        return Logic(token.start, token.text, tuple(operands))

    def _path(self, left: Node, at: int) -> Node:
        if self.current.kind is not Kind.NAME:
            raise self.fail("“.” 之后应为属性名")
        return Path(at, left, self.name())

    def _filter(self, left: Node, at: int) -> Node:
        condition = self._enclosed(self.expression)
        self.expect("]")
        return Filter(at, left, condition)

    def _between(self, left: Node, at: int) -> Node:
        low = self.expression(3)
        self.expect("and")
        return Between(at, left, low, self.expression(3))

    def _instance(self, left: Node, at: int) -> Node:
        self.expect("of")
        return InstanceOf(at, left, self._type())

    def _type(self) -> FeelType:
        parser = TypeParser(self.source, self.tokens, self.index, self.types)
        found = parser.parse()
        self.index = parser.index
        return found

    def _in(self, left: Node, at: int) -> Node:
        if self.at("("):
            start = self.index
            self.index += 1
            tests = self._enclosed_tests()
            if self.take(")"):
                return In(at, left, tests)
            self.index = start
        return In(at, left, (self._test(3),))

    def _enclosed_tests(self) -> tuple[Test, ...]:
        before, self.range_end = self.range_end, False
        tests = self._tests()
        self.range_end = before
        return tests

    def _tests(self) -> tuple[Test, ...]:
        tests = [self._test(0)]
        while self.take(","):
            tests.append(self._test(0))
        return tuple(tests)

    def _test(self, power: int) -> Test:
        token = self.current
        if token.kind is Kind.OP and token.text in _COMPARE:
            self.index += 1
            return Test(token.start, token.text, self.expression(3))
        return Test(token.start, "", self.expression(power))

    # Calls

    def _call(self, target: Node, at: int) -> Node:
        before, self.range_end = self.range_end, False
        keywords: list[str] = []
        arguments: list[Node] = []
        while not self.at(")"):
            if arguments:
                self.expect(",")
            keyword = self._keyword()
            if keyword is not None:
                keywords.append(keyword)
            arguments.append(self.expression())
        self.expect(")")
        self.range_end = before
        if keywords and len(keywords) != len(arguments):
            raise self.source.error("按名称和按位置传递的参数不能混用", at)
        return Call(at, target, tuple(arguments), tuple(keywords))

    def _keyword(self) -> str | None:
        end = self.index
        while self.tokens[end].kind is Kind.NAME:
            end += 1
        if end == self.index or self.tokens[end].text != ":" or self.tokens[end].kind is not Kind.OP:
            return None
        keyword = " ".join(token.text for token in self.tokens[self.index : end])
        self.index = end + 1
        return keyword

    def _function(self, at: int) -> Node:
        self.expect("(")
        parameters: list[tuple[str, FeelType | None]] = []
        while not self.at(")"):
            if parameters:
                self.expect(",")
            name = self.declared_name(",", ")", ":")
            parameters.append((name, self._type() if self.take(":") else None))
        self.expect(")")
        if self.at("external"):
            raise self.fail("不支持外部函数（external）", code="feel.external")
        return FunctionLiteral(at, tuple(parameters), self.expression())

    # Words

    def _conditional(self, at: int) -> Node:
        condition = self.expression()
        self.expect("then")
        yes = self.expression()
        self.expect("else")
        return Conditional(at, condition, yes, self.expression())

    def _for(self, at: int) -> Node:
        self.names.add("partial")
        iterations = self._iterations()
        self.expect("return")
        return For(at, iterations, self.expression())

    def _quantified(self, at: int, every: bool) -> Node:
        iterations = self._iterations()
        self.expect("satisfies")
        return Quantified(at, every, iterations, self.expression())

    def _iterations(self) -> tuple[Iteration, ...]:
        found = [self._iteration()]
        while self.take(","):
            found.append(self._iteration())
        return tuple(found)

    def _iteration(self) -> Iteration:
        at = self.current.start
        name = self.declared_name("in")
        self.expect("in")
        domain = self.expression()
        end = self.expression() if self.take("..") else None
        return Iteration(at, name, domain, end)

    # Brackets

    def _bracket(self) -> Node:
        token = self.current
        self.index += 1
        if token.text == "(" and self.current.kind is Kind.OP and self.current.text in _COMPARE:
            return self._open_range(token)
        if token.text == "[" and self.take("]"):
            return ListLiteral(token.start, ())
        first = self.expression()
        if self.take(".."):
            return self._range(token, first)
        if token.text == "(":
            self.expect(")")
            return first
        if token.text == "]":
            raise self.source.error("这里不应出现“]”", token.start)
        return self._list(token, first)

    def _open_range(self, token: Token) -> Node:
        operator = self.current.text
        self.index += 1
        bound = self.expression(3)
        self.expect(")")
        closed = operator in ("<=", ">=", "=")
        if operator == "=":
            return RangeLiteral(token.start, bound, bound, True, True)
        if operator == "!=":
            raise self.source.error("区间不能写 !=", token.start)
        if operator in ("<", "<="):
            return RangeLiteral(token.start, None, bound, False, closed)
        return RangeLiteral(token.start, bound, None, closed, False)

    def _range(self, token: Token, start: Node) -> Node:
        self.range_end = True
        end = self.expression()
        self.range_end = False
        closing = self.current.text
        if closing not in ("]", ")", "[") or self.current.kind is not Kind.OP:
            raise self.fail("区间缺少结尾的 ] 或 )")
        self.index += 1
        return RangeLiteral(token.start, start, end, token.text == "[", closing == "]")

    def _list(self, token: Token, first: Node) -> Node:
        items = [first]
        while self.take(","):
            items.append(self.expression())
        self.expect("]")
        return ListLiteral(token.start, tuple(items))

    def _context(self) -> Node:
        token = self.current
        self.index += 1
        entries: list[Entry] = []
        while not self.at("}"):
            if entries:
                self.expect(",")
            entries.append(self._entry())
        self.expect("}")
        keys = [entry.key for entry in entries]
        if len(set(keys)) != len(keys):
            raise self.source.error("对象中有重复的键", token.start, "feel.duplicate_key")
        return ContextLiteral(token.start, tuple(entries))

    def _entry(self) -> Entry:
        token = self.current
        if token.kind is Kind.STRING:
            self.index += 1
            key = token.text
            self.names.add(key)
        else:
            key = self.declared_name(":")
        self.expect(":")
        return Entry(token.start, key, self.expression())

    def _at_literal(self, token: Token) -> Node:
        self.index += 1
        if self.current.kind is not Kind.STRING:
            raise self.fail('@ 之后应为双引号中的日期或时长，例如 @"2026-01-31"')
        text = self.current.text
        value = parse_at_literal(text)
        if value is None:
            raise self.fail(f"不是有效的日期、时间或时长：{text}", code="feel.temporal")
        self.index += 1
        return Literal(token.start, value)
