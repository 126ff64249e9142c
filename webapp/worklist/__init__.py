"""Work items of officers: lists, one item, what comes next, and what can be begun."""

from sqlalchemy.orm import Session

from engine.kernel.actor import Actor
from engine.workflow.copies import unread_copies
from engine.workflow.worklist import open_total
from webapp.navigation import Entry
from webapp.visit import engine
from webapp.worklist import (
    bulk,
    case_operations,
    cases,
    copies,
    deputies,
    handovers,
    item,
    lists,
    operations,
    saved,
    start,
    talking,
)
from webapp.worklist.blueprint import blueprint


def _waiting(session: Session, person: Actor) -> int:
    return open_total(session, person, engine().clock.now())


NAVIGATION: tuple[Entry, ...] = (
    Entry("worklist.open_items", "待办", "我的工作", count=_waiting),
    Entry("worklist.done_items", "已办", "我的工作"),
    Entry("worklist.started", "我发起的", "我的工作"),
    Entry("worklist.copies", "抄送我的", "我的工作", count=unread_copies),
    Entry("worklist.all_of_them", "全部事项", "我的工作"),
    Entry("worklist.deputies", "代理", "我的工作"),
    Entry("worklist.hand_over_whom", "工作交接", "我的工作"),
    Entry("worklist.start_post_request", "用人需求申请", "发起"),
    Entry("worklist.start_campaign", "发起公开招聘", "发起"),
)

__all__ = ["NAVIGATION", "ROUTES", "blueprint"]

ROUTES = (
    bulk, case_operations, cases, copies, deputies, handovers, item, lists, operations, saved, start, talking,
)  # fmt: skip
"""The modules whose routes hang on the blueprint."""
