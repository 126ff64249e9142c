"""List functions [DMN 1.5, 10.3.4.4]."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import cmp_to_key

from ..library import STANDARD, Implementation
from ..operators import calculate, in_order, order_key, same
from ..run import Run, Unfit
from ..values import NUMBERS, FeelFunction, Value, YearMonthDuration


def aggregate(name: str) -> Callable[[Implementation], Implementation]:
    """Register a function of one list that may also be called with the items themselves."""

    def register(function: Implementation) -> Implementation:
        def from_list(run: Run, items: list[Value]) -> Value:
            run.budget.charge(1 + len(items))
            return function(run, items)

        def from_items(run: Run, items: list[Value]) -> Value:
            if not items:
                raise Unfit(f"函数 {name} 需要参数", "feel.arguments")
            return from_list(run, items)

        STANDARD.register(name, "list: list")(from_list)
        return STANDARD.register(name, "list: any*")(from_items)

    return register


def numbers(items: list[Value]) -> list[Decimal]:
    """The items if all are numbers, else Unfit."""
    if any(type(item) is not Decimal for item in items):
        raise Unfit("列表中应全是数字")
    return items


@STANDARD.register("count", "list: list")
def _count(run: Run, items: list[Value]) -> Value:
    return Decimal(len(items))


@aggregate("min")
def _min(run: Run, items: list[Value]) -> Value:
    return _extreme(items, "<")


@aggregate("max")
def _max(run: Run, items: list[Value]) -> Value:
    return _extreme(items, ">")


def _extreme(items: list[Value], sign: str) -> Value:
    if not items:
        return None
    best = items[0]
    for item in items:
        if in_order(sign, item, best):
            best = item
    if type(best) is bool or best is None:
        raise Unfit("列表中的值没有大小")
    return best


@aggregate("sum")
def _sum(run: Run, items: list[Value]) -> Value:
    if not items:
        return None
    total = items[0]
    if type(total) is str:
        raise Unfit("文字不能求和")
    for item in items[1:]:
        total = calculate(run, "+", total, item)
    return calculate(run, "*", total, Decimal(1))


@aggregate("product")
def _product(run: Run, items: list[Value]) -> Value:
    total = Decimal(1)
    for item in numbers(items):
        total = calculate(run, "*", total, item)
    return total if items else None


@aggregate("mean")
def _mean(run: Run, items: list[Value]) -> Value:
    return calculate(run, "/", _sum(run, items), Decimal(len(items))) if items else None


@aggregate("median")
def _median(run: Run, items: list[Value]) -> Value:
    if not items:
        return None
    ordered = sorted(numbers(items))
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return NUMBERS.divide(NUMBERS.add(ordered[middle - 1], ordered[middle]), Decimal(2))


@aggregate("stddev")
def _stddev(run: Run, items: list[Value]) -> Value:
    if len(numbers(items)) < 2:
        raise Unfit("标准差至少需要两个数字")
    mean = _mean(run, items)
    total = Decimal(0)
    for item in items:
        distance = NUMBERS.subtract(item, mean)
        total = NUMBERS.add(total, NUMBERS.multiply(distance, distance))
    return NUMBERS.sqrt(NUMBERS.divide(total, Decimal(len(items) - 1)))


@aggregate("mode")
def _mode(run: Run, items: list[Value]) -> Value:
    counts: dict[Decimal, int] = {}
    for item in numbers(items):
        counts[item] = counts.get(item, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(number for number, count in counts.items() if count == most)


@aggregate("all")
def _all(run: Run, items: list[Value]) -> Value:
    return _ternary(items, decisive=False)


@aggregate("any")
def _any(run: Run, items: list[Value]) -> Value:
    return _ternary(items, decisive=True)


def _ternary(items: list[Value], *, decisive: bool) -> bool | None:
    if decisive in [item for item in items if type(item) is bool]:
        return decisive
    if any(type(item) is not bool for item in items):
        return None
    return not decisive


@STANDARD.register("list contains", "list: list, element: any")
def _list_contains(run: Run, items: list[Value], element: Value) -> Value:
    run.budget.charge(1 + len(items))
    return any(same(run, item, element) for item in items)


@STANDARD.register("sublist", "list: list, start position: number, length: number?")
def _sublist(run: Run, items: list[Value], start: Decimal, length: Decimal | None = None) -> Value:
    begin = position(items, start)
    if length is None:
        return items[begin:]
    if length < 1 or length > len(items) - begin:
        raise Unfit("子列表长度超出范围", "feel.index")
    return items[begin : begin + int(length)]


def position(items: list[Value], number: Decimal, *, extra: int = 0) -> int:
    """The index of a position that counts from 1, or from the end when negative; Unfit if there is none."""
    if number != number.to_integral_value() or not 1 <= abs(number) <= len(items) + extra:
        raise Unfit(f"列表没有第 {number} 项", "feel.index")
    index = int(number)
    return index - 1 if index > 0 else len(items) + index


@STANDARD.register("append", "list: list, item: any*")
def _append(run: Run, items: list[Value], more: list[Value]) -> Value:
    run.budget.items(len(items) + len(more))
    return [*items, *more]


@STANDARD.register("concatenate", "list: any*")
def _concatenate(run: Run, lists: list[Value]) -> Value:
    if any(part is None for part in lists):
        raise Unfit("列表为空值")
    joined: list[Value] = []
    for part in lists:
        joined.extend(part if isinstance(part, list) else [part])
        run.budget.items(len(joined))
    return joined


@STANDARD.register("union", "list: any*")
def _union(run: Run, lists: list[Value]) -> Value:
    return _distinct(run, _concatenate(run, lists))


@STANDARD.register("insert before", "list: list, position: number, newItem: any")
def _insert_before(run: Run, items: list[Value], number: Decimal, new: Value) -> Value:
    run.budget.items(len(items) + 1)
    index = position(items, number)
    return [*items[:index], new, *items[index:]]


@STANDARD.register("remove", "list: list, position: number")
def _remove(run: Run, items: list[Value], number: Decimal) -> Value:
    run.budget.items(len(items))
    index = position(items, number)
    return [*items[:index], *items[index + 1 :]]


@STANDARD.register("list replace", "list: list, position: number, newItem: any")
def _list_replace(run: Run, items: list[Value], number: Decimal, new: Value) -> Value:
    run.budget.items(len(items))
    index = position(items, number.to_integral_value("ROUND_DOWN"))
    return [*items[:index], new, *items[index + 1 :]]


@STANDARD.register("list replace", "list: list, match: function, newItem: any")
def _list_replace_matching(run: Run, items: list[Value], match: FeelFunction, new: Value) -> Value:
    if len(match.parameters) != 2:
        raise Unfit("匹配函数需要两个参数", "feel.arguments")
    replaced: list[Value] = []
    for item in items:
        found = run.invoke(match, item, new)
        if type(found) is not bool:
            raise Unfit("匹配函数的结果应为“是/否”")
        replaced.append(new if found else item)
    return replaced


@STANDARD.register("reverse", "list: list")
def _reverse(run: Run, items: list[Value]) -> Value:
    run.budget.items(len(items))
    return items[::-1]


@STANDARD.register("index of", "list: list, match: any")
def _index_of(run: Run, items: list[Value], match: Value) -> Value:
    run.budget.charge(1 + len(items))
    return [Decimal(index) for index, item in enumerate(items, 1) if same(run, item, match)]


_HASHED = frozenset({type(None), bool, Decimal, str, date, timedelta, YearMonthDuration})


class _Seen:
    """Values met so far; plain ones are found by hash, the others by comparison."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.plain: set[tuple[type, Value]] = set()
        self.others: list[Value] = []

    def add(self, item: Value) -> bool:
        """Remember the value; whether it is new."""
        if type(item) in _HASHED:
            self.run.budget.charge(1)
            before = len(self.plain)
            self.plain.add((type(item), item))
            return len(self.plain) > before
        self.run.budget.charge(1 + len(self.others))
        if any(same(self.run, item, other) for other in self.others):
            return False
        self.others.append(item)
        return True


