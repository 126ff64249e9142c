"""Decision tables read from DMN texts, as the service that personnel asks."""

from collections.abc import Iterable, Mapping
from typing import Any

from engine.decision import DecisionModel, DecisionResult, UnknownDecision, parse_decisions
from engine.personnel.decisions import DecisionTables


def tables_of(texts: Iterable[bytes]) -> DecisionTables:
    """All decisions of the given files; an id may stand in one file only."""
    models: dict[str, DecisionModel] = {}
    for text in texts:
        model = parse_decisions(text)
        for name in model.decisions:
            if name in models:
                raise ValueError(f"decision {name} is defined twice")
            models[name] = model

    def decide(decision_id: str, variables: Mapping[str, Any]) -> DecisionResult:
        if decision_id not in models:
            raise UnknownDecision(decision_id)
        return models[decision_id].evaluate(decision_id, variables)

    return DecisionTables(decide)
