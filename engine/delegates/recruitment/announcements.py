"""Service tasks of a campaign from its plan to the published announcement [N 5.5, 5.6]."""

from collections.abc import Mapping

from engine.decision import Value
from engine.delegates.recruitment.cases import campaign_of
from engine.delegates.signatures import signed
from engine.personnel.recruitment import announcement
from engine.personnel.recruitment.states import CampaignState
from engine.workflow.delegates import ServiceCall, delegate
from engine.workflow.notifications import notify_role


@delegate("recruitment.check_plan")
def check_plan(call: ServiceCall) -> Mapping[str, Value]:
    """Guards before the plan goes to be signed; `cityPrereview` says whether the city reviews it [N 1.3]."""
    campaign = campaign_of(call)
    city_prereview = announcement.check_plan(call.context, campaign.id)
    announcement.move_campaign(call.context, campaign.id, CampaignState.COUNTY_REVIEW)
    return {"cityPrereview": city_prereview}


@delegate("recruitment.approve_plan")
def approve_plan(call: ServiceCall) -> None:
    """The county's head has signed the plan."""
    reviewed = call.variables["cityPrereview"] is True
    state = CampaignState.CITY_PREREVIEW if reviewed else CampaignState.APPROVED
    announcement.move_campaign(call.context, campaign_of(call).id, state)


@delegate("recruitment.return_plan")
def return_plan(call: ServiceCall) -> None:
    """Head or city sent the plan back; it may be changed again."""
    campaign = announcement.move_campaign(call.context, campaign_of(call).id, CampaignState.DRAFT)
    review = signed(call, "head_approval", "city_prereview")
    opinion = "" if review is None else review.opinion
    title = f"招聘方案已退回修改（{campaign.number}）"
    notify_role(call.context, "county_clerk", campaign.county_id, "campaign", title, opinion, call.instance.id)


@delegate("recruitment.publish_announcement")
def publish_announcement(call: ServiceCall) -> Mapping[str, Value]:
    """Makes the announcement public; from here on the campaign runs on its dates."""
    campaign = campaign_of(call)
    if campaign.state is CampaignState.CITY_PREREVIEW:
        announcement.move_campaign(call.context, campaign.id, CampaignState.APPROVED)
    announcement.publish_campaign(call.context, campaign.id)
    return {
        "outcome": "published",
        "registrationOpensAt": campaign.reg_opens_at,
        "registrationClosesAt": campaign.reg_closes_at,
        "reviewClosesAt": campaign.review_closes_at,
        "appealClosesAt": campaign.appeal_closes_at,
    }


@delegate("recruitment.abandon_plan")
def abandon_plan(call: ServiceCall) -> Mapping[str, Value]:
    """The plan comes to nothing; what it held goes back to the county."""
    decision = signed(call, "draft_plan", "head_approval")
    reason = "终止拟定" if decision is None or not decision.opinion else decision.opinion
    announcement.cancel_campaign(call.context, campaign_of(call).id, reason)
    return {"outcome": "abandoned"}
