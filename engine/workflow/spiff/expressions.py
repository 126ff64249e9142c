"""The script engine that SpiffWorkflow asks. It never sees Python: text behind `=` is FEEL, other text a constant."""

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment

from engine.decision.values import Value
from engine.workflow.spiff.interface import ElementError, ExecutionError, Expressions
from engine.workflow.spiff.tokens import Token


class NoPython(BasePythonScriptEngineEnvironment):
    """Stands where SpiffWorkflow would evaluate Python: everything is refused."""

    def evaluate(self, expression: str, context: object, external_context: object = None) -> Value:
        raise ElementError("", "流程图中不能执行程序代码")

    def execute(self, script: str, context: object, external_context: object = None) -> bool:
        raise ElementError("", "流程图中不能执行程序代码")

    def call_service(self, context: object, **kwargs: object) -> Value:
        raise ElementError("", "流程图中不能执行程序代码")


class FeelEngine(PythonScriptEngine):
    """Evaluates for one token, with the variables that this token sees."""

    def __init__(self, expressions: Expressions) -> None:
        super().__init__(NoPython())
        self.expressions = expressions

    def validate(self, expression: str) -> None:
        raise ElementError("", "流程图中不能执行程序代码")

    def evaluate(self, token: Token, expression: str | None, external_context: Any = None) -> Value:
        """The value of the text as written in the diagram."""
        return self.value(expression or "", token.sees(), token.task_spec.node.id, external_context)

    def value(self, text: str, variables: Mapping[str, Value], node_id: str, more: Any = None) -> Value:
        """The same without a token. Raises ElementError."""
        text = text.strip()
        if not text.startswith("="):
            return text
        try:
            return self.expressions.evaluate(text[1:].strip(), {**variables, **more} if more else variables)
        except ExecutionError:
            raise
        except Exception as error:
            raise ElementError(node_id, f"表达式“{text[:80]}”出错：{error}", error) from error

    def decide(self, token: Token, decision: str) -> Value:
        """The result of the decision of that id, or of the id that an expression gives."""
        decision_id = self.evaluate(token, decision)
        try:
            return self.expressions.decide(str(decision_id), token.sees())
        except Exception as error:
            raise ElementError(token.task_spec.node.id, f"决策“{decision_id}”出错：{error}", error) from error
