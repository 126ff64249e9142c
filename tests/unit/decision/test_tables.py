"""Decision tables: the seven hit policies and the reasons they give."""

from decimal import Decimal

import pytest

from engine.decision import (
    AnyConflict,
    Budget,
    BudgetExceeded,
    FeelEvaluationError,
    InputRefused,
    UniqueViolated,
    UnknownDecision,
    Value,
    parse_decisions,
)

from .tables_of_dmn import model, table

GRADES = [(">= 85", '"优秀"'), (">= 60", '"合格"'), ("-", '"参加"')]
ORDERED = (("grade", "string", '"优秀", "合格", "参加"'),)
POINTS = (("points", "number", ""),)


def decide(part: str, **variables: Value) -> Value:
    return parse_decisions(model(part)).evaluate("qualify", variables).value


def test_unique_gives_the_one_rule_that_matches() -> None:
    assert decide(table([("[60..85)", '"合格"'), (">= 85", '"优秀"')]), score=70) == "合格"


def test_unique_refuses_two_rules_that_match_and_names_them() -> None:
    with pytest.raises(UniqueViolated, match="第 1、2 条规则"):
        decide(table([(">= 60", '"合格"'), (">= 85", '"优秀"')]), score=90)


def test_any_takes_rules_that_agree_and_refuses_those_that_do_not() -> None:
    agreeing = table([(">= 60", '"合格"'), (">= 70", '"合格"')], policy="ANY")
    assert decide(agreeing, score=80) == "合格"
    with pytest.raises(AnyConflict):
        decide(table(GRADES, policy="ANY"), score=90)


def test_first_takes_the_first_in_the_table() -> None:
    assert decide(table(GRADES, policy="FIRST"), score=90) == "优秀"


def test_priority_takes_the_best_output_value() -> None:
    assert decide(table(GRADES[::-1], policy="PRIORITY", outputs=ORDERED), score=90) == "优秀"


def test_rule_order_lists_in_the_order_of_the_table() -> None:
    assert decide(table(GRADES[::-1], policy="RULE ORDER"), score=70) == ["参加", "合格"]


def test_output_order_lists_the_best_first() -> None:
    assert decide(table(GRADES[::-1], policy="OUTPUT ORDER", outputs=ORDERED), score=90) == ["优秀", "合格", "参加"]


@pytest.mark.parametrize(
    ("aggregation", "expected"), [("", [1, 2, 4]), ("SUM", 7), ("MIN", 1), ("MAX", 4), ("COUNT", 3)]
)
def test_collect_lists_or_aggregates(aggregation: str, expected: object) -> None:
    rules = [("> 1", "1"), ("> 2", "2"), ("> 3", "4"), ("> 100", "8")]
    part = table(rules, policy="COLLECT", aggregation=aggregation, outputs=POINTS)
    assert decide(part, score=50) == expected


def test_no_rule_that_matches_gives_null_and_a_count_of_zero() -> None:
    rules = [("> 100", "1")]
    assert decide(table(rules, outputs=POINTS), score=1) is None
    assert decide(table(rules, policy="COLLECT", aggregation="COUNT", outputs=POINTS), score=1) == 0


def test_several_outputs_make_a_context() -> None:
    part = table([("-", '"合格"', "5")], outputs=[("grade", "string", ""), ("points", "number", "")])
    assert decide(part, score=1) == {"grade": "合格", "points": Decimal(5)}


def test_the_rule_that_hit_is_shown_with_its_values() -> None:
    part = table([("< 60", '"x"'), (">= limit", '"合格"')], policy="FIRST")
    result = parse_decisions(model(part)).evaluate("qualify", {"score": 70, "limit": 60})
    (rule,) = result.matched
    assert (rule.rule_id, rule.index, rule.annotation) == ("qualify_r2", 2, "说明 qualify_r2")
    assert rule.inputs == {"输入1": Decimal(70)}
    assert rule.outputs == {"grade": "合格"}


def test_a_decision_uses_the_decisions_it_requires() -> None:
    needs = '<informationRequirement><requiredDecision href="#total"/></informationRequirement>'
    total = (
        '<decision id="total" name="总分"><informationRequirement><requiredInput href="#written"/>'
        "</informationRequirement><literalExpression><text>笔试 * 0.4 + 30</text></literalExpression></decision>"
        '<inputData id="written" name="笔试"><variable name="笔试" typeRef="number"/></inputData>'
    )
    part = table([("> 60", '"合格"'), ("<= 60", '"不合格"')], inputs=[("总分", "number")], requires=needs)
    parsed = parse_decisions(model(part, total))
    assert parsed.evaluate("qualify", {"笔试": 80}).value == "合格"
    assert parsed.evaluate("总分", {"笔试": 80}).value == Decimal(62)


