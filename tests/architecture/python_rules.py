"""House rules for Python that no ready-made linter holds: each returns its findings as `line: sentence`."""

import ast
from collections.abc import Iterator

_DYNAMIC = {"eval", "exec", "compile", "__import__", "globals", "locals"}
_UNSAFE_MODULES = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "jsonpickle"}
_REFLECTION = {"getattr", "setattr", "delattr"}
_CLOCK_READS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}


def dynamic_code(source: str) -> list[str]:
    """Text that becomes code or objects: evaluation, unpickling, unsafe YAML, templates made from text."""
    return [f"{line}: {what}" for line, what in _dynamic_code(ast.parse(source))]


def reflection(source: str) -> list[str]:
    """Attributes looked up by a name that is not written here."""
    return [
        f"{node.lineno}: {node.func.id} by a computed name"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _REFLECTION
        if len(node.args) > 1 and not isinstance(node.args[1], ast.Constant)
    ]


def clock_reads(source: str) -> list[str]:
    """Readings of the machine's clock."""
    return [
        f"{node.lineno}: {owner}.{name}()"
        for node, owner, name in _method_calls(ast.parse(source))
        if (owner, name) in _CLOCK_READS
    ]


def commits(source: str) -> list[str]:
    """Calls that commit a transaction."""
    calls = _method_calls(ast.parse(source))
    return [f"{node.lineno}: {owner}.commit()" for node, owner, name in calls if name == "commit"]


def imports_of(source: str, package: str) -> list[str]:
    """Imports of a package or of something inside it."""
    return [
        f"{node.lineno}: import of {package}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom) and package in _imported(node)
    ]


def _dynamic_code(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _DYNAMIC:
            yield node.lineno, f"{node.func.id}()"
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((node.lineno, f"import of {name}") for name in _imported(node) if name in _UNSAFE_MODULES)
            if isinstance(node, ast.ImportFrom) and node.module == "string":
                yield from ((node.lineno, "string.Template") for alias in node.names if alias.name == "Template")
    for call, owner, name in _method_calls(tree):
        if (owner, name) in {("yaml", "load"), ("string", "Template")}:
            yield call.lineno, f"{owner}.{name}()"
        elif name in {"format", "format_map"} and not _literal_receiver(call):
            yield call.lineno, "format() of a text that is not written here"


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
    return [name.split(".")[0] for name in names]


def _method_calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str, str]]:
    """(call, last name of the receiver, method) of every `receiver.method(...)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node, _last_name(node.func.value), node.func.attr


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _literal_receiver(call: ast.Call) -> bool:
    receiver = call.func.value if isinstance(call.func, ast.Attribute) else None
    return isinstance(receiver, ast.Constant) or (isinstance(receiver, ast.Name) and receiver.id.isupper())
