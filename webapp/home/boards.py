"""Which boards a person sees: those of every role he holds, each once."""

from webapp.fault_tolerance.places import READERS as FAULT_READERS
from webapp.home import guardians, leaders, offices, people, recruitments, risks
from webapp.home.panels import Builder, Look, Panel

BOARDS: tuple[tuple[tuple[str, ...], Builder], ...] = (
    (("resident_delegate", "community_worker", "community_secretary"), people.ballots),
    (("community_worker", "community_secretary"), people.own),
    (("community_secretary",), people.community),
    (risks.WATCHERS, risks.risks),
    (leaders.LEADERS, leaders.boards),
    (FAULT_READERS, offices.confidential),
    (("organisation_officer", "finance_officer"), offices.places),
    (("finance_officer",), offices.final_pay),
    (("political_legal_officer",), offices.vetting),
    (("union_officer",), offices.union_notices),
    (("city_officer",), offices.city),
    (recruitments.PEOPLE, recruitments.recruitments),
    (("process_admin",), guardians.processes),
    (("system_admin",), guardians.accounts),
    (("security_admin",), guardians.roles),
    (("audit_admin",), guardians.audit),
)
"""Roles, and what is shown to who holds one of them, in the order of the page."""


def panels_for(look: Look) -> list[Panel]:
    """Everything the person's roles show him."""
    return [panel for roles, build in BOARDS if look.actor.has_role(*roles) for panel in build(look)]
