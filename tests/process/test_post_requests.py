"""Every path of a street's request for posts."""

from typing import Any

import pytest
from sqlalchemy import select

from engine.delegates.recruitment.commands import RequestPosts
from engine.kernel.errors import Forbidden, Invalid, RuleViolation
from engine.personnel.quota_ledger import quota_standing
from engine.personnel.recruitment.planning import WantedPosts
from engine.personnel.recruitment.requests import PostRequest
from engine.personnel.recruitment.states import RequestState
from engine.workflow.case_trace import DiagramMarks, diagram_marks
from engine.workflow.instances import find_instance
from engine.workflow.tables import Notification, ProcessInstance
from tests.process.office import Office


class Request:
    """One request in one office."""

    def __init__(self, office: Office, heads: int = 2) -> None:
        self.office = office
        command = RequestPosts(office.street, "两名同志退休", [WantedPosts("社区工作者", heads)])
        instance = office.do(command, "street_clerk")
        self.number = office.read(lambda session: session.get_one(ProcessInstance, instance).business_key)

    @property
    def row(self) -> PostRequest:
        def load(session: Any) -> PostRequest:
            found: PostRequest = session.scalars(select(PostRequest).where(PostRequest.number == self.number)).one()
            assert found.heads >= 0
            return found

        return self.office.read(load)

    def act(self, by: str, node_id: str, decision: str, opinion: str = "意见", **values: Any) -> None:
        self.office.act(by, self.number, node_id, decision, opinion, values)

    def ends(self, state: RequestState, outcome: str) -> bool:
        return (self.row.state, self.office.outcome(self.number)) == (state, outcome)


def test_an_accepted_request_reserves_the_places_the_county_allows(office: Office) -> None:
    request = Request(office, heads=3)
    request.act("street_leader", "street_review", "pass")
    request.act("county_clerk", "county_review", "accept", accepted={request.row.lines[0].id: 2})
    assert request.ends(RequestState.ACCEPTED, "已列入招聘计划")
    standing = office.read(lambda session: quota_standing(session, office.county, office.clock.now().date()))
    assert (request.row.heads, standing.reserved) == (2, 2)


def test_the_drawing_shows_the_way_to_where_the_case_stands_and_to_its_end(office: Office) -> None:
    request = Request(office)

    def marks() -> DiagramMarks:
        return office.read(
            lambda session: diagram_marks(session, find_instance(session, "post_request", request.number))
        )

    assert (marks().current, marks().done) == (("street_review",), ("request_submitted",))
    request.act("street_leader", "street_review", "pass")
    request.act("county_clerk", "county_review", "reject", "今年不再增加")
    assert marks().current == ()
    assert {"refuse_request", "request_refused", "county_decision"} <= set(marks().done)
    assert not {"accept_request", "request_accepted"} & set(marks().done)


def test_the_street_may_send_its_clerk_back_to_correct_the_request(office: Office) -> None:
    request = Request(office)
    request.act("street_leader", "street_review", "return", "请说明理由")
    assert request.row.state == RequestState.RETURNED
    lines = [{"name": "网格社工", "heads": 1}]
    request.act("street_clerk", "correct_request", "resubmit", reason="补充说明", lines=lines)
    request.act("street_leader", "street_review", "pass")
    request.act("county_clerk", "county_review", "accept")
    assert request.ends(RequestState.ACCEPTED, "已列入招聘计划")
    assert (request.row.reason, request.row.heads) == ("补充说明", 1)


def test_a_request_the_street_does_not_support_ends(office: Office) -> None:
    request = Request(office)
    request.act("street_leader", "street_review", "reject", "暂不需要")
    assert request.ends(RequestState.REJECTED, "未列入招聘计划")
    assert request.row.opinion == "暂不需要"


def test_a_request_over_the_quota_is_refused_with_the_clause(office: Office) -> None:
    request = Request(office, heads=37)
    request.act("street_leader", "street_review", "pass")
    assert request.ends(RequestState.REJECTED, "未列入招聘计划")
    assert "核定员额 36 名" in request.row.opinion
    assert "1.2" in request.row.opinion


def test_the_county_may_send_a_request_back_through_the_street(office: Office) -> None:
    request = Request(office)
    request.act("street_leader", "street_review", "pass")
    request.act("county_clerk", "county_review", "return", "请核对岗位")
    request.act("street_clerk", "correct_request", "give_up")
    assert request.ends(RequestState.REJECTED, "申请已撤销")


def test_the_county_may_refuse_a_request_and_the_street_is_told_why(office: Office) -> None:
    request = Request(office)
    request.act("street_leader", "street_review", "pass")
    request.act("county_clerk", "county_review", "reject", "本年度不招聘")
    assert request.ends(RequestState.REJECTED, "未列入招聘计划")
    bodies = office.read(lambda session: [row.body for row in session.scalars(select(Notification))])
    assert "本年度不招聘" in bodies


def test_a_refusal_needs_an_opinion(office: Office) -> None:
    request = Request(office)
    with pytest.raises(Invalid):
        request.act("street_leader", "street_review", "reject", "")


def test_only_a_clerk_of_the_street_asks_for_posts(office: Office) -> None:
    with pytest.raises(Forbidden):
        office.do(RequestPosts(office.street, "理由", [WantedPosts("社区工作者", 1)]), "county_clerk")


def test_places_taken_meanwhile_are_not_given_twice(office: Office) -> None:
    first, second = Request(office, heads=20), Request(office, heads=20)
    for request in (first, second):
        request.act("street_leader", "street_review", "pass")
    first.act("county_clerk", "county_review", "accept")
    with pytest.raises(RuleViolation):
        second.act("county_clerk", "county_review", "accept")
    assert office.open_nodes(second.number) == ["county_review"]
