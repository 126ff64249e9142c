"""Kinds of notifications: what people choose by whether to be told in the site and by mail."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class MailChoice(StrEnum):
    """When a kind comes by mail."""

    NOW = "now"
    DIGEST = "digest"
    NEVER = "never"


class NotificationKind(StrEnum):
    """What a notification is about."""

    NEW_ITEM = "new_item"
    HANDED = "handed_over"
    RETURNED = "returned"
    URGED = "urged"
    WARNING = "deadline_warning"
    OVERDUE = "overdue"
    COPY = "copy"
    COMMENT = "comment"
    CASE = "case"
    INCIDENT = "incident"
    DEPUTY = "deputy"
    SECURITY = "security"


@dataclass(frozen=True, slots=True)
class Choice:
    """How somebody wants to hear of a kind."""

    in_site: bool
    mail: MailChoice


@dataclass(frozen=True, slots=True)
class KindFacts:
    """A kind as the page of settings shows it, and what holds until the person chooses."""

    label: str
    hint: str
    mail: MailChoice
    """Of officers."""
    applicant_mail: MailChoice | None = None
    """Of applicants; None: they never get this kind."""
    roles: frozenset[str] = frozenset()
    """Only for holders of one of these; empty: everybody."""


_NOW, _DIGEST = MailChoice.NOW, MailChoice.DIGEST
FACTS: Mapping[NotificationKind, KindFacts] = {
    NotificationKind.NEW_ITEM: KindFacts("新的待办", "有新的事项等待我或我的岗位办理", _DIGEST),
    NotificationKind.HANDED: KindFacts("转给我的事项", "转办、委派、加签和工作交接", _NOW),
    NotificationKind.RETURNED: KindFacts("退回给我", "我办过的环节被退回，需要重新办理", _NOW),
    NotificationKind.URGED: KindFacts("催办", "有人催办我手上的事项", _NOW),
    NotificationKind.WARNING: KindFacts("即将到期", "我手上的事项快到期限", _DIGEST, _NOW),
    NotificationKind.OVERDUE: KindFacts("已超期", "我手上的事项超过期限，或超期升级给我", _NOW, _NOW),
    NotificationKind.COPY: KindFacts("抄送", "有人把事项抄送给我", _DIGEST),
    NotificationKind.COMMENT: KindFacts("留言", "我发起的事项有新留言，或有人给我留言", _DIGEST),
    NotificationKind.CASE: KindFacts("事项进展", "与我有关的事项有了结果或新的安排", _DIGEST, _NOW),
    NotificationKind.INCIDENT: KindFacts(
        "流程异常", "有事项停在异常处，需要处理", _NOW, None, frozenset({"process_admin"})
    ),
    NotificationKind.DEPUTY: KindFacts("代理", "我被设为代理人，或代理有变动", _NOW),
    NotificationKind.SECURITY: KindFacts("账号安全", "密码、邮箱或角色有变动；始终提醒", _NOW, _NOW),
}
ALWAYS = frozenset({NotificationKind.SECURITY})
"""Kinds that nobody can switch off."""

_OF_TEMPLATES: Mapping[str, NotificationKind] = {
    "work_item_transferred": NotificationKind.HANDED,
    "work_item_delegated": NotificationKind.HANDED,
    "work_handed_over": NotificationKind.HANDED,
    "signer_added": NotificationKind.HANDED,
    "urged": NotificationKind.URGED,
    "deadline_warning": NotificationKind.WARNING,
    "deadline_passed": NotificationKind.OVERDUE,
    "escalated": NotificationKind.OVERDUE,
    "case_copied": NotificationKind.COPY,
    "case_commented": NotificationKind.COMMENT,
    "deputy_appointed": NotificationKind.DEPUTY,
    **{kind.value: kind for kind in NotificationKind},
}


def kind_of(template: str) -> NotificationKind:
    """The kind of a template; what processes say of their own cases is the progress of a case."""
    return _OF_TEMPLATES.get(template, NotificationKind.CASE)


def default_choice(kind: NotificationKind, *, applicant: bool) -> Choice:
    """What holds until the person chooses."""
    facts = FACTS[kind]
    mail = (facts.applicant_mail or MailChoice.NEVER) if applicant else facts.mail
    return Choice(True, mail)
