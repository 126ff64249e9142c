"""What the county does about one applicant beside the steps of his case."""

from dataclasses import dataclass

from engine.delegates.recruitment.commands import REGISTRATION
from engine.kernel.command import CommandContext
from engine.personnel.authority import require_role
from engine.personnel.recruitment import corrections
from engine.personnel.recruitment.corrections import Correction
from engine.personnel.recruitment.enrolment import registration_of
from engine.workflow.instances import find_instance
from engine.workflow.notifications import notify
from engine.workflow.runs import lock_instance


@dataclass(frozen=True, slots=True)
class CorrectPerson:
    """A county officer corrects name and ID number of somebody admitted; a printed ticket is to be printed again.

    Answers whether that is so.
    """

    registration_id: int
    correction: Correction

    def execute(self, context: CommandContext) -> bool:
        registration = registration_of(context.session, self.registration_id)
        require_role(context, registration.campaign.county_id, "county_clerk", "county_head")
        ticket = corrections.correct_person(context, registration.id, self.correction)
        instance = lock_instance(context, find_instance(context.session, REGISTRATION, registration.number or "").id)
        instance.title = f"{registration.name}报考{registration.post.name if registration.post else ''}"
        body = "您报名表中的姓名或身份证号已由招聘单位更正。" + ("准考证已重新生成，请重新打印。" if ticket else "")
        notify(context, [registration.acting_id], "registration", "报名信息已更正", body, instance.id)
        return ticket
