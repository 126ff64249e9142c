"""What people are told: the list in the site, their settings, their mail address, and how the mail goes out."""

from engine.mail.office import failed_mail
from webapp.navigation import Entry
from webapp.notifications import centre, outgoing, settings
from webapp.notifications.blueprint import blueprint

NAVIGATION: tuple[Entry, ...] = (
    Entry("notifications.outgoing", "邮件发送", "运行监控", count=failed_mail),
)

__all__ = ["NAVIGATION", "ROUTES", "blueprint"]

ROUTES = (centre, outgoing, settings)
"""The modules whose routes hang on the blueprint."""
