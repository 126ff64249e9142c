"""Consent to the handling of personal data: given by the person himself, with the version of the text he read.

It stands in the history of the registration, chained and signed like every other act [个人信息保护法 第 14、29 条].
"""

from dataclasses import dataclass

from engine.kernel.command import CommandContext
from engine.kernel.errors import Invalid
from engine.personnel.recruitment.applicant import own_registration


@dataclass(frozen=True, slots=True)
class GiveConsent:
    """The applicant consents for one registration."""

    registration_id: int
    version: str

    def execute(self, context: CommandContext) -> None:
        if not self.version:
            raise Invalid("缺少个人信息处理说明的版本，请刷新页面后重试")
        registration = own_registration(context, self.registration_id)
        subject = f"registration:{registration.id}"
        context.record("consent.given", subject, chain=subject, version=self.version)
