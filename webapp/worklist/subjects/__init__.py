"""What a case is about: for each process the page part that shows it, who loads it, and how it is found by name."""

from collections.abc import Mapping
from types import MappingProxyType

from webapp.worklist.subjects import (
    appraisal_case,
    appraisal_guide,
    appraisal_plan,
    campaign,
    exits,
    fault_tolerance,
    post_request,
    registration,
    secondment,
)
from webapp.worklist.subjects.kind import SubjectKind

SUBJECTS: Mapping[str, SubjectKind] = MappingProxyType(
    {
        kind.process_key: kind
        for kind in (
            post_request.KIND, campaign.KIND, registration.KIND, registration.RESERVE_KIND, appraisal_guide.KIND,
            appraisal_plan.KIND, appraisal_case.KIND, secondment.KIND, secondment.EXTENSION_KIND, exits.KIND,
            fault_tolerance.FAULT_KIND, fault_tolerance.CLEARING_KIND,
        )
    }
)
