"""The scanner: text to tokens with their places. Refuses what no expression needs."""

import re
from bisect import bisect_right
from dataclasses import dataclass
from enum import Enum

from .errors import FeelSyntaxError
from .names import NAME_PART, NAME_START

MAX_LENGTH = 8 * 1024

_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u0000\ufeff\ud800-\udfff]")
_TOKEN = re.compile(
    rf"""(?P<space>[\s\u00a0]+|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)
    |(?P<number>(?:[0-9]+(?:\.(?!\.)[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<name>[{NAME_START}][{NAME_PART}]*)
    |(?P<string>"(?:[^"\\]|\\.)*")
    |(?P<op>\.\.|\*\*|<=|>=|!=|->|[-+*/()\[\]{{}}<>=,.:@'])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|(.))", re.DOTALL)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}
_FULL_WIDTH = "，（）“”‘’：；＝＞＜＋－＊／【】｛｝。、！"


class Kind(Enum):
    """What a token is."""

    NUMBER = "number"
    NAME = "name"
    STRING = "string"
    OP = "op"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `text` is the source text, for strings the unescaped content."""

    kind: Kind
    text: str
    start: int
    end: int


class Source:
    """The text of one expression; turns offsets into lines and columns."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines = [0] + [match.end() for match in re.finditer("\n", text)]

    def place(self, offset: int) -> tuple[int, int]:
        """(line, column), both from 1."""
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def error(self, message: str, offset: int, code: str = "feel.syntax") -> FeelSyntaxError:
        """The syntax error at that offset."""
        line, column = self.place(offset)
        return FeelSyntaxError(message, code=code, line=line, column=column)


def scan(source: Source) -> list[Token]:
    """All tokens of the text, with an END token behind the last."""
    text = source.text
    _refuse_hostile(source)
    tokens: list[Token] = []
    offset = 0
    while offset < len(text):
        match = _TOKEN.match(text, offset)
        if match is None:
            raise source.error(_unexpected(text, offset), offset)
        kind = match.lastgroup
        if kind != "space":
            tokens.append(_token(source, str(kind), match.group(), offset, match.end()))
        offset = match.end()
    tokens.append(Token(Kind.END, "", len(text), len(text)))
    return tokens


def _refuse_hostile(source: Source) -> None:
    if len(source.text) > MAX_LENGTH:
        raise source.error(f"表达式长度超过 {MAX_LENGTH} 个字符", MAX_LENGTH, "feel.length")
    found = _BIDI.search(source.text)
    if found:
        raise source.error("含有不可见的控制字符，请删除后重新输入", found.start(), "feel.hidden_character")


def _token(source: Source, kind: str, text: str, start: int, end: int) -> Token:
    if kind == "string":
        return Token(Kind.STRING, _unescape(source, text[1:-1], start + 1), start, end)
    if kind == "name" and text.startswith("__"):
        raise source.error(f"名称不能以两个下划线开头：{text}", start, "feel.name")
    if kind == "number" and len(text) > 60:
        raise source.error("数字过长", start, "feel.number")
    return Token(Kind(kind), text, start, end)


def _unescape(source: Source, body: str, start: int) -> str:
    if "\\" not in body:
        return body

    def replace(match: re.Match[str]) -> str:
        short, long, plain = match.groups()
        if plain is not None:
            return _PLAIN.get(plain, "\\" + plain)
        code = int(short or long, 16)
        if code == 0 or code > 0x10FFFF:
            raise source.error("文字中有无效的转义字符", start + match.start(), "feel.escape")
        return chr(code)

    value = _ESCAPE.sub(replace, body)
    try:
        return value.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise source.error("文字中有不完整的转义字符", start, "feel.escape") from None


def _unexpected(text: str, offset: int) -> str:
    char = text[offset]
    if char == '"':
        return "文字缺少结尾的双引号"
    if char in _FULL_WIDTH:
        return f"请用英文半角符号代替“{char}”"
    if text.startswith("/*", offset):
        return "注释缺少结尾 */"
    return f"无法识别的字符：{char}"
