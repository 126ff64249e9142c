"""Names of the messages between a campaign and its registrations; the key is the number of the receiver."""

from enum import StrEnum


class ToRegistration(StrEnum):
    """Published by the campaign or a person; key: number of the registration."""

    REGISTRATION_CLOSED = "registration_closed"
    APPEALS_CLOSED = "appeals_closed"
    POST_CANCELLED = "post_cancelled"
    REREGISTRATION_CLOSED = "reregistration_closed"
    TICKETS_PUBLISHED = "tickets_published"
    TICKET_PRINTED = "ticket_printed"
    TICKET_WINDOW_CLOSED = "ticket_window_closed"
    WRITTEN_RESULT = "written_result"
    CALLED_UP = "called_up"
    SUBSTITUTION_CLOSED = "substitution_closed"
    RECHECK_CLOSED = "recheck_closed"
    INTERVIEW_RESULT = "interview_result"
    TOTAL_RESULT = "total_result"
    OBJECTION_RAISED = "objection_raised"
    PUBLICITY_OVER = "publicity_over"
    HIRE_APPROVED = "hire_approved"
    CAMPAIGN_CLOSED = "campaign_closed"
    CAMPAIGN_CANCELLED = "campaign_cancelled"
    WAIVED = "waived"
    DISQUALIFIED = "disqualified"
    WITHDRAWN = "withdrawn"


class ToCampaign(StrEnum):
    """Published by a registration or a person; key: number of the campaign."""

    PLACE_VACATED = "place_vacated"
    VETTING_SETTLED = "vetting_settled"
    CONTRACTS_SETTLED = "contracts_settled"
    CAMPAIGN_TERMINATED = "campaign_terminated"
