"""The first page of an officer: what waits, what is late, what can be started."""

from dataclasses import dataclass
from datetime import timedelta

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine.kernel.actor import Actor
from engine.workflow.worklist import COUNT_LIMIT, Filter, counts, done_work, my_work, open_total, started_cases
from webapp.permissions import officers
from webapp.visit import actor, engine, reading
from webapp.worklist.blueprint import blueprint
from webapp.worklist.lists import deployed, line_of, queues_of

FIRST = 8
SOON = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Startable:
    """A case that the person may begin."""

    label: str
    text: str
    href: str
    basis: str


STARTS = (
    ("street_clerk", "用人需求申请", "街道向县级社会工作部申报缺编岗位", "worklist.start_post_request", "第5条"),
    ("county_clerk", "发起公开招聘", "从已采纳的用人需求编制招聘公告", "worklist.start_campaign", "第5条"),
    ("county_clerk", "启动年度考核", "拟定并发布年度考核指导方案", "appraisal.start_guide", "第9条"),
    ("community_worker", "容错申请", "工作失误或程序瑕疵，申请容错", "fault_tolerance.start_fault", "第10条"),
    ("community_worker", "澄清申请", "反映问题失实的，申请澄清正名", "fault_tolerance.start_clearing", "第10条"),
    ("discipline_officer", "启动容错", "依职权启动容错案件", "fault_tolerance.start_fault", "第10条"),
    ("discipline_officer", "启动澄清", "对失实举报启动澄清正名", "fault_tolerance.start_clearing", "第10条"),
    ("street_clerk", "借调申请", "街道借调所属社区的工作者", "secondment.start", "第9条"),
    ("street_clerk", "制定考核方案", "按县级指导方案组织本街道年度考核", "appraisal.start_plan", "第9条"),
    ("street_clerk", "提出退出", "收集证据、核查法定限制后按程序退出", "exits.start", "第11条"),
)
"""Role that may start, what it is called, what it is for, its page, and its basis."""


@blueprint.get("/home")
@officers
def home() -> ResponseReturnValue:
    """What waits for the person."""
    now = engine().clock.now()
    with reading() as session:
        known = deployed(session)
        found = counts(session, actor(), now)
        first = my_work(session, actor(), now, limit=FIRST).rows
        done = done_work(session, actor(), limit=FIRST).rows
        return render_template(
            "worklist/home.html", queues=queues_of(known, found), lines=[line_of(row, now) for row in first],
            waiting=sum(count.count for count in found), late=sum(count.overdue for count in found),
            due_soon=_due_soon(session, actor()), done=done, starts=startable(actor()),
            started=started_cases(session, actor(), limit=5).rows, limit=COUNT_LIMIT,
        )  # fmt: skip


def startable(person: Actor) -> list[Startable]:
    """What the person may begin, by his roles."""
    found = [entry for entry in STARTS if person.has_role(entry[0])]
    return [Startable(label, text, url_for(endpoint), basis) for _, label, text, endpoint, basis in found]


def _due_soon(session: Session, person: Actor) -> int:
    """Items due within two days, late ones included; read no further than COUNT_LIMIT."""
    now = engine().clock.now()
    return open_total(session, person, now, Filter(overdue_before=now + SOON))
