"""The deployed decision tables as the tables of the personnel room."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from engine.decision import DecisionModel, DecisionResult
from engine.kernel.clock import Clock, local_clock
from engine.kernel.errors import NotFound
from engine.kernel.store import Store
from engine.workflow.definitions import decision_models
from engine.workflow.tables import DecisionDefinition


@dataclass
class DeployedTables:
    """The newest deployed version of each decision; parsed again only after a deployment."""

    store: Store
    clock: Clock
    _models: Mapping[str, DecisionModel] = field(default_factory=dict)
    _newest: int = 0

    def decide(self, decision_id: str, variables: Mapping[str, Any]) -> DecisionResult:
        """Evaluates the decision of that id with the variables."""
        models = self._current()
        if decision_id not in models:
            raise NotFound(f"决策表“{decision_id}”没有部署，请流程管理员部署后再办理")
        return models[decision_id].evaluate(decision_id, variables, strict=True, clock=local_clock(self.clock))

    def _current(self) -> Mapping[str, DecisionModel]:
        with self.store.reading() as session:
            newest = session.scalar(select(func.max(DecisionDefinition.id))) or 0
            if newest != self._newest:
                self._models, self._newest = decision_models(session, 0), newest
        return self._models
