"""Boards of those who keep the installation running: processes, accounts, roles, and the audit."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute

from engine.identity.accounts import ACCOUNT_TRIES
from engine.identity.administration import served_organisations
from engine.identity.organisations import Organisation
from engine.identity.throttling import AttemptCount
from engine.identity.users import RoleMembership, User
from engine.kernel.history import HistoryEvent
from engine.mail.office import failed_mail
from engine.workflow.assignment import group_queue
from engine.workflow.states import InstanceState, JobState
from engine.workflow.tables import Batch, Deployment, Incident, Job, ProcessDefinition, ProcessInstance, WorkItem
from engine.workflow.worklist import COUNT_LIMIT
from webapp.home.panels import Figure, Look, Panel, Row
from webapp.operations.events import EVENT_LABELS
from webapp.operations.history import VERIFIED
from webapp.rendering import cn_date, cn_datetime

LOCKED_WITHIN = timedelta(hours=1)
"""The longest that an account has to wait after wrong passwords."""
LOOKED_BACK = timedelta(days=30)
EXCEPTIONAL = (
    "process_instance.jumped", "process_instance.stopped", "process_instance.suspended", "timer.adjusted",
    "work_item.handed_over", "work_item.removed", "step.decided_by_deadline",
)  # fmt: skip
WORDS = {
    "process_instance.jumped": "跳转", "process_instance.suspended": "挂起", "work_item.handed_over": "离职转办",
    "work_item.removed": "减签",
}  # fmt: skip
SHOWN = 8
NEWEST_EVENTS = 20_000
"""Of the history only so many of the newest events are searched for exceptional acts."""


def processes(look: Look) -> Sequence[Panel]:
    """What does not move by itself: incidents, failed jobs, suspended cases, work without anybody."""
    places = [unit.id for unit in served_organisations(look.session, look.actor, "process_admin")]

    def of_mine(case: InstrumentedAttribute[int | None]) -> ColumnElement[bool]:
        return exists().where(ProcessInstance.id == case, ProcessInstance.organisation_id.in_(places))

    incidents = select(Incident.id).where(Incident.resolved_at.is_(None), of_mine(Incident.instance_id))
    failed = select(Job.id).where(Job.state == JobState.FAILED, of_mine(Job.instance_id))
    batches = select(Batch.id).where(Batch.ended_at.is_(None), of_mine(Batch.instance_id))
    stopped = select(ProcessInstance.id).where(
        ProcessInstance.state == InstanceState.SUSPENDED, ProcessInstance.organisation_id.in_(places)
    )
    queues = [group_queue("process_admin", place) for place in look.actor.organisations("process_admin")]
    nobody = select(WorkItem.id).where(WorkItem.queue.in_(queues))
    trouble, jobs = look.address("operations.incidents"), look.address("operations.jobs")
    suspended = look.address("worklist.all_of_them", state=InstanceState.SUSPENDED.value)
    figures = [
        Figure("异常", _count(look, incidents), trouble, late=True),
        Figure("失败的后台任务", _count(look, failed), jobs), Figure("正在分批办理", _count(look, batches), jobs),
        Figure("已挂起的事项", _count(look, stopped), suspended),
        Figure("没有办理人的事项", _count(look, nobody), look.address("worklist.open_items")),
    ]  # fmt: skip
    return [Panel("流程运行", figures, href=trouble, link="异常"), _deployed(look)]


def _deployed(look: Look) -> Panel:
    newest = select(Deployment).order_by(Deployment.id.desc()).limit(1)
    last = look.session.scalar(newest)
    href = look.address("operations.deployments")
    figures = [
        Figure("流程", _count(look, select(ProcessDefinition.key).distinct()), href),
        Figure("部署次数", _count(look, select(Deployment.id)), href),
    ]
    note = "" if last is None else f"最近一次部署：{cn_datetime(last.at)}"
    return Panel("流程定义", figures, note=note, href=look.address("registry.parameters"), link="政策参数")


def accounts(look: Look) -> Sequence[Panel]:
    """The accounts of the administrator's part of the tree, and whether anybody is locked out."""
    places = [unit.id for unit in served_organisations(look.session, look.actor, "system_admin")]
    here = select(RoleMembership.user_id).where(RoleMembership.organisation_id.in_(places))
    roleless = ~exists().where(RoleMembership.user_id == User.id) & User.phone_index.is_(None)
    locked = select(AttemptCount.key).where(
        AttemptCount.key.startswith("account:"), AttemptCount.hits >= ACCOUNT_TRIES,
        AttemptCount.last_at >= look.now - LOCKED_WITHIN,
    )  # fmt: skip
    users = look.address("registry.users")
    figures = [
        Figure("在用账号", _count(look, select(User.id).where(User.active, User.id.in_(here))), users),
        Figure("还没有角色的账号", _count(look, select(User.id).where(User.active, roleless)), users),
        Figure("暂停登录的账号", _count(look, locked)),
        Figure("没有送达的邮件", failed_mail(look.session, look.actor), look.address("notifications.outgoing"),
               late=True),
    ]  # fmt: skip
    units = Figure("在用单位", _count(look, select(Organisation.id).where(
        Organisation.id.in_(places), Organisation.active
    )), look.address("registry.organisations"))  # fmt: skip
    note = "“暂停登录”是一小时内连续输错密码的账号，到时自动恢复；忘记密码的，在用户页面重置。"
    return [Panel("账号和单位", [*figures, units], note=note, href=users, link="用户与角色")]


