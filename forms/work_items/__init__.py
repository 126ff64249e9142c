"""The forms of the officers' user tasks: form id of the diagram -> form."""

from collections.abc import Mapping
from types import MappingProxyType

from forms.base import BaseForm
from forms.work_items import appraisal, exits, post_request, recruitment_campaign, recruitment_registration
from forms.work_items.base import WorkItemForm

FORMS: Mapping[str, type[WorkItemForm]] = MappingProxyType(
    {
        "post_request_street_review": WorkItemForm,
        "post_request_county_review": post_request.CountyReviewForm,
        "post_request_correction": post_request.CorrectionForm,
        "campaign_plan": recruitment_campaign.PlanForm,
        "campaign_head_approval": recruitment_campaign.CampaignDecisionForm,
        "campaign_city_prereview": recruitment_campaign.CampaignDecisionForm,
        "campaign_review_backlog": recruitment_campaign.CampaignDecisionForm,
        "campaign_rooms": recruitment_campaign.RoomsForm,
        "campaign_written_scores": recruitment_campaign.WrittenScoresForm,
        "campaign_written_release": recruitment_campaign.WrittenReleaseForm,
        "campaign_score_queries": recruitment_campaign.ScoreQueriesForm,
        "campaign_interview_scores": recruitment_campaign.InterviewScoresForm,
        "campaign_extra_test": recruitment_campaign.ExtraTestForm,
        "campaign_total_release": recruitment_campaign.TotalReleaseForm,
        "campaign_publicity": recruitment_campaign.PublicityForm,
        "campaign_hire_approval": recruitment_campaign.CampaignDecisionForm,
        "campaign_hire_verification": recruitment_campaign.CampaignDecisionForm,
        "registration_first_review": recruitment_registration.FirstReviewForm,
        "registration_appeal_review": recruitment_registration.SecondOpinionForm,
        "registration_recheck": recruitment_registration.RecheckForm,
        "registration_defence_review": recruitment_registration.SecondOpinionForm,
        "registration_medical": recruitment_registration.MedicalForm,
        "registration_medical_recheck": recruitment_registration.MedicalForm,
        "registration_background_check": recruitment_registration.BackgroundCheckForm,
        "registration_contract": recruitment_registration.ContractForm,
        "registration_report_for_duty": recruitment_registration.ReportForDutyForm,
        "registration_objection": recruitment_registration.SecondOpinionForm,
        "registration_postponed_hire": recruitment_registration.SecondOpinionForm,
        "appraisal_guide": appraisal.GuideForm,
        "appraisal_guide_approval": appraisal.GuideDecisionForm,
        "appraisal_close_ballots": appraisal.PlanDecisionForm,
        "appraisal_settlement": appraisal.SettlementForm,
        "appraisal_committee": appraisal.PlanDecisionForm,
        "appraisal_publicity": appraisal.PlanDecisionForm,
        "appraisal_submit_filing": appraisal.PlanDecisionForm,
        "appraisal_filing": appraisal.PlanDecisionForm,
        "appraisal_summary": appraisal.SummaryForm,
        "appraisal_opinion": appraisal.OpinionForm,
        "appraisal_group_score": appraisal.GroupScoreForm,
        "appraisal_feedback": appraisal.FeedbackForm,
        "appraisal_review": appraisal.RulingForm,
        "appraisal_appeal": appraisal.RulingForm,
        "exit_evidence": exits.EvidenceForm,
        "exit_guard_check": exits.GuardCheckForm,
        "exit_union_notice": exits.DecisionForm,
        "exit_answer_union": exits.DecisionForm,
        "exit_serve_notice": exits.ServiceForm,
        "exit_hear_defence": exits.DecisionForm,
        "exit_street_decision": exits.DecisionForm,
        "exit_county_confirmation": exits.DecisionForm,
        "exit_serve_decision": exits.DecisionServiceForm,
        "exit_acknowledgement": exits.DecisionForm,
        "exit_handover": exits.ClosingForm,
        "exit_talk": exits.ClosingForm,
        "exit_certificate": exits.ClosingForm,
        "exit_transfer": exits.ClosingForm,
        "exit_final_pay": exits.FinalPayForm,
        "exit_county_review": exits.DecisionForm,
    }
)
START_FORMS: Mapping[str, type[BaseForm]] = MappingProxyType(
    {
        "post_request": post_request.PostRequestForm,
        "campaign_start": recruitment_campaign.CampaignStartForm,
        "appraisal_guide_start": appraisal.GuideStartForm,
        "appraisal_plan_start": appraisal.PlanStartForm,
        "exit_start": exits.ExitStartForm,
    }
)
"""Forms by which a person starts a case."""
