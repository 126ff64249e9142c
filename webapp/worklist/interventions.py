"""What happened to a case beside the acts of its steps: held, moved or ended by somebody, copied, or by a deadline."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity.roles import LABELS
from engine.identity.users import User
from engine.kernel.clock import CHINA
from engine.kernel.history import HistoryEvent
from engine.workflow.definitions import Definition
from engine.workflow.tables import Step, Submission

TITLES: Mapping[str, str] = {
    "process_instance.started": "发起", "process_instance.suspended": "挂起", "process_instance.resumed": "激活",
    "process_instance.jumped": "跳转", "process_instance.stopped": "终止",
    "process_instance.withdrawn": "撤销", "process_instance.ended": "结束", "handlers.chosen": "选定办理人",
    "timer.adjusted": "调整时间", "step.escalated": "超期升级", "step.decided_by_deadline": "到期自动办理",
    "case.copied": "抄送", "work_item.handed_over": "工作交接",
}  # fmt: skip
EXCEPTIONAL = frozenset({
    "process_instance.suspended", "process_instance.resumed", "process_instance.jumped", "process_instance.stopped",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Intervention:
    """One fact of the history as the timeline tells it."""

    title: str
    at: datetime
    who: str
    text: str
    exceptional: bool


def interventions_of(session: Session, instance_id: int, definition: Definition) -> Iterator[Intervention]:
    """In their order. That it was begun is left out where a form was submitted, which the acts tell."""
    query = select(HistoryEvent).where(
        HistoryEvent.chain == f"instance:{instance_id}", HistoryEvent.type.in_(sorted(TITLES))
    )
    rows = session.scalars(query.order_by(HistoryEvent.number)).all()
    names = _names(session, rows)
    begun = select(Submission.id).where(Submission.instance_id == instance_id, Submission.operation == "start")
    told = session.scalar(begun.limit(1)) is not None
    for row in [row for row in rows if not (told and row.type == "process_instance.started")]:
        text = _text(session, row, definition, names)
        who = names.get(row.actor_id or 0, "系统")
        yield Intervention(_title(session, row, definition), row.at, who, text, row.type in EXCEPTIONAL)


def _names(session: Session, rows: Any) -> Mapping[int, str]:
    ids = {row.actor_id for row in rows if row.actor_id} | {id_ for row in rows for id_ in _people(row)}
    return dict(session.execute(select(User.id, User.name).where(User.id.in_(ids))).all())


def _people(row: HistoryEvent) -> list[int]:
    to = row.facts.get("to", row.facts.get("people", []))
    return list(to) if isinstance(to, list) else [to]


def _title(session: Session, row: HistoryEvent, definition: Definition) -> str:
    title = TITLES[row.type]
    if row.type == "process_instance.jumped":
        return f"{title}到“{_node(definition, str(row.facts.get('target', '')))}”"
    if row.type == "process_instance.ended" and row.facts.get("outcome"):
        return f"{title}：{row.facts['outcome']}"
    if row.subject.startswith("node:") and row.type == "handlers.chosen":
        return f"{_node(definition, row.subject.removeprefix('node:'))}：{title}"
    if row.subject.startswith("step:"):
        step = session.get(Step, int(row.subject.removeprefix("step:")))
        return title if step is None else f"{step.name}：{title}"
    return title


def _text(session: Session, row: HistoryEvent, definition: Definition, names: Mapping[int, str]) -> str:
    facts = row.facts
    if row.type == "process_instance.jumped":
        gone = "、".join(_node(definition, node) for node in facts.get("cancelled", ())) or "无"
        return f"取消的环节：{gone}。理由：{facts.get('reason', '')}"
    if row.type == "timer.adjusted":
        before, after = (_moment(str(facts.get(key, ""))) for key in ("before", "after"))
        return f"由 {before} 改为 {after}。理由：{facts.get('reason', '')}"
    if row.type == "step.escalated":
        return f"转至{LABELS.get(str(facts.get('role', '')), '')}"
    told = "、".join(names[id_] for id_ in _people(row) if id_ in names)
    words = str(facts.get("reason") or facts.get("note") or "")
    given = told if row.type == "handlers.chosen" else f"给{told}" if told else ""
    return "　".join(part for part in (given, words) if part)


def _node(definition: Definition, node_id: str) -> str:
    node = definition.process.nodes.get(node_id)
    return node_id if node is None else node.label


def _moment(text: str) -> str:
    try:
        return f"{datetime.fromisoformat(text).astimezone(CHINA):%Y-%m-%d %H:%M}"
    except ValueError:
        return text
