"""How a clause is cited to people."""

import pytest

from engine.kernel.errors import RuleViolation, citation


@pytest.mark.parametrize(
    ("clause", "cited"),
    [("9.6", "第 9.6 条"), ("1.2、1.3", "第 1.2、1.3 条"), ("L42", "劳动合同法第 42 条"),
     ("L44(2)", "劳动合同法第 44 条第 2 项"), ("实施条例第24条", "实施条例第24条")],
)  # fmt: skip
def test_a_clause_is_cited_in_words(clause: str, cited: str) -> None:
    assert citation(clause) == cited


def test_a_broken_rule_is_told_with_its_clause() -> None:
    assert RuleViolation("借调不得超过六个月", clause="8.2").cited == "借调不得超过六个月（依据第 8.2 条）"
