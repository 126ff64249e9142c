"""Names of things that run, as people read them."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from engine.workflow.case_trace import diagram_xml
from engine.workflow.diagram import read_diagram

JOB_LABELS: Mapping[str, str] = {
    "timer": "定时", "service": "自动办理重试", "message": "消息投递", "batch": "分批办理", "deadline": "到期处理",
    "warning": "到期提醒", "handover": "交接", "housekeeping": "日常清理", "digest": "每日汇总邮件",
}  # fmt: skip
INCIDENT_LABELS: Mapping[str, str] = {
    "job": "自动办理失败", "execution": "流程无法继续", "nobody": "没有办理人", "assignment": "没有办理人",
    "stuck": "流程停滞", "marking": "流程状态校验不通过",
}  # fmt: skip
_NAMES: dict[int, Mapping[str, str]] = {}
"""Definition -> names of its nodes; a definition never changes."""


def node_names(session: Session, definition_id: int) -> Mapping[str, str]:
    """Chinese names of the nodes of a definition."""
    if definition_id not in _NAMES:
        drawn = read_diagram(diagram_xml(session, definition_id))
        _NAMES[definition_id] = {node.id: node.name for node in drawn.nodes.values()}
    return _NAMES[definition_id]
