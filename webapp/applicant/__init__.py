"""The applicant's own pages: registration, applications, tickets, messages."""

from webapp.applicant import acts, applications, filling, inbox, materials, tickets
from webapp.applicant.blueprint import blueprint
from webapp.navigation import Entry

NAVIGATION: tuple[Entry, ...] = (
    Entry("applicant.applications", "我的报名", applicant=True),
    Entry("applicant.messages", "消息", count=inbox.unread, applicant=True),
    Entry("applicant.account", "我的账号", applicant=True),
)

__all__ = ["NAVIGATION", "acts", "applications", "blueprint", "filling", "inbox", "materials", "tickets"]
