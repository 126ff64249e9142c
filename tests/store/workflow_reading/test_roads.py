"""Ways through the drawings of recruitment: what comes next, and what lies between two steps."""

from pathlib import Path

from engine.workflow.diagram import read_diagram
from engine.workflow.roads import Roads

FOLDER = Path(__file__).parents[3] / "bpmn" / "recruitment"


def roads(name: str) -> Roads:
    diagram = read_diagram((FOLDER / f"{name}.bpmn").read_bytes())
    return Roads(diagram.nodes, diagram.flows)


def test_the_steps_that_may_come_next_are_named() -> None:
    ahead = [node.id for node in roads("post_request").next_steps("street_review")]
    assert set(ahead) == {"correct_request", "county_review"}


def test_a_step_leads_out_of_its_sub_process_and_no_further_than_a_wait() -> None:
    drawing = roads("recruitment_registration")
    scope = drawing.nodes["decide_defence"].scope
    assert all(node.scope != scope for node in drawing.next_steps("decide_defence"))
    assert drawing.next_steps("decide_defence")
    assert "recheck" not in [node.id for node in drawing.next_steps("first_review")]


def test_nodes_between_two_steps_are_passed_and_those_of_other_branches_are_not() -> None:
    passed = roads("post_request").between(["street_review", "county_review"])
    assert {"request_submitted", "street_decision", "check_quota", "quota_decision"} <= passed
    assert "refuse_request" not in passed


def test_events_that_only_watch_are_not_where_a_case_stands() -> None:
    drawing = roads("recruitment_registration")
    watching = [node.id for node in drawing.nodes.values() if node.attached_to]
    assert watching
    assert not any(drawing.holds_a_token(node_id) for node_id in watching)
    assert drawing.holds_a_token("tickets_published")


def test_what_follows_the_last_step_is_passed_up_to_the_end_that_was_reached() -> None:
    drawing = roads("post_request")
    assert drawing.ends_named("没有这样的结束") == []
    for end in (node for node in drawing.nodes.values() if node.kind == "endEvent"):
        assert drawing.ends_named(end.name) == [end.id]
    ahead = drawing.onward(["street_review", "county_review"], drawing.ends_named("已列入招聘计划"))
    assert "accept_request" in ahead
    assert "refuse_request" not in ahead
    assert drawing.onward(["county_review"], ["street_review"]) == frozenset()
