"""Expressions that attack: each is refused, harmless, or stopped by its budget."""


import pytest

from engine.decision import Budget, BudgetExceeded, FeelError, compile_expression, compile_unary_tests

SHARED = "{" + ", ".join(f"{b}: [{', '.join([a] * 8)}]" for a, b in zip("1bcdefgh", "bcdefghi", strict=True))

PYTHON = [
    "''.__class__.__base__.__subclasses__()",
    "().__class__",
    "(lambda: 0).__globals__",
    "__import__('os').system('id')",
    "open('/etc/passwd').read()",
    "getattr((), 'x')",
    "f'{name}'",
    "[x for x in items]",
    "'%1000000000d' % 1",
    "'a' * 10**10",
    "import os",
    "while True: pass",
    "name.ljust(10)",
    "items.append(1)",
    "True) or (1",
    "==1) or (len.__self__",
    "{1: 'a'}",
    "x := 1",
    "eval(name)",
    "exec",
]
COSTLY = [
    "for i in 1..1000000000 return i",
    "for a in 1..3000, b in 1..3000, c in 1..3000 return 1",
    "some i in [1..1000000000] satisfies i < 0",
    'every d in @"0001-01-01"..@"9999-12-31" satisfies true',
    "count(for i in 1..100000 return text = text)",
    'count(for i in 1..100000 return text + "b")',
    'count(for i in 1..100000 return contains(text, "aaaaaaab"))',
    'count(for i in 1..100000 return matches(text, "(a*)*b"))',
    "count(for i in 1..100000 return sort(numbers))",
    "count(for i in 1..100000 return log(i))",
    "count(for i in 1..100000 return string(10 ** 6000))",
    "count(for i in numbers return index of(numbers, -1))",
    "count(for i in 1..20000 return [partial])",
    'replace(text, "a", "$0$0$0$0$0$0$0$0")',
    "text + text",
    "{f: function(g) g(g), r: f(f)}.r",
    "{f: function(g, x) if x > 20 then 1 else g(g, x + 1) + g(g, x + 1), r: f(f, 0)}.r",
    SHARED + "}",
    SHARED + ", r: i = i}.r",
    SHARED + ", r: string(i)}.r",
    SHARED + ", r: flatten(i)}.r",
    SHARED + ", r: i instance of list<list<list<list<list<list<list<list<number>>>>>>>>}.r",
]
DEEP = [
    "(" * 3000 + "1" + ")" * 3000,
    "[" * 3000 + "]" * 3000,
    "-" * 5000 + "1",
    "a" + ".b" * 3000,
    "a" + "[1]" * 2000,
    "1" + "+1" * 3000,
    "not(" * 900 + "true" + ")" * 900,
    "x instance of " + "list<" * 900 + "number" + ">" * 900,
    "function(a) " * 600 + "1",
    "{a:" * 900 + "1" + "}" * 900,
]


@pytest.mark.parametrize("text", PYTHON)
def test_python_is_no_feel(text: str) -> None:
    variables = {"name": "x", "items": [1]}
    with pytest.raises(FeelError):
        compile_expression(text, names=variables).evaluate_strict(variables)
    with pytest.raises(FeelError):
        compile_unary_tests(text).test(1, variables, strict=True)


@pytest.mark.parametrize("text", COSTLY)
def test_a_costly_expression_ends_over_budget_(text: str) -> None:
    variables = {"text": "a" * 90_000, "numbers": list(range(5_000))}
    with pytest.raises(BudgetExceeded):
        compile_expression(text).evaluate(variables)


@pytest.mark.parametrize("text", DEEP, ids=range(len(DEEP)))
def test_a_deep_expression_is_refused_before_it_runs(text: str) -> None:
    with pytest.raises(FeelError) as caught:
        compile_expression(text)
    assert caught.value.code in {"feel.depth", "feel.type", "feel.length"}


@pytest.mark.parametrize(
    "text",
    [
        "9**9**9**9**9",
        "2 ** (10 ** 9)",
        "10**6000 * 10**6000",
        "exp(10 ** 9)",
        'date(2026, 1, 1) + duration("P9999999Y")',
    ],
)
def test_a_number_out_of_range_is_null_and_not_a_hang(text: str) -> None:
    assert compile_expression(text).evaluate({}) is None


def test_one_budget_can_be_shared_by_several_evaluations() -> None:
    budget = Budget(400)
    expression = compile_expression("for i in 1..20 return i")
    expression.evaluate({}, budget=budget)
    with pytest.raises(BudgetExceeded):
        expression.evaluate({}, budget=budget)


def test_a_long_row_of_conditions_is_allowed() -> None:
    text = " and ".join(f"score != {number}" for number in range(200))
    assert compile_expression(text).evaluate({"score": 500}) is True
