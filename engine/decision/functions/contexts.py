"""Context functions and the two that ask about missing values [DMN 1.5, 10.3.4.9]."""

from ..library import STANDARD
from ..run import Run, Unfit
from ..values import Value


@STANDARD.register("get value", "m: context, key: text")
def _get_value(run: Run, context: dict[str, Value], key: str) -> Value:
    if key not in context:
        raise Unfit(f"没有属性：{key}", "feel.unknown_member")
    return context[key]


@STANDARD.register("get value", "context: context, keys: list")
def _get_nested_value(run: Run, context: Value, keys: list[Value]) -> Value:
    if not keys:
        raise Unfit("键的列表为空", "feel.arguments")
    for key in keys:
        if not isinstance(context, dict) or not isinstance(key, str) or key not in context:
            raise Unfit(f"没有属性：{key}", "feel.unknown_member")
        context = context[key]
    return context


@STANDARD.register("get entries", "m: context")
def _get_entries(run: Run, context: dict[str, Value]) -> Value:
    run.budget.items(len(context))
    return [{"key": key, "value": value} for key, value in context.items()]


@STANDARD.register("context put", "context: context, key: text, value: any")
def _context_put(run: Run, context: dict[str, Value], key: str, value: Value) -> Value:
    run.budget.items(len(context) + 1)
    return {**context, key: value}


@STANDARD.register("context put", "context: context, keys: list, value: any")
def _context_put_nested(run: Run, context: Value, keys: list[Value], value: Value) -> Value:
    if not keys or not isinstance(keys[0], str) or not isinstance(context, dict):
        raise Unfit("键的列表应为非空的文字列表", "feel.arguments")
    run.budget.items(len(context) + 1)
    if len(keys) > 1:
        value = _context_put_nested(run, context.get(keys[0]), keys[1:], value)
    return {**context, keys[0]: value}


@STANDARD.register("context merge", "contexts: list")
def _context_merge(run: Run, contexts: list[Value]) -> Value:
    merged: dict[str, Value] = {}
    for context in contexts:
        if not isinstance(context, dict):
            raise Unfit("只能合并对象")
        merged |= context
        run.budget.items(len(merged))
    return merged


@STANDARD.register("context", "entries: list")
def _context(run: Run, entries: list[Value]) -> Value:
    built: dict[str, Value] = {}
    run.budget.items(len(entries))
    for entry in entries:
        if not isinstance(entry, dict) or not {"key", "value"} <= entry.keys() or type(entry["key"]) is not str:
            raise Unfit("每项应有 key（文字）和 value")
        if entry["key"] in built:
            raise Unfit(f"重复的键：{entry['key']}", "feel.duplicate_key")
        built[entry["key"]] = entry["value"]
    return built


@STANDARD.register("is defined", "value: any")
def _is_defined(run: Run, value: Value) -> Value:
    return value is not None


@STANDARD.register("get or else", "value: any, default: any")
def _get_or_else(run: Run, value: Value, default: Value) -> Value:
    return default if value is None else value
