"""Every path from a campaign's plan to its announcement."""

import pytest

from engine.delegates.recruitment.commands import StartCampaign
from engine.kernel.errors import Forbidden, Invalid
from engine.personnel.recruitment.outcomes import NoticeKind, PublicNotice
from engine.personnel.recruitment.states import CampaignState
from tests.process.office import Office
from tests.process.recruitment import Recruitment


def test_without_city_prereview_the_signed_plan_is_published(office: Office) -> None:
    office.set_policy(cityPrereview="false")
    recruitment = Recruitment(office)
    recruitment.act("county_clerk", "draft_plan", "submit")
    recruitment.act("county_head", "head_approval", "approve")
    assert recruitment.state() == CampaignState.PUBLISHED
    kinds = office.read(lambda session: [notice.kind for notice in session.query(PublicNotice)])
    assert kinds == [NoticeKind.ANNOUNCEMENT]


def test_head_and_city_may_send_the_plan_back(office: Office) -> None:
    recruitment = Recruitment(office)
    recruitment.act("county_clerk", "draft_plan", "submit")
    recruitment.act("county_head", "head_approval", "return", "日期太紧")
    assert recruitment.state() == CampaignState.DRAFT
    recruitment.act("county_clerk", "draft_plan", "submit")
    recruitment.act("county_head", "head_approval", "approve")
    assert recruitment.state() == CampaignState.CITY_PREREVIEW
    recruitment.act("city_officer", "city_prereview", "return", "请核对员额")
    assert recruitment.state() == CampaignState.DRAFT
    recruitment.publish()
    assert recruitment.state() == CampaignState.PUBLISHED


def test_a_plan_the_head_refuses_ends(office: Office) -> None:
    recruitment = Recruitment(office)
    recruitment.act("county_clerk", "draft_plan", "submit")
    recruitment.act("county_head", "head_approval", "reject", "本年不招")
    assert (recruitment.state(), recruitment.outcome) == (CampaignState.CANCELLED, "方案终止")


def test_the_clerk_may_abandon_the_plan(office: Office) -> None:
    recruitment = Recruitment(office)
    recruitment.act("county_clerk", "draft_plan", "abandon", "需求撤回")
    assert (recruitment.state(), recruitment.outcome) == (CampaignState.CANCELLED, "方案终止")


def test_a_plan_without_posts_is_not_signed(office: Office) -> None:
    office.do(StartCampaign(office.county, "空方案", []), "county_clerk")
    number = "ZP2026-0001"
    with pytest.raises(Invalid):
        office.act("county_clerk", number, "draft_plan", "submit")
    assert office.open_nodes(number) == ["draft_plan"]


def test_no_other_department_opens_a_recruitment(office: Office) -> None:
    with pytest.raises(Forbidden):
        office.do(StartCampaign(office.county, "擅自招聘", []), "exam_officer")
