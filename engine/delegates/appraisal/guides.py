"""Service tasks of the county's guide [N 9.6]."""

from engine.delegates.appraisal.subjects import guide_of
from engine.identity.organisations import OrganisationKind, subtree
from engine.personnel.appraisal import guides
from engine.personnel.policy import policy_at
from engine.workflow.delegates import ServiceCall, delegate
from engine.workflow.notifications import notify_role


@delegate("appraisal.check_guide")
def check_guide(call: ServiceCall) -> None:
    """Weights, cap and dates before the guide goes to be signed; what is wrong is refused to the clerk at once."""
    guide, context = guide_of(call), call.context
    guides.content_of(guide).check(policy_at(context.session, guide.county_id, context.today))


@delegate("appraisal.publish_guide")
def publish_guide(call: ServiceCall) -> None:
    """The guide is in force; every street of the county is told."""
    guide = guide_of(call)
    guides.publish_guide(call.context, guide)
    for place in subtree(call.context.session, guide.county_id):
        if place.kind == OrganisationKind.STREET.value:
            body = f"请于 {guide.plan_due_on} 前制定考核方案并启动考核。"
            notify_role(call.context, "street_clerk", place.id, "appraisal", f"{guide.title}已发布", body,
                        call.instance.id)  # fmt: skip


@delegate("appraisal.abandon_guide")
def abandon_guide(call: ServiceCall) -> None:
    """The draft comes to nothing."""
    guides.abandon_guide(call.context, guide_of(call))
