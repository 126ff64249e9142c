"""What is refused when compiling, and what strict evaluation does not let pass."""

import pytest

from engine.decision import (
    FeelEvaluationError,
    FeelSyntaxError,
    compile_expression,
    compile_unary_tests,
    strip_expression,
)

REFUSED = [
    ("", "feel.empty"),
    ("1 +", "feel.syntax"),
    ("score == 60", "feel.syntax"),
    ("grade = 'ok'", "feel.syntax"),
    ("score ＞ 60", "feel.syntax"),
    ('grade = "ok', "feel.syntax"),
    ("1 2", "feel.syntax"),
    ("[1, 2", "feel.syntax"),
    ("[1..2", "feel.syntax"),
    ("{a: 1, a: 2}", "feel.duplicate_key"),
    ("scoer >= 60", "feel.unknown_variable"),
    ("summe(1)", "feel.unknown_function"),
    ("substring()", "feel.arguments"),
    ("sum(list: [1], other: 2)", "feel.arguments"),
    ("score instance of zahl", "feel.type"),
    ('@"2026-02-30"', "feel.temporal"),
    ("score.__class__", "feel.name"),
    ("score >= 60 // \u202e 06", "feel.hidden_character"),
    ('"\\u0000"', "feel.escape"),
    ('"\\uD800"', "feel.escape"),
    ("1e99999", "feel.number"),
    ("function(a) external {java: {}}", "feel.external"),
    ("x" * 9000, "feel.length"),
]


@pytest.mark.parametrize(("text", "code"), REFUSED)
def test_a_wrong_expression_is_refused_with_its_code(text: str, code: str) -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression(text, names=["score", "grade"])
    assert caught.value.code == code
    assert caught.value.line >= 1


def test_an_error_names_the_line_and_the_column() -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression("score >= 60\nand gradee = 1", names=["score"])
    assert (caught.value.line, caught.value.column) == (2, 5)
    assert "未知的变量：gradee" in str(caught.value)


def test_advice_is_given_for_the_usual_slips() -> None:
    for text, advice in [("a == 1", "只写一个等号"), ("a = 'x'", "英文双引号"), ("a，b", "英文半角")]:
        with pytest.raises(FeelSyntaxError, match=advice):
            compile_expression(text)


@pytest.mark.parametrize(
    "text",
    ['score > "a"', "missing + 1", "form.phone", "items[9]", 'date("x")', "1 / 0", "score and true", "score = true"],
)
def test_strict_evaluation_raises_where_feel_says_null(text: str) -> None:
    expression = compile_expression(text)
    variables = {"score": 1, "form": {"name": "x"}, "items": [1]}
    assert expression.evaluate(variables) is None
    with pytest.raises(FeelEvaluationError) as caught:
        expression.evaluate_strict(variables)
    assert caught.value.line == 1


def test_strict_evaluation_lets_one_ask_whether_a_value_is_there() -> None:
    expression = compile_expression("if is defined(form.phone) then 1 else get or else(form.mobile, 2)")
    assert expression.evaluate_strict({"form": {}}) == 2


@pytest.mark.parametrize(
    ("text", "value"),
    [("missing = null", True), ("null != form.phone.area", False), ("if turn = null then 1 else turn + 1", 1)],
)
def test_strict_evaluation_takes_a_comparison_with_null_as_that_question(text: str, value: object) -> None:
    assert compile_expression(text).evaluate_strict({"form": {}}) == value


def test_a_comparison_with_null_hides_no_mistake_of_the_computed_side() -> None:
    with pytest.raises(FeelEvaluationError):
        compile_expression("missing + 1 = null").evaluate_strict({})


def test_a_variable_that_is_not_plain_data_is_not_let_in() -> None:
    with pytest.raises(FeelEvaluationError, match="不支持的数据类型"):
        compile_expression("x").evaluate_strict({"x": object()})


def test_a_cell_is_checked_like_an_expression() -> None:
    with pytest.raises(FeelSyntaxError):
        compile_unary_tests(">= ")
    with pytest.raises(FeelSyntaxError):
        compile_unary_tests("degre", names=["degree"])


@pytest.mark.parametrize(
    ("cell", "value", "passes"),
    [
        ("-", None, True),
        (">= 85", 85, True),
        ("[60..85)", 85, False),
        ("]60..85]", 60, False),
        ("(60..85[", 84, True),
        ("< 10, > 20", 25, True),
        ('"本科", "硕士"', "硕士", True),
        ('not("本科", "硕士")', "硕士", False),
        ("not(> 5)", 3, True),
        ("null", None, True),
        ("true", True, True),
        ('? > 5 and ? < "a"', 6, False),
        ('contains(?, "社")', "社区", True),
        ("[1, 2, 3]", 2, True),
        ("limit", 7, True),
        ("> limit * 2", 15, True),
    ],
)
def test_a_cell_passes_the_values_it_describes(cell: str, value: object, passes: bool) -> None:
    assert compile_unary_tests(cell).test(value, {"limit": 7}) is passes


def test_only_text_behind_an_equals_sign_is_an_expression() -> None:
    assert strip_expression("= score >= 60 ") == "score >= 60"
    assert strip_expression("score") is None
