"""Diagrams become an executable process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.workflow.diagram import Node


@dataclass(frozen=True, slots=True)
class CompiledProcess:
    """An executable process: immutable, free to be shared between threads and cached per definition version.

    `nodes` holds the nodes of the process and of every process it calls."""

    process_id: str
    nodes: Mapping[str, Node]


def compile_process(diagrams: Sequence[bytes], process_id: str) -> CompiledProcess:
    """Builds the process out of the files that hold it and every process it calls.

    Raises DiagramError, also when the built process differs from the drawing in any node or flow."""
    raise NotImplementedError
