"""The built-in functions, one line a case."""

import pytest

from engine.decision import STANDARD, Unfit, compile_expression

CASES = [
    ("decimal(2.5, 0)", "2"),
    ("round half up(2.5, 0)", "3"),
    ("round half up(-2.5, 0)", "-3"),
    ("round half down(2.5, 0)", "2"),
    ("round up(1.121, 2)", "1.13"),
    ("round down(1.129, 2)", "1.12"),
    ("floor(-1.5)", "-2"),
    ("ceiling(1.5)", "2"),
    ("abs(-3)", "3"),
    ('abs(duration("-PT5H"))', "PT5H"),
    ("modulo(-12, 5)", "3"),
    ("sqrt(16)", "4"),
    ("sqrt(-1)", "null"),
    ("odd(5)", "true"),
    ("even(5)", "false"),
    ("exp(0)", "1"),
    ('string length("社区工作者")', "5"),
    ('substring("foobar", -2, 1)', "a"),
    ('upper case("abc")', "ABC"),
    ('substring before("foobar", "bar")', "foo"),
    ('substring after("foobar", "ob")', "ar"),
    ('starts with("foobar", "fo")', "true"),
    ('ends with("foobar", "fo")', "false"),
    ('matches("41010519900101", "^\\d+$")', "true"),
    ('matches("ABC", "b", "i")', "true"),
    ('matches("a", "(")', "null"),
    ('replace("abcd", "(ab)|(a)", "[1=$1]")', "[1=ab]cd"),
    ('split("a;b;c", ";")', '["a", "b", "c"]'),
    ('string join(["a", null, "b"], "-")', "a-b"),
    ("list contains([1, null], null)", "true"),
    ("count([])", "0"),
    ("min(3, 1, 2)", "1"),
    ('max(["a", "b"])', "b"),
    ("sum([1, 2, 3])", "6"),
    ("sum([])", "null"),
    ("mean(1, 2, 3)", "2"),
    ("median([1, 2, 3, 4])", "2.5"),
    ("mode([1, 2, 2, 3, 3])", "[2, 3]"),
    ("stddev(2, 4, 7, 5)", "2.081665999466132735282297706979931"),
    ("product([2, 3])", "6"),
    ("all([true, null])", "null"),
    ("any([true, null])", "true"),
    ("sublist([4, 5, 6], 1, 2)", "[4, 5]"),
    ("append([1], 2, 3)", "[1, 2, 3]"),
    ("concatenate([1], [2])", "[1, 2]"),
    ("insert before([1, 3], 2, 2)", "[1, 2, 3]"),
    ("remove([1, 2, 3], -1)", "[1, 2]"),
    ("list replace([2, 4], function(item, newItem) item < newItem, 3)", "[3, 4]"),
    ("reverse([1, 2])", "[2, 1]"),
    ("index of([1, 2, 1], 1)", "[1, 3]"),
    ("union([1, 2], [2, 3])", "[1, 2, 3]"),
    ('distinct values([1, "1", 1.0, [1], [1]])', '[1, "1", [1]]'),
    ("duplicate values([1, 2, 3, 2, 1])", "[1, 2]"),
    ("flatten([[1, [2]], 3])", "[1, 2, 3]"),
    ("partition([1, 2, 3], 2)", "[[1, 2], [3]]"),
    ("sort([3, 1, 2])", "[1, 2, 3]"),
    ('get value({a: {b: 1}}, ["a", "b"])', "1"),
    ("get entries({a: 1})[1].key", "a"),
    ('context put({a: 1}, "b", 2)', "{a: 1, b: 2}"),
    ("context merge([{a: 1}, {a: 2}])", "{a: 2}"),
    ('context([{key: "a", value: 1}])', "{a: 1}"),
    ('number("1 000,5", " ", ",")', "1000.5"),
    ('number("x")', "null"),
    ("string(null)", "null"),
    ('string([1, "a", {b: true}])', '[1, "a", {b: true}]'),
    ("date(2026, 3, 1)", "2026-03-01"),
    ('time("08:30:00+08:00").hour', "8"),
    ('time(8, 30, 0, duration("PT8H"))', "08:30:00+08:00"),
    ('date and time(date("2026-03-01"), time("08:00:00"))', "2026-03-01T08:00:00"),
    ('day of year(date("2026-02-01"))', "32"),
    ('week of year(date("2026-01-01"))', "1"),
    ('month of year(date("2026-02-01"))', "February"),
    ('last day of month(date("2028-02-05"))', "2028-02-29"),
    ("before(1, [2..3])", "true"),
    ("after([5..6], 5)", "false"),
    ("meets([1..5], [5..10])", "true"),
    ("overlaps([1..5], [4..10])", "true"),
    ("overlaps before([1..5], [4..10])", "true"),
    ("includes([1..10], 5)", "true"),
    ("during(5, [1..10))", "true"),
    ("starts(1, [1..10])", "true"),
    ("finishes(10, [1..10])", "true"),
    ("coincides([1..5], [1..5])", "true"),
    ('range("[1..5)").end included', "false"),
    ('is(@"08:00:00+08:00", @"00:00:00Z")', "false"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_a_function_gives_what_the_standard_says(text: str, expected: str) -> None:
    value = compile_expression(f"string({text})").evaluate({})
    assert ("null" if value is None else value) == expected


def test_a_library_can_be_extended_without_touching_the_standard_one() -> None:
    library = STANDARD.extended()

    @library.register("age on", "birthday: date, day: date")
    def age_on(run: object, birthday: object, day: object) -> object:
        raise Unfit("不能计算年龄")

    expression = compile_expression('age on(@"1990-01-01", @"2026-01-01")', library=library)
    assert expression.evaluate_logged({}).warnings[0].message == "不能计算年龄"
    assert STANDARD.find("age on") is None
