"""Boards of workers, of the secretaries of their communities, and of residents' delegates."""

from collections.abc import Sequence

from sqlalchemy import select

from engine.personnel.secondment.secondments import Secondment
from engine.personnel.secondment.states import ON_LOAN
from engine.personnel.workers import Worker
from webapp.home.panels import Figure, Look, Panel, Row
from webapp.rendering import cn_date
from webapp.worker.asks import may_ask, open_ballots


def own(look: Look) -> Sequence[Panel]:
    """What a worker may still ask for within a window; what he has to do stands above."""
    rows = [
        Row(f"{ask.title}：{ask.text}", ask.href, due=ask.due, button=ask.button)
        for ask in may_ask(look.session, look.actor, look.now)
    ]
    cases = look.address("worker.cases")
    return [Panel("期限内可以提出", rows=rows, first=True, href=cases, link="我的事项")] if rows else ()


def ballots(look: Look) -> Sequence[Panel]:
    """Ballots that are open for the person now, each with its one button."""
    rows = [
        Row(ask.title, ask.href, due=ask.due, button=ask.button)
        for ask in open_ballots(look.session, look.actor, look.now)
    ]
    if not rows and not look.actor.has_role("resident_delegate"):
        return ()
    papers = look.address("appraisal.papers")
    return [Panel("民主测评", rows=rows, empty="现在没有需要您投的票。街道启动年度考核后，会在这里投票。",
                  note="不记名：只记录您投过票，不记录您怎么投的。", first=bool(rows), href=papers,
                  link="全部测评")]  # fmt: skip


def community(look: Look) -> Sequence[Panel]:
    """A secretary's community: who is there and who is lent."""
    places = look.actor.organisations("community_secretary")
    people = look.session.scalars(select(Worker.id).where(Worker.community_id.in_(places), Worker.active)).all()
    query = (
        select(Secondment, Worker.name)
        .join(Worker, Worker.id == Secondment.worker_id)
        .where(Secondment.community_id.in_(places), Secondment.state.in_(ON_LOAN))
        .order_by(Secondment.ends_on)
    )
    rows = [
        Row(f"{name}：{one.office}", look.address("secondment.show", number=one.number),
            f"{cn_date(one.starts_on)} 至 {cn_date(one.ends_on)}", one.state.label,
            "bad" if one.state.value == "overdue" else "go")
        for one, name in look.session.execute(query)
    ]  # fmt: skip
    figures = [Figure("在岗", len(people)), Figure("其中借调在外", len(rows))]
    return [Panel("本社区队伍", figures, rows=rows)]
