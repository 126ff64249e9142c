"""Events of the history in the words of those who read them: names instead of ids, labels instead of codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation
from engine.identity.roles import LABELS
from engine.identity.users import User
from engine.kernel.history import HistoryEvent
from engine.personnel.exits.terms import EvidenceKind, ExitGround, Route, Service, TextChoice
from engine.personnel.fault_tolerance.terms import Conclusion, Opening
from engine.personnel.recruitment.states import CampaignState, RegistrationState
from engine.workflow.states import INSTANCE_LABELS
from engine.workflow.tables import ProcessDefinition, ProcessInstance
from webapp.operations.events import EVENT_LABELS, KIND_LABELS
from webapp.operations.labels import node_names

FACT_LABELS: Mapping[str, str] = {
    "node": "环节", "state": "状态", "outcome": "结果", "message": "消息", "role": "角色", "at": "单位", "name": "名称",
    "title": "标题", "before": "原为", "after": "改为", "reason": "理由", "decision": "办理结果", "opinion": "意见",
    "on_behalf_of": "代何人", "year": "年度", "post": "岗位", "posts": "岗位数", "heads": "人数", "kind": "类别",
    "until": "截止", "version": "版本", "login": "登录名", "note": "备注", "rows": "行数", "count": "人数",
    "rooms": "考场数", "items": "件数", "months": "月数", "worker": "社区工作者", "start": "起", "end": "止",
    "grade": "等级", "process": "流程", "files": "文件", "checksum": "校验值", "county_id": "县（市、区）",
    "stage": "阶段", "round": "次数", "replaces": "递补", "passed": "合格", "finding": "结论", "objection": "异议",
    "notice": "名单", "clause": "依据", "paper": "文书", "number": "编号", "digest": "文件校验值",
    "warnings": "预警", "drafted": "拟定意见",
    "proposed": "建议", "opening": "启动方式", "route": "法律途径", "kinds": "证据", "text_choice": "办理依据",
    "last_day": "最后工作日", "left_on": "离岗日期", "ban_years": "限制再次录用（年）", "served_on": "送达日期",
    "way": "方式",
    "chosen_on": "选择的日期", "statutory_on": "法定日期", "retires_on": "退休日期", "talks": "谈话次数",
    "lines": "核查项数",
    "street": "街道", "community": "社区", "ground": "事由",
}  # fmt: skip
TERMS: Mapping[str, Mapping[str, str]] = {
    "drafted": dict(Conclusion.choices()), "proposed": dict(Conclusion.choices()), "opening": dict(Opening.choices()),
    "route": dict(Route.choices()), "ground": dict(ExitGround.choices()), "kinds": dict(EvidenceKind.choices()),
    "text_choice": dict(TextChoice.choices()), "way": dict(Service.choices()),
}  # fmt: skip
"""Facts that are terms, with their labels."""
UNITS = ("at", "county_id", "street", "community")
"""Facts that are ids of units."""
STATES: Mapping[str, Mapping[str, str]] = {
    "campaign": {state.value: state.label for state in CampaignState},
    "registration": {state.value: state.label for state in RegistrationState},
}


@dataclass(frozen=True, slots=True)
class Told:
    """One event as it is read."""

    at: datetime
    event: str
    about: str
    who: str
    facts: Sequence[tuple[str, str]]


def told(session: Session, rows: Sequence[HistoryEvent]) -> list[Told]:
    """The events with the names of people, cases, nodes and units."""
    names = _Names.of(session, rows)
    return [
        Told(
            row.at, EVENT_LABELS.get(row.type, row.type), names.about(row), names.people.get(row.actor_id or 0, "系统"),
            [(FACT_LABELS.get(key, key), names.fact(row, key, value)) for key, value in row.facts.items()
             if value not in (None, "")],
        )
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Names:
    people: Mapping[int, str]
    units: Mapping[int, str]
    cases: Mapping[int, str]
    nodes: Mapping[int, Mapping[str, str]]
    """Case -> names of the nodes of its diagram."""
    processes: Mapping[str, str]

    @classmethod
    def of(cls, session: Session, rows: Sequence[HistoryEvent]) -> "_Names":
        cases = {number for row in rows if (number := _number(row.chain, "instance")) is not None}
        query = select(ProcessInstance.id, ProcessInstance.business_key, ProcessInstance.definition_id)
        found = session.execute(query.where(ProcessInstance.id.in_(cases))).all()
        people = {row.actor_id for row in rows if row.actor_id}
        people |= {number for row in rows if (number := _number(row.subject, "user")) is not None}
        named = (str(row.facts.get(key)) for row in rows for key in UNITS)
        units = {int(number) for number in named if number.isdecimal()}
        return cls(
            dict(session.execute(select(User.id, User.name).where(User.id.in_(people))).all()),
            dict(session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(units))).all()),
            {case: key for case, key, _ in found},
            {case: node_names(session, definition) for case, _, definition in found},
            dict(session.execute(select(ProcessDefinition.key, ProcessDefinition.name)).all()),
        )

    def about(self, row: HistoryEvent) -> str:
        """What the event is about: kind and name."""
        kind, _, number = row.subject.partition(":")
        name = number
        if kind == "user" and number.isdecimal():
            name = self.people.get(int(number), number)
        elif kind == "process_instance" and number.isdecimal():
            name = self.cases.get(int(number), number)
        elif kind == "node":
            name = self._node(row, number)
        return f"{KIND_LABELS.get(kind, kind)} {name}"

    def fact(self, row: HistoryEvent, key: str, value: Any) -> str:
        """The value of a fact as people call it."""
        text = "、".join(map(str, value)) if isinstance(value, list) else str(value)
        if key in UNITS and text.isdecimal():
            return self.units.get(int(text), text)
        if isinstance(value, bool):
            return "是" if value else "否"
        words: Mapping[str, str] = {}
        if key == "role":
            words = LABELS
        elif key == "state":
            words = INSTANCE_LABELS
        elif key == "process":
            words = self.processes
        elif key in TERMS:
            return "、".join(TERMS[key].get(part, part) for part in text.split("、"))
        elif key in ("before", "after"):
            words = STATES.get(row.type.partition(".")[0], {})
        return self._node(row, text) if key == "node" else words.get(text, text)

    def _node(self, row: HistoryEvent, node_id: str) -> str:
        case = _number(row.chain, "instance")
        return self.nodes.get(case or 0, {}).get(node_id) or node_id


def _number(text: str, kind: str) -> int | None:
    found, _, number = text.partition(":")
    return int(number) if found == kind and number.isdecimal() else None
