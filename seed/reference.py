"""What every installation needs before anybody signs in: the legal calendar and the deployed processes."""

from dataclasses import dataclass
from pathlib import Path

from engine.kernel.actor import SYSTEM
from engine.kernel.command import CommandContext
from engine.kernel.process_engine import ProcessEngine
from engine.personnel.holiday_source import fill_calendar
from engine.workflow.definitions import Deploy

DRAWINGS = Path(__file__).resolve().parent.parent / "bpmn"
"""One folder a process: diagrams and decision tables that are deployed together."""
PROCESSES = ("recruitment", "appraisal", "secondment", "exit", "fault_tolerance")
"""The processes that an installation starts with, in the order in which they are deployed."""


@dataclass(frozen=True, slots=True)
class LoadCalendar:
    """Enters the announced holidays of the years that are not known yet; edited years stay as they are."""

    def execute(self, context: CommandContext) -> int:
        return fill_calendar(context.session, context.now)


def load_reference(engine: ProcessEngine) -> None:
    """Calendar and processes; what is there already stays."""
    engine.execute(LoadCalendar(), actor=SYSTEM)
    for process in PROCESSES:
        engine.execute(Deploy(process_files(DRAWINGS / process), note="随系统安装"), actor=SYSTEM)


def process_files(folder: Path) -> dict[str, bytes]:
    """The diagrams and tables of one process by name."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in {".bpmn", ".dmn"}}
