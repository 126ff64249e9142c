"""The applicant's own pages: registration, applications, tickets."""

from engine.workflow.notifications import unread_count
from webapp.applicant import account, acts, applications, filling, materials, tickets
from webapp.applicant.blueprint import blueprint
from webapp.navigation import Entry

NAVIGATION: tuple[Entry, ...] = (
    Entry("applicant.applications", "我的报名", applicant=True),
    Entry("notifications.centre", "消息", count=unread_count, applicant=True),
    Entry("applicant.account", "我的账号", applicant=True),
)

__all__ = ["NAVIGATION", "account", "acts", "applications", "blueprint", "filling", "materials", "tickets"]
