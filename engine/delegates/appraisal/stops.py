"""An appraisal that somebody terminates: its rows follow in the same transaction [domain 3.5]."""

from engine.delegates.appraisal.commands import GUIDE, PLAN
from engine.delegates.appraisal.plans import CASE
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict
from engine.personnel.appraisal import assessment, guides
from engine.personnel.appraisal.cases import case_numbered
from engine.personnel.appraisal.guides import guide_numbered
from engine.workflow.delegates import when_stopped
from engine.workflow.tables import ProcessInstance


@when_stopped(GUIDE)
def stop_guide(context: CommandContext, instance: ProcessInstance, _reason: str) -> None:
    """The draft comes to nothing; another may be begun."""
    guides.abandon_guide(context, guide_numbered(context.session, instance.business_key))


@when_stopped(PLAN)
def stop_plan(_context: CommandContext, _instance: ProcessInstance, _reason: str) -> None:
    """A street appraises everybody of a year or nobody: a plan that runs is mended, not dropped [N 9.6]."""
    raise Conflict("街道年度考核启动后不能整体终止；有人不应参加考核的，请终止其本人的考核")


@when_stopped(CASE)
def stop_case(context: CommandContext, instance: ProcessInstance, reason: str) -> None:
    """The person is not appraised this year and holds nobody up."""
    assessment.stop(context, case_numbered(context.session, instance.business_key), reason)
