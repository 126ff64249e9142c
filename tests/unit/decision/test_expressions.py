"""What FEEL expressions mean: one line a case, expression and the FEEL text of its value."""

import pytest

from engine.decision import Value, compile_expression, format_number, is_variable_name

VARIABLES: dict[str, Value] = {
    "score": 72,
    "grade": "合格",
    "scores": [60, 75, 90],
    "people": [{"name": "王芳", "age": 31}, {"name": "李强", "age": 45}],
    "person": {"name": "王芳", "home town": "郑州", "hired": None},
    "笔试成绩": 81.5,
    "empty": None,
}

CASES = [
    # arithmetic, precedence, precision
    ("1 + 2 * 3", "7"),
    ("-5 ** 2", "25"),
    ("2 ** 3 ** 2", "64"),
    ("10 / 4", "2.5"),
    ("0.1 + 0.2 = 0.3", "true"),
    ("1 / 3", "0.3333333333333333333333333333333333"),
    ("1 / 0", "null"),
    ('1 + "a"', "null"),
    ('"面试" + "合格"', "面试合格"),
    # comparison and three-valued logic
    ('score >= 60 and grade = "合格"', "true"),
    ("score between 60 and 84", "true"),
    ("score in [60..85)", "true"),
    ("score in (>= 85, < 60)", "false"),
    ("72 in (60, 72)", "true"),
    ('grade in ("优秀", "合格")', "true"),
    ("empty = null", "true"),
    ("empty != null and empty > 3", "false"),
    ("true and empty", "null"),
    ("false and empty", "false"),
    ("true or empty", "true"),
    ("not(empty)", "null"),
    ('1 = "1"', "null"),
    ("[1, 2] = [1, 2]", "true"),
    ("{a: 1} = {a: 1}", "true"),
    # control
    ('if score >= 60 then "通过" else "不通过"', "通过"),
    ("for s in scores return s + 1", "[61, 76, 91]"),
    ("for a in 1..2, b in 1..2 return a * b", "[1, 2, 2, 4]"),
    ("for i in 3..1 return i", "[3, 2, 1]"),
    ("for i in 1..4 return if i = 1 then 1 else i * partial[-1]", "[1, 2, 6, 24]"),
    ("some s in scores satisfies s >= 90", "true"),
    ("every s in scores satisfies s >= 90", "false"),
    # paths and filters
    ("person.name", "王芳"),
    ("person.home town", "郑州"),
    ("people.name", '["王芳", "李强"]'),
    ("people[age > 40].name", '["李强"]'),
    ("people[1].name", "王芳"),
    ("scores[-1]", "90"),
    ("scores[item > 70]", "[75, 90]"),
    ("scores[7]", "null"),
    ("笔试成绩 * 0.4", "32.6"),
    # contexts, functions
    ("{a: 1, b: a + 1, 总 分: a + b}.总 分", "3"),
    ("{double: function(x: number) x * 2, r: double(21)}.r", "42"),
    ("(function(x, y) x - y)(y: 1, x: 3)", "2"),
    ("sort(scores, function(a, b) a > b)", "[90, 75, 60]"),
    ('substring(string: "社区工作者", start position: 3)', "工作者"),
    # types
    ("score instance of number", "true"),
    ("scores instance of list<number>", "true"),
    ("empty instance of number", "false"),
    ('@"2026-03-01" instance of date', "true"),
    # dates and durations
    ('@"2026-01-31" + @"P1M"', "2026-02-28"),
    ('@"2026-03-01" - @"2026-02-01"', "P28D"),
    ('date("2026-03-01").weekday', "7"),
    ('date and time("2026-03-01T08:00:00+08:00") = date and time("2026-03-01T00:00:00Z")', "true"),
    ('date and time("2026-03-01T24:00:00")', "2026-03-02T00:00:00"),
    ('duration("P1DT2H") < duration("PT27H")', "true"),
    ('duration("P1Y2M").months', "2"),
    ('date("2026-02-30")', "null"),
    ('years and months duration(date("1990-05-20"), date("2026-05-19")).years', "35"),
    ('day of week(date("2026-03-02"))', "Monday"),
    # comments and missing values
    ("1 + /* eins */ 1 // ende\n", "2"),
    ("is defined(missing)", "false"),
    ("is defined(score)", "true"),
    ("get or else(missing.deeply, 5)", "5"),
    ("missing", "null"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_an_expression_has_the_value_feel_gives_it(text: str, expected: str) -> None:
    value = compile_expression(f"string({text})").evaluate(VARIABLES)
    assert ("null" if value is None else value) == expected


def test_the_free_variables_of_an_expression_are_known_before_it_runs() -> None:
    expression = compile_expression("for s in scores return s + bonus", names=["scores", "bonus", "other"])
    assert expression.names == {"scores", "bonus"}


def test_the_same_text_is_compiled_once() -> None:
    assert compile_expression("a + 1") is compile_expression("a + 1")


def test_a_name_with_spaces_and_signs_is_read_as_one_when_it_is_known() -> None:
    expression = compile_expression("第 1-2 轮 得分 + 1", names=["第 1-2 轮 得分"])
    assert expression.evaluate({"第 1-2 轮 得分": 9}) == 10


def test_a_function_keeps_the_values_of_the_place_where_it_was_written() -> None:
    text = "{make: function(a) function(b) a - b, minus: make(10), a: 99, r: minus(4)}.r"
    assert compile_expression(text).evaluate({}) == 6


def test_what_became_null_and_why_can_be_read_in_the_log() -> None:
    found = compile_expression('score +\n  "x"').evaluate_logged({"score": 1})
    assert found.value is None
    assert [(w.code, w.line, w.column) for w in found.warnings] == [("feel.type_mismatch", 1, 7)]


def test_now_comes_from_the_clock_that_is_given() -> None:
    from datetime import UTC, datetime

    moment = datetime(2026, 3, 1, 8, tzinfo=UTC)
    assert compile_expression("today()").evaluate({}, clock=lambda: moment) == moment.date()
    assert compile_expression("now()").evaluate({}) is None


@pytest.mark.parametrize(
    ("name", "allowed"),
    [("score", True), ("笔试成绩2", True), ("_x", False), ("2x", False), ("a b", False), ("sum", False), ("if", False)],
)
def test_names_of_variables_never_hide_the_language(name: str, allowed: bool) -> None:
    assert is_variable_name(name) is allowed


def test_a_number_is_written_in_plain_digits() -> None:
    assert format_number(compile_expression("1e3 * 2").evaluate({})) == "2000"
    assert format_number(compile_expression("1.50").evaluate({})) == "1.5"


def test_a_function_does_not_leave_an_expression() -> None:
    assert compile_expression("[function(a) a]").evaluate({}) is None


def test_the_partial_results_of_a_loop_are_a_copy() -> None:
    assert compile_expression("for i in 1..3 return count(partial)").evaluate({}) == [0, 1, 2]
    assert compile_expression("for i in 1..2 return partial").evaluate({}) == [[], [[]]]
