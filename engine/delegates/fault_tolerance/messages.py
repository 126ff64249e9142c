"""Messages that the cases of fault tolerance wait for, correlated by the case's number."""

OBJECTION_RAISED = "fault.objection_raised"
