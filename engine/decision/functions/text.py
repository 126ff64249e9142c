"""String functions [DMN 1.5, 10.3.4.3]. Regular expressions run in linear time (RE2)."""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

import re2

from ..library import STANDARD
from ..run import Run, Unfit
from ..values import Value

_PIECE = re.compile(r"\$([0-9])|\\([\\$])|([^$\\])", re.DOTALL)
_REPLACEMENT = re.compile(rf"(?:{_PIECE.pattern})*", re.DOTALL)
_MAX_PATTERN = 500
_MAX_PATTERN_MEMORY = 1 << 20


@STANDARD.register("string length", "string: text")
def _string_length(run: Run, string: str) -> Value:
    return Decimal(len(string))


@STANDARD.register("substring", "string: text, start position: number, length: number?")
def _substring(run: Run, string: str, start: Decimal, length: Decimal | None = None) -> Value:
    first = _index(start)
    if first == 0 or abs(first) > len(string) or (length is not None and length < 1):
        raise Unfit("截取位置超出文字范围", "feel.index")
    begin = first - 1 if first > 0 else len(string) + first
    return string[begin:] if length is None else string[begin : begin + _index(length)]


def _index(number: Decimal) -> int:
    if abs(number) > 10**9:
        raise Unfit("位置超出范围", "feel.index")
    return int(number)


@STANDARD.register("upper case", "string: text")
def _upper(run: Run, string: str) -> Value:
    return run.budget.text(string.upper())


@STANDARD.register("lower case", "string: text")
def _lower(run: Run, string: str) -> Value:
    return run.budget.text(string.lower())


@STANDARD.register("trim", "string: text")
def _trim(run: Run, string: str) -> Value:
    return run.budget.text(string.strip())


@STANDARD.register("substring before", "string: text, match: text")
def _before(run: Run, string: str, match: str) -> Value:
    _charge_search(run, string, match)
    head, found, _ = string.partition(match) if match else ("", "", "")
    return head if found else ""


@STANDARD.register("substring after", "string: text, match: text")
def _after(run: Run, string: str, match: str) -> Value:
    _charge_search(run, string, match)
    return string.partition(match)[2] if match else string


@STANDARD.register("contains", "string: text, match: text")
def _contains(run: Run, string: str, match: str) -> Value:
    _charge_search(run, string, match)
    return match in string


def _charge_search(run: Run, string: str, match: str) -> None:
    run.budget.charge(1 + (len(string) + len(match)) // 64)


@STANDARD.register("starts with", "string: text, match: text")
def _starts(run: Run, string: str, match: str) -> Value:
    return string.startswith(match)


@STANDARD.register("ends with", "string: text, match: text")
def _ends(run: Run, string: str, match: str) -> Value:
    return string.endswith(match)


@STANDARD.register("matches", "input: text, pattern: text, flags: text?")
def _matches(run: Run, input_: str, pattern: str, flags: str = "") -> Value:
    _charge_pattern(run, input_, pattern)
    return _compiled(pattern, flags).search(input_) is not None


@STANDARD.register("replace", "input: text, pattern: text, replacement: text, flags: text?")
def _replace(run: Run, input_: str, pattern: str, replacement: str, flags: str = "") -> Value:
    _charge_pattern(run, input_, pattern)
    expression = _compiled(pattern, flags)
    if expression.search("") is not None:
        raise Unfit("正则表达式不能匹配空文字", "feel.pattern")
    parts: list[str] = []
    last = size = 0
    for match in expression.finditer(input_):
        parts += [input_[last : match.start()], _expand(match, replacement)]
        size += len(parts[-1])
        run.budget.charge(8 + len(replacement))
        if size > 100_000:
            break
        last = match.end()
    return run.budget.text("".join([*parts, input_[last:]]))


def _expand(match: Any, replacement: str) -> str:
    if "$" not in replacement and "\\" not in replacement:
        return replacement
    return "".join(
        char if not digit else (match.group(int(digit)) or "") if int(digit) <= match.re.groups else ""
        for char, digit in _pieces(replacement)
    )


@lru_cache(maxsize=256)
def _pieces(replacement: str) -> tuple[tuple[str, str], ...]:
    """(character, "") or ("", group digit); `\\$` and `\\\\` are plain characters [XPath functions, fn:replace]."""
    if _REPLACEMENT.fullmatch(replacement) is None:
        raise Unfit("替换文字中 $ 之后应为数字，\\ 之后应为 $ 或 \\", "feel.pattern")
    return tuple((plain or escaped, digit) for digit, escaped, plain in _PIECE.findall(replacement))


@STANDARD.register("split", "string: text, delimiter: text")
def _split(run: Run, string: str, delimiter: str) -> Value:
    _charge_pattern(run, string, delimiter)
    expression = _compiled(delimiter, "")
    parts: list[str] = []
    last = 0
    for match in expression.finditer(string):
        parts.append(string[last : match.start()])
        last = match.end()
        run.budget.items(len(parts))
    return [*parts, string[last:]]


def _charge_pattern(run: Run, input_: str, pattern: str) -> None:
    run.budget.charge(10 + len(pattern) + len(input_) // 16)


@lru_cache(maxsize=256)
def _compiled(pattern: str, flags: str) -> Any:
    if len(pattern) > _MAX_PATTERN:
        raise Unfit(f"正则表达式超过 {_MAX_PATTERN} 个字符", "feel.pattern")
    if not set(flags) <= set("smixq"):
        raise Unfit("正则表达式的选项只能是 s m i x q", "feel.pattern")
    options = re2.Options()
    options.max_mem = _MAX_PATTERN_MEMORY
    options.log_errors = False
    options.never_nl = False
    text = re2.escape(pattern) if "q" in flags else pattern
    if "x" in flags:
        text = "".join(text.split())
    prefix = "".join(flag for flag in "smi" if flag in flags)
    try:
        return cast(Any, re2.compile(f"(?{prefix}){text}" if prefix else text, options))
    except re2.error:
        raise Unfit(f"正则表达式无效：{pattern}", "feel.pattern") from None


@STANDARD.register("string join", "list: list, delimiter: text?")
def _string_join(run: Run, items: list[Value], delimiter: str = "") -> Value:
    texts = [item for item in items if item is not None]
    if any(type(item) is not str for item in texts):
        raise Unfit("只能连接文字")
    size = sum(len(item) + len(delimiter) for item in texts)
    run.budget.charge(1 + len(texts) + size // 64)
    if size > 200_000:
        raise Unfit("连接后的文字过长", "feel.text_size")
    return run.budget.text(delimiter.join(texts))


@STANDARD.register("string join", "list: list, delimiter: any")
def _string_join_null(run: Run, items: list[Value], delimiter: Value) -> Value:
    if delimiter is not None:
        raise Unfit("分隔符应为文字")
    return _string_join(run, items)
