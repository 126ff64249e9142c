"""Where diagrams, delegates, messages and roles meet, nothing is missing and nothing is left over."""

import re
from pathlib import Path

import engine.delegates.recruitment as room
from engine.delegates.recruitment import commands
from engine.delegates.recruitment.messages import ToCampaign, ToRegistration
from engine.identity.roles import ROLE_IDS
from tests.process.drawings import NAMESPACES, Drawing, drawings, form_ids

DRAWINGS = {drawing.path.stem: drawing for drawing in drawings()}
RECRUITMENT = [
    DRAWINGS[name] for name in ("post_request", "recruitment_campaign", "recruitment_registration", "reserve_pick")
]
REGISTRATION_FORMS = {
    "registration_first_review", "registration_post_change", "registration_revision", "registration_appeal_request",
    "registration_appeal_review", "registration_recheck", "registration_defence", "registration_defence_review",
    "registration_medical", "registration_medical_recheck", "registration_background_check", "registration_contract",
    "registration_report_for_duty", "registration_objection", "registration_postponed_hire",
    "registration_ask_recheck",
}  # fmt: skip


def user_tasks(drawing: Drawing) -> list[tuple[str, dict[str, str], str]]:
    """(id, properties, candidate groups or assignee) of each user task."""
    found = []
    for node in drawing.nodes():
        if node.kind == "userTask":
            drawn = node.xml.iterfind(".//zeebe:property", NAMESPACES)
            properties = {entry.get("name", ""): entry.get("value", "") for entry in drawn}
            who = node.xml.find(".//zeebe:assignmentDefinition", NAMESPACES)
            assert who is not None
            found.append((node.id, properties, who.get("candidateGroups", "") or who.get("assignee", "")))
    return found


def test_messages_in_code_are_the_messages_the_diagrams_wait_for() -> None:
    for name, messages in (("recruitment_registration", ToRegistration), ("recruitment_campaign", ToCampaign)):
        drawn = {m.get("name") for m in DRAWINGS[name].root.iterfind(".//bpmn:message", NAMESPACES)}
        assert drawn == {message.value for message in messages}


def test_every_user_task_says_who_decides_what_on_which_basis_and_until_when() -> None:
    for drawing in RECRUITMENT:
        for node_id, properties, who in user_tasks(drawing):
            assert {"decisions", "basis", "stage"} <= set(properties), node_id
            decisions = [entry.partition(":")[0] for entry in properties["decisions"].split(",")]
            needing = [decision for decision in properties.get("opinionRequired", "").split(",") if decision]
            assert set(needing) <= set(decisions), node_id
            applicant = who == "= applicantId"
            assert applicant or set(who.split(",")) <= ROLE_IDS, node_id
            assert applicant or {"deadlineWorkdays", "deadlineHours"} & set(properties), node_id


def test_every_user_task_shows_a_form_of_its_own_kind() -> None:
    forms = form_ids()
    tasks = [f"{drawing.path.stem}.{node_id}" for drawing in RECRUITMENT for node_id, _, _ in user_tasks(drawing)]
    shown = [task for users in forms.values() for task in users]
    assert set(tasks) <= set(shown)
    assert {form for form in forms if form.startswith("registration_")} == REGISTRATION_FORMS


def test_every_timer_that_an_officer_may_move_is_adjustable_and_in_the_campaign() -> None:
    campaign = DRAWINGS["recruitment_campaign"]
    for node_ids in commands.TIMERS.values():
        for node_id in node_ids:
            properties = campaign.elements[node_id].xml.iterfind(".//zeebe:property", NAMESPACES)
            assert ("adjustable", "true") in {(p.get("name"), p.get("value")) for p in properties}, node_id


def test_what_delegates_read_of_a_step_names_a_step_that_exists() -> None:
    known = {node_id for drawing in RECRUITMENT for node_id, _, _ in user_tasks(drawing)}
    sources = [path.read_text("utf-8") for path in Path(str(room.__file__)).parent.glob("*.py")]
    read = {name for text in sources for call in re.findall(r"signed(?:_by_all)?\(call,([^)]*)\)", text)
            for name in re.findall(r'"([a-z_]+)"', call)}  # fmt: skip
    assert read <= known
    assert read