def roles(look: Look) -> Sequence[Panel]:
    """Who has no role yet, and what was granted or taken away lately."""
    roleless = ~exists().where(RoleMembership.user_id == User.id) & User.phone_index.is_(None)
    users = look.address("registry.users")
    places = [unit.id for unit in served_organisations(look.session, look.actor, "security_admin")]
    held = select(RoleMembership.id).where(RoleMembership.organisation_id.in_(places))
    recent = select(HistoryEvent).where(
        HistoryEvent.chain == "access", HistoryEvent.type.in_(("role.granted", "role.revoked")),
        HistoryEvent.at >= look.now - LOOKED_BACK,
    )  # fmt: skip
    rows = look.session.scalars(recent.order_by(HistoryEvent.number.desc()).limit(50)).all()
    mine = [row for row in rows if row.facts.get("at") in places][:SHOWN]
    names = _names(look, mine)
    listed = [
        Row(names.get(row.subject, row.subject), look.address("registry.user", user_id=_id(row.subject)),
            f"{EVENT_LABELS[row.type]}，{cn_date(row.at)}")
        for row in mine
    ]  # fmt: skip
    figures = [
        Figure("待授予角色的账号", _count(look, select(User.id).where(User.active, roleless)), users),
        Figure("已授予的角色", _count(look, held), users),
    ]
    return [Panel("角色", figures, rows=listed, empty="最近 30 天没有角色变动。", href=users, link="用户与角色")]


def audit(look: Look) -> Sequence[Panel]:
    """Acts outside the ordinary course, and the check of the books."""
    last = look.session.scalar(select(func.max(HistoryEvent.id))) or 0
    query = select(HistoryEvent).where(HistoryEvent.id > last - NEWEST_EVENTS, HistoryEvent.type.in_(EXCEPTIONAL))
    rows = look.session.scalars(query.order_by(HistoryEvent.id.desc()).limit(100)).all()
    visible = _cases(look, [_id(row.chain) for row in rows])
    listed = [
        Row(f"{WORDS.get(row.type) or EVENT_LABELS.get(row.type, row.type)}：{visible[_id(row.chain)]}",
            look.address("operations.history", case=visible[_id(row.chain)]), cn_datetime(row.at))
        for row in rows if _id(row.chain) in visible
    ][:SHOWN]  # fmt: skip
    history = look.address("operations.history")
    verify = look.address("operations.verify_history")
    checked = _last_check(look)
    return [
        Panel("例外办理", rows=listed, empty="最近没有跳转、挂起、终止、调整时限等例外办理。", href=history,
              link="历史记录"),
        Panel("记录完整性", rows=[checked] if checked else (), empty="还没有核对过。", posting=verify,
              link="核对全部记录是否完整",
              note="每条记录与前一条环环相扣；改动、删除或插入任何一条都会被发现。建议每周核对一次。"),
    ]  # fmt: skip


def _last_check(look: Look) -> Row | None:
    """When the books were checked last, and with what result."""
    query = select(HistoryEvent).where(HistoryEvent.subject == VERIFIED).order_by(HistoryEvent.id.desc()).limit(1)
    last = look.session.scalar(query)
    if last is None:
        return None
    broken = int(last.facts.get("broken") or 0)
    word, tone = (f"有 {broken} 处不完整", "bad") if broken else ("全部完整", "good")
    return Row("最近一次核对", note=cn_datetime(last.at), chip=word, tone=tone)


def _cases(look: Look, ids: Sequence[int]) -> dict[int, str]:
    """Numbers of the auditor's cases that are not confidential."""
    places = [unit.id for unit in served_organisations(look.session, look.actor, "audit_admin")]
    query = (
        select(ProcessInstance.id, ProcessInstance.business_key)
        .join(ProcessDefinition, ProcessDefinition.id == ProcessInstance.definition_id)
        .where(ProcessInstance.id.in_(ids), ProcessDefinition.readers == "",
               ProcessInstance.organisation_id.in_(places))
    )  # fmt: skip
    return dict(look.session.execute(query).all())


def _count(look: Look, query: Select[int] | Select[str]) -> int:
    return look.session.scalar(select(func.count()).select_from(query.limit(COUNT_LIMIT).subquery())) or 0


def _names(look: Look, rows: Sequence[HistoryEvent]) -> dict[str, str]:
    ids = {_id(row.subject) for row in rows}
    found = look.session.execute(select(User.id, User.name).where(User.id.in_(ids)))
    return {f"user:{id_}": name for id_, name in found}


def _id(text: str) -> int:
    number = text.partition(":")[2]
    return int(number) if number.isdecimal() else 0
