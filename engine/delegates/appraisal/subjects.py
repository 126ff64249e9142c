"""What a service task of the appraisal is about: the domain row of the case."""

from decimal import Decimal, InvalidOperation
from typing import Any

from engine.kernel.errors import Invalid
from engine.personnel.appraisal.cases import AppraisalCase, AppraisalPlan, case_numbered, plan_numbered
from engine.personnel.appraisal.guides import AppraisalGuide, guide_numbered
from engine.workflow.delegates import ServiceCall


def guide_of(call: ServiceCall) -> AppraisalGuide:
    """The guide whose case this is."""
    return guide_numbered(call.context.session, call.instance.business_key)


def plan_of(call: ServiceCall) -> AppraisalPlan:
    """The plan whose case this is."""
    return plan_numbered(call.context.session, call.instance.business_key)


def case_of(call: ServiceCall) -> AppraisalCase:
    """The person's appraisal whose case this is."""
    return case_numbered(call.context.session, call.instance.business_key)


def points_of(value: Any, label: str, field: str) -> Decimal:
    """Points as a form keeps them."""
    try:
        points = Decimal(str(value))
    except InvalidOperation:
        points = Decimal("NaN")
    if not points.is_finite():
        raise Invalid(fields={field: f"请填写{label}"})
    return points
