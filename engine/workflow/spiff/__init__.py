"""The adapter around SpiffWorkflow: a diagram becomes a CompiledProcess, a case becomes an Execution.

The only room that imports SpiffWorkflow; no type of it appears in a signature.

    process = compile_process([xml], "registration")           # once per definition version, immutable, shareable
    execution = Execution.start(process, {"applicantId": "7"}, environment)
    execution.advance()                                         # runs until only waits remain
    wait, = execution.waits()
    execution.complete(wait.token, {"decision": "pass"})
    execution.advance()
    marking = execution.dump()                                  # the caller adds the HMAC
    execution = Execution.restore(process, marking, environment)

`start`, `complete`, `complete_job`, `fire_timer`, `deliver`, `throw_error`, `send_back` and `jump` only place tokens:
call `advance` after them. Every error is an ExecutionError: roll back and drop the live object.

Variables: a token sees the variables of its branch. Parallel branches do not see each other's changes until they
join; at the join each contributes only what it changed, the later one wins. A branch that ends gives its changes to
the instance: other branches see them unless they have a value of their own. A sub-process or call gives back what it
changed (or its outputs).
"""

from engine.workflow.spiff.compiler import CompiledProcess, compile_process
from engine.workflow.spiff.execution import Execution
from engine.workflow.spiff.interface import (
    Budget,
    BudgetExceeded,
    Clock,
    DueDates,
    ElementError,
    Environment,
    ExecutionError,
    ExecutionStuck,
    Expressions,
    MarkingRefused,
    MoveRefused,
    Thrown,
    Trail,
    UnhandledError,
    UnknownToken,
    Variables,
    Wait,
    WaitKind,
)

__all__ = [
    "Budget",
    "BudgetExceeded",
    "Clock",
    "CompiledProcess",
    "DueDates",
    "ElementError",
    "Environment",
    "Execution",
    "ExecutionError",
    "ExecutionStuck",
    "Expressions",
    "MarkingRefused",
    "MoveRefused",
    "Thrown",
    "Trail",
    "UnhandledError",
    "UnknownToken",
    "Variables",
    "Wait",
    "WaitKind",
    "compile_process",
]