def test_a_context_with_an_invocation_is_evaluated_in_order() -> None:
    knowledge = (
        '<businessKnowledgeModel id="weigh" name="折算"><encapsulatedLogic>'
        '<formalParameter name="分数" typeRef="number"/><literalExpression><text>分数 * 0.4</text></literalExpression>'
        "</encapsulatedLogic></businessKnowledgeModel>"
    )
    decision = (
        '<decision id="sum" name="合计"><knowledgeRequirement><requiredKnowledge href="#weigh"/></knowledgeRequirement>'
        '<context><contextEntry><variable name="部分"/><invocation><literalExpression><text>折算</text>'
        '</literalExpression><binding><parameter name="分数"/><literalExpression><text>score</text></literalExpression>'
        "</binding></invocation></contextEntry><contextEntry><literalExpression><text>部分 + 折算(10)</text>"
        "</literalExpression></contextEntry></context></decision>"
    )
    assert parse_decisions(model(decision, knowledge)).evaluate("sum", {"score": 50}).value == Decimal(24)


def test_an_unknown_decision_is_named() -> None:
    with pytest.raises(UnknownDecision, match="nothing"):
        parse_decisions(model(table(GRADES, policy="FIRST"))).evaluate("nothing", {})


def test_strict_evaluation_does_not_turn_a_missing_input_into_the_last_row() -> None:
    parsed = parse_decisions(model(table(GRADES, policy="FIRST")))
    assert parsed.evaluate("qualify", {}).value == "参加"
    with pytest.raises(FeelEvaluationError, match="决策“qualify”：未知的变量：score"):
        parsed.evaluate("qualify", {}, strict=True)


def test_strict_evaluation_names_the_rule_that_cannot_be_computed() -> None:
    parsed = parse_decisions(model(table([("> 1", '"x"'), ("> limit", '"y"')], policy="FIRST")))
    with pytest.raises(FeelEvaluationError, match="第 2 条规则：未知的变量：limit"):
        parsed.evaluate("qualify", {"score": 1}, strict=True)


def test_an_input_that_is_known_to_be_empty_matches_no_range_and_is_no_mistake() -> None:
    parsed = parse_decisions(model(table(GRADES, policy="FIRST")))
    assert parsed.evaluate("qualify", {"score": None}, strict=True).value == "参加"


def test_a_table_over_budget_stops() -> None:
    part = table([("count(for i in 1..100000 return i) > ?", '"x"')])
    with pytest.raises(BudgetExceeded):
        parse_decisions(model(part)).evaluate("qualify", {"score": 1}, budget=Budget(5_000))


@pytest.mark.parametrize(
    "version", ["http://www.omg.org/spec/DMN/20180521/MODEL/", "https://www.omg.org/spec/DMN/20230324/MODEL/"]
)
def test_the_versions_of_dmn_are_read_alike(version: str) -> None:
    parsed = parse_decisions(model(table(GRADES, policy="FIRST"), namespace=version))
    assert parsed.evaluate("qualify", {"score": 60}).value == "合格"


def test_columns_with_one_label_are_shown_apart() -> None:
    part = table([("> 1", "< 9", '"x"')], inputs=[("a", "number"), ("b", "number")]).replace("输入2", "输入1")
    (rule,) = parse_decisions(model(part)).evaluate("qualify", {"a": 2, "b": 3}).matched
    assert rule.inputs == {"输入1": 2, "输入1（2）": 3}


def test_an_input_outside_its_allowed_values_is_refused() -> None:
    part = table([("-", '"x"')]).replace(
        "</inputExpression>", "</inputExpression><inputValues><text>[0..100]</text></inputValues>"
    )
    parsed = parse_decisions(model(part))
    assert parsed.evaluate("qualify", {"score": 100}).value == "x"
    with pytest.raises(InputRefused, match="输入1"):
        parsed.evaluate("qualify", {"score": 101})


def test_a_decision_service_and_a_knowledge_model_can_be_called_by_name() -> None:
    double = (
        '<businessKnowledgeModel id="k" name="double"><encapsulatedLogic><formalParameter name="x" typeRef="number"/>'
        "<literalExpression><text>x * 2</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>"
    )
    parsed = parse_decisions(model(table([("-", '"x"')]), double))
    assert parsed.invoke("double", {"x": 4}) == 8


def test_a_function_is_no_result() -> None:
    part = '<decision id="f" name="f"><literalExpression><text>function(a) a</text></literalExpression></decision>'
    result = parse_decisions(model(part)).evaluate("f", {})
    assert result.value is None
    assert [warning.code for warning in result.warnings] == ["feel.function_value"]


def test_structured_types_are_checked_and_lists_of_one_fit_in() -> None:
    types = (
        '<itemDefinition name="Person"><itemComponent name="full name"><typeRef>string</typeRef></itemComponent>'
        '<itemComponent name="age"><typeRef>number</typeRef></itemComponent></itemDefinition>'
    )
    data = '<inputData id="p" name="person"><variable name="person" typeRef="Person"/></inputData>'
    needs = '<informationRequirement><requiredInput href="#p"/></informationRequirement>'
    logic = "<literalExpression><text>person.full name</text></literalExpression>"
    parsed = parse_decisions(model(types, f'<decision id="d" name="d">{needs}{logic}</decision>', data))
    assert parsed.evaluate("d", {"person": [{"full name": "王芳", "age": 31}]}).value == "王芳"
    assert parsed.evaluate("d", {"person": {"full name": 5, "age": 31}}).value is None
