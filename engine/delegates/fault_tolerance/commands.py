"""What people do that touches a case and its row together; each authorises inside itself."""

from dataclasses import dataclass
from datetime import date

from engine.decision import Value
from engine.delegates.fault_tolerance.messages import OBJECTION_RAISED
from engine.kernel.command import CommandContext
from engine.personnel.case_files import Material, add_material
from engine.personnel.fault_tolerance import course, materials, opening, settings
from engine.personnel.fault_tolerance.cases import case_numbered, fault_numbered
from engine.personnel.fault_tolerance.opening import Application
from engine.workflow import messages
from engine.workflow.definitions import DefinitionCache
from engine.workflow.instances import start

FAULT = "fault_tolerance"
CLEARING = "clearing"


@dataclass(frozen=True)
class OpenFaultCase:
    """The person or his street applies, or discipline begins by itself [N 10.1]. Answers the instance.

    The title of the case names nobody, so that lists of other people do not either.
    """

    worker_id: int
    account: str
    accountability_on: date | None = None
    materials: tuple[Material, ...] = ()

    def execute(self, context: CommandContext) -> int:
        row = opening.open_fault_case(context, Application(self.worker_id, self.account, self.accountability_on))
        for material in self.materials:
            add_material(context, row.files, "application", material)
        due = course.due_after(context, row, settings.ACCEPT_WORKDAYS)
        variables: dict[str, Value] = {
            "opening": row.opening.value, "initiatorId": row.opened_by, "acceptanceDue": due,
        }  # fmt: skip
        return _start(context, FAULT, str(row.number), row.county_id, "容错案件", variables)


@dataclass(frozen=True)
class OpenClearingCase:
    """The person, his street or discipline asks for a clearing [N 10.3]. Answers the instance."""

    worker_id: int
    account: str
    fault_case_id: int | None = None
    materials: tuple[Material, ...] = ()

    def execute(self, context: CommandContext) -> int:
        row = opening.open_clearing_case(context, self.worker_id, self.account, self.fault_case_id)
        for material in self.materials:
            add_material(context, row.files, "application", material)
        due = course.due_after(context, row, settings.CLEARING_WORKDAYS)
        return _start(context, CLEARING, str(row.number), row.county_id, "澄清案件", {"assessmentDue": due})


@dataclass(frozen=True)
class ObjectToConclusion:
    """The person, or his street for him, objects to the conclusion within the window [domain 5.3]."""

    number: str
    reason: str

    def execute(self, context: CommandContext) -> None:
        row = fault_numbered(context.session, self.number)
        course.object_to(context, row, self.reason)
        due = course.due_after(context, row, settings.REEXAMINE_WORKDAYS)
        messages.publish(context, OBJECTION_RAISED, self.number, {"reexaminationDue": due})


@dataclass(frozen=True)
class AddFaultMaterial:
    """A file for a case: discipline while it works, the person and who applied for him while they may add."""

    number: str
    material: Material

    def execute(self, context: CommandContext) -> int:
        row = case_numbered(context.session, self.number)
        return materials.add(context, row, self.material).id


def _start(
    context: CommandContext, process: str, number: str, county_id: int, kind: str, variables: dict[str, Value]
) -> int:
    definition = context.service(DefinitionCache).latest(context.session, process)
    return start(context, definition, number, county_id, f"{kind} {number}", variables).instance.id
