"""Messages to the appraisal of a person; the key is its number."""

from enum import StrEnum


class ToCase(StrEnum):
    """What a person's appraisal waits for."""

    BALLOTS_CLOSED = "appraisal_ballots_closed"
    RESULT_DECIDED = "appraisal_result_decided"
    REVIEW_REQUESTED = "appraisal_review_requested"
    APPEAL_REQUESTED = "appraisal_appeal_requested"
    RESULT_FILED = "appraisal_result_filed"
