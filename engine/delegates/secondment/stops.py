"""A secondment or extension that somebody withdraws or terminates: the ledger follows in the same transaction."""

from engine.delegates.secondment.commands import EXTENSION, SECONDMENT
from engine.kernel.command import CommandContext
from engine.personnel.secondment import course
from engine.personnel.secondment.secondments import extension_numbered, secondment_numbered
from engine.workflow.delegates import when_stopped
from engine.workflow.tables import ProcessInstance


@when_stopped(SECONDMENT)
def stop_secondment(context: CommandContext, instance: ProcessInstance, reason: str) -> None:
    """Nobody stays away, and nothing stays asked, without a case that ends it."""
    course.stop(context, secondment_numbered(context.session, instance.business_key), reason)


@when_stopped(EXTENSION)
def stop_extension(context: CommandContext, instance: ProcessInstance, reason: str) -> None:
    """The last day stays."""
    course.refuse_extension(extension_numbered(context.session, instance.business_key), reason)
