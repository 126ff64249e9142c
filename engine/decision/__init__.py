"""FEEL and DMN: compiled once, cached, within a budget. Knows nothing else of the product.

`compile_expression` and `compile_unary_tests` for single texts, `parse_decisions` and `check_decisions` for files.
"""

from .budget import Budget
from .dmn.findings import Finding, Severity
from .dmn.model import Decision, DecisionModel, DecisionResult, InputData
from .dmn.reader import check_decisions, parse_decisions
from .dmn.tables import Aggregation, HitPolicy, InputColumn, MatchedRule, OutputColumn
from .errors import (
    AnyConflict,
    BudgetExceeded,
    DecisionError,
    DecisionModelInvalid,
    FeelError,
    FeelEvaluationError,
    FeelSyntaxError,
    InputRefused,
    OutputRefused,
    UniqueViolated,
    UnknownDecision,
)
from .expression import (
    Evaluation,
    Expression,
    UnaryTests,
    compile_expression,
    compile_unary_tests,
    is_variable_name,
    strip_expression,
)
from .functions import STANDARD
from .functions.conversion import format_number
from .library import FunctionLibrary
from .run import EvaluationWarning, Run, Unfit
from .temporal import format_temporal, parse_date, parse_datetime, parse_duration, parse_time
from .values import Range, Value, YearMonthDuration, clean

__all__ = [
    "STANDARD",
    "Aggregation",
    "AnyConflict",
    "Budget",
    "BudgetExceeded",
    "Decision",
    "DecisionError",
    "DecisionModel",
    "DecisionModelInvalid",
    "DecisionResult",
    "Evaluation",
    "EvaluationWarning",
    "Expression",
    "FeelError",
    "FeelEvaluationError",
    "FeelSyntaxError",
    "Finding",
    "FunctionLibrary",
    "HitPolicy",
    "InputColumn",
    "InputData",
    "InputRefused",
    "MatchedRule",
    "OutputColumn",
    "OutputRefused",
    "Range",
    "Run",
    "Severity",
    "UnaryTests",
    "Unfit",
    "UniqueViolated",
    "UnknownDecision",
    "Value",
    "YearMonthDuration",
    "check_decisions",
    "clean",
    "compile_expression",
    "compile_unary_tests",
    "format_number",
    "format_temporal",
    "is_variable_name",
    "parse_date",
    "parse_datetime",
    "parse_decisions",
    "parse_duration",
    "parse_time",
    "strip_expression",
]
