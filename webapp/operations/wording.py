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
from engine.personnel.recruitment.campaigns import CampaignPost
from engine.personnel.recruitment.outcomes import NoticeKind
from engine.personnel.recruitment.registrations import ReviewStage
from engine.personnel.recruitment.states import CampaignState, RegistrationState
from engine.workflow.operations import ACT_LABELS
from engine.workflow.states import INSTANCE_LABELS
from engine.workflow.tables import ProcessDefinition, ProcessInstance
from webapp.operations.events import EVENT_LABELS, KIND_LABELS
from webapp.operations.labels import node_names
from webapp.rendering import cn_datetime

FACT_LABELS: Mapping[str, str] = {
    "node": "环节", "state": "状态", "outcome": "结果", "message": "消息", "role": "角色", "at": "单位", "name": "名称",
    "title": "标题", "before": "原为", "after": "改为", "reason": "理由", "decision": "办理结果", "opinion": "意见",
    "on_behalf_of": "代何人", "year": "年度", "post": "岗位", "posts": "岗位数", "heads": "人数", "kind": "类别",
    "until": "截止", "version": "版本", "login": "登录名", "note": "备注", "rows": "行数", "count": "人数",
    "rooms": "考场数", "items": "件数", "months": "月数", "worker": "社区工作者", "start": "起", "end": "止",
    "grade": "等级", "process": "流程", "files": "文件", "checksum": "校验值", "county_id": "县（市、区）",
    "stage": "阶段", "round": "次数", "replaces": "递补", "passed": "合格", "finding": "结论", "objection": "异议",
    "to": "给", "people": "人员", "how": "方式", "target": "到环节", "cancelled": "取消的环节",
    "exceptional": "例外操作", "direct": "直达", "request": "要求", "stood_still": "停止时长", "deputy": "代理人",
    "approver": "前一环节办理人", "attachments": "附件数",
    "notice": "名单", "clause": "依据", "paper": "文书", "number": "编号", "digest": "文件校验值",
    "warnings": "预警", "drafted": "拟定意见",
    "proposed": "建议", "opening": "启动方式", "route": "法律途径", "kinds": "证据", "text_choice": "办理依据",
    "last_day": "最后工作日", "left_on": "离岗日期", "ban_years": "限制再次录用（年）", "served_on": "送达日期",
    "way": "方式",
    "chosen_on": "选择的日期", "statutory_on": "法定日期", "retires_on": "退休日期", "talks": "谈话次数",
    "lines": "核查项数",
    "street": "街道", "community": "社区", "ground": "事由",
    "chains": "记录链", "broken": "不完整", "fields": "更正内容", "part": "更正内容", "returned_items": "退回件数",
    "field": "哪个时间", "sheet": "表格",
    "following": "后面的时间一并顺延", "score": "成绩", "list": "名册", "text": "内容", "registration": "报名",
    "id_number": "身份证号",
}  # fmt: skip
MESSAGES: Mapping[str, str] = {
    "registration_closed": "报名截止", "appeals_closed": "申诉截止", "post_cancelled": "岗位取消",
    "reregistration_closed": "改报截止", "tickets_published": "准考证开放打印", "ticket_printed": "准考证已打印",
    "ticket_window_closed": "准考证打印截止", "written_result": "笔试结果", "called_up": "递补",
    "substitution_closed": "递补截止", "recheck_closed": "资格复审截止", "interview_result": "面试结果",
    "total_result": "总成绩", "objection_raised": "收到异议", "publicity_over": "公示期满", "hire_approved": "批准聘用",
    "campaign_closed": "招聘办结", "campaign_cancelled": "招聘终止", "waived": "本人放弃", "disqualified": "取消资格",
    "withdrawn": "本人撤回", "place_vacated": "名额空出", "vetting_settled": "体检考察全部办结",
    "contracts_settled": "聘用全部办结", "campaign_terminated": "终止招聘",
}  # fmt: skip
"""Messages between a recruitment and its registrations."""
DECISIONS: Mapping[str, str] = {
    "pass": "通过", "return": "退回", "reject": "不通过", "fail": "不合格", "absent": "未参加", "retest": "需复检",
    "recheck": "需复检", "request": "申请复检", "accept": "接受", "approve": "同意", "submit": "提交",
    "publish": "发布",
    "release": "公布", "imported": "已导入", "arranged": "已编排", "answered": "已答复", "scored": "已录入",
    "appeal": "申请复核", "defend": "申辩", "overturn": "改为通过", "uphold": "维持", "sign": "签订",
    "arrived": "已报到",
    "hire": "聘用", "refuse": "不予聘用", "unfounded": "不属实", "founded": "属实", "postpone": "暂缓",
    "give_up": "放弃改报", "resubmit": "重新提交", "correct": "补正",
}  # fmt: skip
"""Decisions as far as they are kept without the label of their node."""
STAGES: Mapping[str, str] = {
    **dict(ReviewStage.choices()), "medical": "体检", "check": "考察", "vetting": "体检考察",
}  # fmt: skip
DATES: Mapping[str, str] = {
    "reg_opens_at": "报名开始", "reg_closes_at": "报名截止", "review_closes_at": "资格初审截止",
    "appeal_closes_at": "初审申诉截止", "tickets_from": "准考证打印开始", "tickets_until": "准考证打印截止",
    "written_at": "笔试时间", "interview_at": "面试时间",
}  # fmt: skip
TERMS: Mapping[str, Mapping[str, str]] = {
    "message": MESSAGES, "decision": DECISIONS, "stage": STAGES, "field": DATES, "outcome": DECISIONS,
    "kind": dict(NoticeKind.choices()), "sheet": {"posts": "岗位表", "written": "笔试成绩", "interview": "面试成绩"},
    "drafted": dict(Conclusion.choices()), "proposed": dict(Conclusion.choices()), "opening": dict(Opening.choices()),
    "route": dict(Route.choices()), "ground": dict(ExitGround.choices()), "kinds": dict(EvidenceKind.choices()),
    "text_choice": dict(TextChoice.choices()), "way": dict(Service.choices()),
}  # fmt: skip
"""Facts that are terms, with their labels."""
PEOPLE = ("to", "people", "deputy", "approver", "on_behalf_of")
"""Facts that are ids of people."""
NODES = ("node", "target", "cancelled")
"""Facts that are nodes of the diagram."""
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
    posts: Mapping[int, str]

    @classmethod
    def of(cls, session: Session, rows: Sequence[HistoryEvent]) -> "_Names":
        cases = {number for row in rows if (number := _number(row.chain, "instance")) is not None}
        query = select(ProcessInstance.id, ProcessInstance.business_key, ProcessInstance.definition_id)
        found = session.execute(query.where(ProcessInstance.id.in_(cases))).all()
        people = {row.actor_id for row in rows if row.actor_id}
        people |= {id_ for row in rows for key in PEOPLE for id_ in _ids(row.facts.get(key))}
        people |= {number for row in rows if (number := _number(row.subject, "user")) is not None}
        named = (str(row.facts.get(key)) for row in rows for key in UNITS)
        units = {int(number) for number in named if number.isdecimal()}
        return cls(
            dict(session.execute(select(User.id, User.name).where(User.id.in_(people))).all()),
            dict(session.execute(select(Organisation.id, Organisation.name).where(Organisation.id.in_(units))).all()),
            {case: key for case, key, _ in found},
            {case: node_names(session, definition) for case, _, definition in found},
            dict(session.execute(select(ProcessDefinition.key, ProcessDefinition.name)).all()),
            _posts(session, rows),
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
        named = self._named(row, key, value, text)
        if named is not None:
            return named
        if isinstance(value, (bool, dict)) or _is_moment(text):
            return _written(value)
        if key in TERMS:
            return "、".join(TERMS[key].get(part, part) for part in text.split("、"))
        words = {"role": LABELS, "state": INSTANCE_LABELS, "process": self.processes, "how": ACT_LABELS}.get(key, {})
        if key in ("before", "after"):
            words = STATES.get(row.type.partition(".")[0], {})
        return words.get(text, text)

    def _named(self, row: HistoryEvent, key: str, value: Any, text: str) -> str | None:
        """The name of what the fact gives the id of; None when it is no id."""
        if text.isdecimal() and (key in UNITS or (key == "post" and row.subject.startswith("registration:"))):
            return (self.units if key in UNITS else self.posts).get(int(text), text)
        if key in PEOPLE:
            return "、".join(self.people.get(id_, str(id_)) for id_ in _ids(value))
        if key in NODES:
            return "、".join(self._node(row, str(node)) for node in (value if isinstance(value, list) else [value]))
        return None

    def _node(self, row: HistoryEvent, node_id: str) -> str:
        case = _number(row.chain, "instance")
        return self.nodes.get(case or 0, {}).get(node_id) or node_id


def _is_moment(text: str) -> bool:
    """Whether it is a moment as the history keeps it."""
    return len(text) >= 19 and text[10:11] == "T" and text[:4].isdecimal()


def _written(value: Any) -> str:
    """Yes or no, a moment, or several facts in one, as people write them."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict):
        return "，".join(f"{FACT_LABELS.get(name, name)} {each}" for name, each in value.items())
    try:
        return cn_datetime(datetime.fromisoformat(str(value)))
    except ValueError:
        return str(value)


def _posts(session: Session, rows: Sequence[HistoryEvent]) -> dict[int, str]:
    """Posts that registrations chose; by id."""
    chosen = {str(row.facts.get("post")) for row in rows if row.subject.startswith("registration:")}
    ids = [int(each) for each in chosen if each.isdecimal()]
    query = select(CampaignPost.id, CampaignPost.code, CampaignPost.name).where(CampaignPost.id.in_(ids))
    return {found: f"{code} {name}" for found, code, name in session.execute(query)}


def _ids(value: Any) -> list[int]:
    """The ids in a fact: one, several or none."""
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, int)]


def _number(text: str, kind: str) -> int | None:
    found, _, number = text.partition(":")
    return int(number) if found == kind and number.isdecimal() else None
