"""Small decision models as text, for the tests."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

MODEL = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def model(*parts: str, namespace: str = MODEL) -> bytes:
    """A whole file around its parts."""
    head = f'<definitions xmlns="{namespace}" id="defs" name="规则" namespace="test">'
    return f"{head}{''.join(parts)}</definitions>".encode()


def table(
    rules: Sequence[Sequence[str]],
    *,
    decision_id: str = "qualify",
    policy: str = "UNIQUE",
    aggregation: str = "",
    inputs: Sequence[tuple[str, str]] = (("score", "number"),),
    outputs: Sequence[tuple[str, str, str]] = (("grade", "string", ""),),
    requires: str = "",
) -> str:
    """A decision with a table; outputs are (name, type, output values)."""
    columns = "".join(
        f'<input id="{decision_id}_i{n}" label="输入{n}"><inputExpression typeRef="{kind}"><text>{escape(text)}</text>'
        f"</inputExpression></input>"
        for n, (text, kind) in enumerate(inputs, 1)
    ) + "".join(
        f'<output id="{decision_id}_o{n}" name="{name}" typeRef="{kind}">'
        + (f"<outputValues><text>{escape(values)}</text></outputValues>" if values else "")
        + "</output>"
        for n, (name, kind, values) in enumerate(outputs, 1)
    )
    rows = "".join(_rule(f"{decision_id}_r{n}", rule, len(inputs)) for n, rule in enumerate(rules, 1))
    total = f' aggregation="{aggregation}"' if aggregation else ""
    return (
        f'<decision id="{decision_id}" name="{decision_id}">{requires}'
        f'<decisionTable id="{decision_id}_t" hitPolicy="{policy}"{total}>{columns}{rows}</decisionTable></decision>'
    )


def _rule(identity: str, cells: Sequence[str], inputs: int) -> str:
    entries = "".join(f"<inputEntry><text>{escape(cell)}</text></inputEntry>" for cell in cells[:inputs])
    results = "".join(f"<outputEntry><text>{escape(cell)}</text></outputEntry>" for cell in cells[inputs:])
    return f'<rule id="{identity}"><description>说明 {identity}</description>{entries}{results}</rule>'