@STANDARD.register("distinct values", "list: list")
def _distinct(run: Run, items: list[Value]) -> Value:
    seen = _Seen(run)
    return [item for item in items if seen.add(item)]


@STANDARD.register("duplicate values", "list: list")
def _duplicates(run: Run, items: list[Value]) -> Value:
    seen, repeated = _Seen(run), _Seen(run)
    for item in items:
        if not seen.add(item):
            repeated.add(item)
    return [item for item in _distinct(run, items) if not repeated.add(item)]


@STANDARD.register("flatten", "list: list")
def _flatten(run: Run, items: list[Value]) -> Value:
    flat: list[Value] = []
    open_items = list(reversed(items))
    while open_items:
        item = open_items.pop()
        run.budget.charge(1)
        if isinstance(item, list):
            open_items.extend(reversed(item))
        else:
            flat.append(item)
    run.budget.items(len(flat))
    return flat


@STANDARD.register("partition", "list: list, size: number")
def _partition(run: Run, items: list[Value], size: Decimal) -> Value:
    if size < 1:
        raise Unfit("每组的大小应为正整数")
    step = int(min(size, Decimal(len(items) + 1)))
    run.budget.items(len(items))
    return [items[start : start + step] for start in range(0, len(items), step)]


@STANDARD.register("sort", "list: list, precedes: function?")
def _sort(run: Run, items: list[Value], precedes: FeelFunction | None = None) -> Value:
    run.budget.charge(len(items) * max(1, len(items).bit_length()) // 2)
    if precedes is None:
        for item in items:
            in_order("<=", item, items[0])
        return sorted(items, key=order_key)
    if len(precedes.parameters) != 2:
        raise Unfit("排序函数需要两个参数", "feel.arguments")

    def compare(left: Value, right: Value) -> int:
        if run.invoke(precedes, left, right) is True:
            return -1
        return 1 if run.invoke(precedes, right, left) is True else 0

    return sorted(items, key=cmp_to_key(compare))
