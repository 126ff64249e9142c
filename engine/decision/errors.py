"""Errors of expressions and decision tables: Chinese messages for users, stable codes for programs."""


class FeelError(Exception):
    """Root of all expression errors. `line` and `column` count from 1; 0 means that no place is known."""

    def __init__(self, message: str, *, code: str, line: int = 0, column: int = 0) -> None:
        self.message = message
        self.code = code
        self.line = line
        self.column = column
        super().__init__(f"第 {line} 行第 {column} 列：{message}" if line else message)


class FeelSyntaxError(FeelError):
    """The text is not FEEL, is too long or too deep, or uses a name that is not known. Raised when compiling."""


class FeelEvaluationError(FeelError):
    """In strict evaluation: an unknown variable, a type mismatch or a value that cannot be computed."""

    def within(self, where: str) -> "FeelEvaluationError":
        """The same error, saying in which part of a decision model it happened."""
        message = f"{where}：{self.message}"
        return FeelEvaluationError(message, code=self.code, line=self.line, column=self.column)


class BudgetExceeded(FeelError):
    """The evaluation used up its fuel, nested too deep or built a value that is too big."""


class DecisionError(Exception):
    """Root of the errors of decision models. `code` is stable, `element_id` names the place in the model."""

    code = "decision.error"

    def __init__(self, message: str, *, element_id: str = "") -> None:
        self.message = message
        self.element_id = element_id
        super().__init__(message)


class DecisionModelInvalid(DecisionError):
    """The file cannot be used; `findings` lists every reason."""

    code = "decision.model_invalid"

    def __init__(self, message: str, findings: tuple[object, ...] = ()) -> None:
        super().__init__(message)
        self.findings = findings


class UnknownDecision(DecisionError):
    """No decision of that id or name."""

    code = "decision.unknown"


class UniqueViolated(DecisionError):
    """Hit policy UNIQUE, but several rules match [DMN 1.5, 8.2.8.1]."""

    code = "decision.unique_violated"


class AnyConflict(DecisionError):
    """Hit policy ANY, but the matching rules disagree [DMN 1.5, 8.2.8.1]."""

    code = "decision.any_conflict"


class InputRefused(DecisionError):
    """An input value is outside the allowed values of its column or type."""

    code = "decision.input_refused"


class OutputRefused(DecisionError):
    """An output value is outside the allowed values or cannot be aggregated."""

    code = "decision.output_refused"
