"""`check_decisions` finds everything that is wrong with a file, all at once."""

import pytest

from engine.decision import DecisionModelInvalid, Severity, check_decisions, parse_decisions

from .tables_of_dmn import model, table

GOOD = [(">= 60", '"合格"'), ("< 60", '"不合格"')]


def codes(*parts: str) -> set[str]:
    return {finding.code for finding in check_decisions(model(*parts))}


def test_a_good_table_has_no_findings() -> None:
    assert check_decisions(model(table(GOOD))) == []


@pytest.mark.parametrize(
    ("part", "code"),
    [
        (table([(">= ", '"x"')]), "feel.syntax"),
        (table([("- 1 +", '"x"')]), "feel.syntax"),
        (table([("> 1", "'x'")]), "feel.syntax"),
        (table([("True) or (1", '"x"')]), "feel.syntax"),
        (table([("> 1", "zahl(1)")]), "feel.unknown_function"),
        (table(GOOD, policy="BEST"), "dmn.hit_policy"),
        (table(GOOD, policy="COLLECT", aggregation="AVERAGE"), "dmn.aggregation"),
        (table(GOOD, policy="FIRST", aggregation="SUM"), "dmn.aggregation"),
        (table(GOOD, policy="PRIORITY"), "dmn.output_values"),
        (table(GOOD, outputs=()), "dmn.no_output"),
        (table([(">= 60", '"a"', '"b"')]), "dmn.cell_count"),
        (table([(">= 60", "")]), "dmn.empty_cell"),
        (table(GOOD, inputs=[("", "number")]), "dmn.empty_cell"),
        (table([('"本科"', '"x"')]), "dmn.cell_type"),
        (table([("[1..5]", '"x"')], inputs=[("degree", "string")]), "dmn.cell_type"),
        (table([("-", "5")]), "dmn.cell_type"),
        (table(GOOD, inputs=[("score", "nummer")]), "dmn.unknown_type"),
        (table([("-", "1", "2")], outputs=[("a", "number", ""), ("a", "number", "")]), "dmn.output_name"),
        (table(GOOD) + table(GOOD), "dmn.duplicate_id"),
        (
            table(GOOD, requires='<informationRequirement><requiredDecision href="#x"/></informationRequirement>'),
            "dmn.reference",
        ),
        ('<decision id="a" name="空"/>', "dmn.no_logic"),
        (
            '<decision id="a" name="a"><literalExpression><text> </text></literalExpression></decision>',
            "dmn.empty_cell",
        ),
        ("", "dmn.no_decision"),
    ],
)
def test_a_mistake_is_found(part: str, code: str) -> None:
    findings = [finding for finding in check_decisions(model(part)) if finding.code == code]
    assert findings
    assert all(finding.message and finding.fix and finding.line for finding in findings)


def test_all_mistakes_are_found_at_once() -> None:
    rules = [(">= ", '"x"'), ('"a"', '"x"'), ("> 1", "5"), ("> 2", ""), ("> 3",)]
    found = check_decisions(model(table(rules, policy="BEST")))
    assert {finding.code for finding in found} >= {
        "feel.syntax", "dmn.cell_type", "dmn.empty_cell", "dmn.cell_count", "dmn.hit_policy"
    }  # fmt: skip
    assert len([finding for finding in found if finding.code == "dmn.cell_type"]) == 2


def test_a_finding_names_the_rule_and_the_column_in_the_cell() -> None:
    (finding,) = check_decisions(model(table([("> 1", '"x"'), ("> 1 2", '"x"')])))
    assert (finding.element_id, finding.column, finding.severity) == ("qualify_r2", 5, Severity.ERROR)


def test_an_unknown_variable_is_an_error_when_the_variables_are_known() -> None:
    xml = model(table(GOOD, inputs=[("scoer", "number")]))
    assert check_decisions(xml) == []
    assert [finding.code for finding in check_decisions(xml, names=["score"])] == ["feel.unknown_variable"]


def test_an_unknown_variable_is_an_error_when_the_inputs_are_drawn() -> None:
    needs = '<informationRequirement><requiredInput href="#score"/></informationRequirement>'
    data = '<inputData id="score" name="score"><variable name="score"/></inputData>'
    assert codes(table(GOOD, inputs=[("scoer", "number")], requires=needs), data) == {"feel.unknown_variable"}


def test_a_circle_of_requirements_is_found() -> None:
    def ring(one: str, other: str) -> str:
        needs = f'<informationRequirement><requiredDecision href="#{other}"/></informationRequirement>'
        logic = "<literalExpression><text>1</text></literalExpression>"
        return f'<decision id="{one}" name="{one}">{needs}{logic}</decision>'

    assert codes(ring("a", "b"), ring("b", "a")) == {"dmn.cycle"}


HOSTILE = [
    b"",
    b"{}",
    b"<html/>",
    model(table(GOOD))[:-30],
    b'<!DOCTYPE x [<!ENTITY e "x">]>' + model(table(GOOD)),
    b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///nowhere">' + model(table(GOOD)),
    model(table(GOOD)).decode().encode("utf-16"),
    b'<?xml version="1.0" encoding="UTF-7"?>' + model(table(GOOD)),
    model("<!--" + "x" * (3 << 20) + "-->"),
    model("<extensionElements>" + "<a>" * 400 + "</a>" * 400 + "</extensionElements>"),
]


@pytest.mark.parametrize("xml", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_file_is_refused_with_a_finding(xml: bytes) -> None:
    (finding,) = check_decisions(xml)
    assert finding.code in {"dmn.xml", "dmn.namespace"}
    with pytest.raises(DecisionModelInvalid):
        parse_decisions(xml)


def test_a_file_with_mistakes_is_not_parsed_unless_asked_to_be_lenient() -> None:
    xml = model(table([("> ", '"x"')]))
    with pytest.raises(DecisionModelInvalid) as caught:
        parse_decisions(xml)
    assert len(caught.value.findings) == 1
    assert parse_decisions(xml, lenient=True).evaluate("qualify", {"score": 1}).value is None


def test_an_output_outside_the_output_values_of_its_column_is_found() -> None:
    grades = (("grade", "string", '"优秀", "合格"'),)
    found = check_decisions(model(table([(">= 85", '"优秀"'), ("< 85", '"不及格"')], outputs=grades)))
    assert [(finding.code, finding.element_id) for finding in found] == [("dmn.cell_value", "qualify_r2")]


def test_a_table_too_big_to_compile_in_time_is_refused() -> None:
    found = check_decisions(model(table([(f"> {n}", '"x"') for n in range(5_000)], policy="FIRST")))
    assert [finding.code for finding in found] == ["dmn.size"]
