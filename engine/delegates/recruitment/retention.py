"""Once a day: files that may not be kept any longer, contents that no row knows, uploads that nobody confirmed."""

from datetime import timedelta

from engine.delegates.case_files import erase_attachments
from engine.kernel.command import CommandContext
from engine.personnel import files
from engine.personnel.recruitment import retention
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.sheet_imports import forget_abandoned
from engine.workflow.delegates import BatchCall, Pending, batch
from engine.workflow.housekeeping import daily
from engine.workflow.services import start_batch

UNCONFIRMED = timedelta(days=7)
"""How long an uploaded spreadsheet waits for its confirmation."""
ERASE, SWEEP = "recruitment.erase_files", "files.sweep"


@daily("recruitment.retention")
def keep_no_longer(context: CommandContext) -> None:
    """Starts what takes long as batches."""
    forget_abandoned(context, context.now - UNCONFIRMED)
    for kind, items in (
        (ERASE, retention.over_due(context.session, context.now)),
        (SWEEP, files.shelves(context.settings.files_folder)),
    ):
        if items:
            start_batch(context, Pending(kind, items), None, None)


@batch(ERASE)
def erase_files(call: BatchCall) -> None:
    """The files of these registrations, also those that came with comments on their cases."""
    for registration_id in call.items:
        if retention.erase_files(call.context, registration_id):
            number = call.context.session.get_one(Registration, registration_id).number
            erase_attachments(call.context, "recruitment_registration", str(number))


@batch(SWEEP)
def sweep(call: BatchCall) -> None:
    """The contents in these sub-folders."""
    for shelf in call.items:
        files.sweep(call.context, shelf)
