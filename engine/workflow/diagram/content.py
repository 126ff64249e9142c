"""Checks of what stands in the nodes: expressions, forms, roles, delegates, decisions, timers, names."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from engine.decision import FeelSyntaxError, compile_expression
from engine.workflow.diagram.findings import Findings
from engine.workflow.diagram.model import AfterDeadline, Diagram, Flow, Node, TimerKind
from engine.workflow.diagram.settings import NAME
from engine.workflow.diagram.timers import TimerTextError, parse_cycle, parse_duration, parse_moment

TIMER_CHECKS: dict[TimerKind, Callable[[str], object]] = {
    TimerKind.DATE: parse_moment,
    TimerKind.DURATION: parse_duration,
    TimerKind.CYCLE: parse_cycle,
}
NAMELESS = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"})


@dataclass(frozen=True, slots=True)
class Known:
    """What exists outside of the diagram; None: not known, so not checked."""

    roles: Collection[str] | None = None
    decisions: Collection[str] | None = None
    delegates: Collection[str] | None = None
    forms: Collection[str] | None = None
    processes: Collection[str] | None = None


class Text(NamedTuple):
    """A text of the diagram that is or may be FEEL; `formula`: it has to begin with `=`."""

    where: Node | Flow
    label: str
    text: str
    formula: bool = False


def check_content(diagram: Diagram, known: Known, findings: Findings) -> None:
    """Adds everything wrong inside of single nodes."""
    _Content(diagram, known, findings).check()


def texts(diagram: Diagram) -> Iterator[Text]:
    """Every text that may be an expression."""
    for flow in diagram.flows:
        yield Text(flow, "条件", flow.condition, formula=True)
    for node in diagram.nodes.values():
        yield from _texts_of(node)


def _texts_of(node: Node) -> Iterator[Text]:
    settings = node.settings
    yield Text(node, "脚本", settings.script, formula=True)
    yield Text(node, "办理人", settings.assignee)
    yield Text(node, "候选角色", settings.candidate_groups_expression)
    yield Text(node, "机构", settings.organisation)
    yield Text(node, "决策编号", settings.decision_id)
    yield Text(node, "优先级", settings.priority)
    yield Text(node, "到期时间", settings.due_date)
    for mapping in (*settings.inputs, *settings.outputs):
        yield Text(node, f"变量 {mapping.target} 的映射", mapping.source)
    yield Text(node, "消息的关联键", node.event.correlation_key, formula=True)
    yield Text(node, "定时器", node.event.timer_text)
    if settings.loop is not None:
        yield Text(node, "多实例的集合", settings.loop.collection, formula=True)
        yield Text(node, "多实例的输出元素", settings.loop.output_element, formula=True)
        yield Text(node, "多实例的完成条件", settings.loop.completion_condition, formula=True)


class _Content:
    def __init__(self, diagram: Diagram, known: Known, findings: Findings) -> None:
        self.diagram = diagram
        self.known = known
        self.add = findings

    def check(self) -> None:
        for text in texts(self.diagram):
            self._text(text)
        by_kind: dict[str, Callable[[Node], None]] = {
            "userTask": self._user_task,
            "serviceTask": self._job,
            "sendTask": self._job,
            "businessRuleTask": self._decision,
            "scriptTask": self._script,
            "callActivity": self._call,
        }
        for node in self.diagram.nodes.values():
            check = by_kind.get(node.kind)
            if check is not None:
                check(node)
            self._form(node)
            self._timer(node)
            self._message(node)
            self._loop(node)
            self._name(node)
        self._recursion()

    def _text(self, text: Text) -> None:
        if not text.text:
            return
        if not text.text.startswith("="):
            if text.formula:
                message = f"{text.label}“{text.text[:60]}”不是表达式，表达式要以 = 开头"
                self.add.error("feel.not_an_expression", text.where, message, f"请改成 = {text.text[:60]}")
            return
        try:
            compile_expression(text.text[1:].strip(), names=None)
        except FeelSyntaxError as error:
            message = f"{text.label}“{text.text[:80]}”有误：{error}"
            self.add.error("feel.syntax", text.where, message, "请按 FEEL 语法改正", column=error.column)

    def _missing(self, code: str, node: Node, value: str, known: Collection[str] | None, what: str) -> None:
        if value and not value.startswith("=") and known is not None and value not in known:
            fix = f"可用的有：{'、'.join(sorted(known)[:10])}" if known else f"请先建立{what}"
            self.add.error(code, node, f"“{node.label}”使用的{what}“{value}”不存在", fix)

    def _user_task(self, node: Node) -> None:
        settings = node.settings
        if not settings.form_id:
            self.add.error("user_task.form", node, f"用户任务“{node.label}”没有表单", "请填写表单编号（formId）")
        if not (settings.candidate_groups or settings.candidate_groups_expression or settings.assignee):
            message = f"用户任务“{node.label}”没有指定由谁办理"
            self.add.error("user_task.who", node, message, "请填写候选角色或办理人")
        for role in settings.candidate_groups:
            self._missing("role.unknown", node, role, self.known.roles, "角色")
        self._after_deadline(node)
        for exclusion in settings.exclude:
            self._exclusion(node, exclusion.partition(":")[2])
        if settings.chosen_by != "initiator":
            self._exclusion(node, settings.chosen_by)
        superior = settings.self_approval.role if settings.self_approval else ""
        for role in filter(None, (superior, *settings.weights, *settings.copies)):
            if role != "initiator":
                self._missing("role.unknown", node, role, self.known.roles, "角色")

    def _after_deadline(self, node: Node) -> None:
        deadline = node.settings.deadline
        if deadline is None:
            return
        if deadline.after is AfterDeadline.ESCALATE:
            self._missing("role.unknown", node, deadline.target, self.known.roles, "角色")
        if deadline.after is AfterDeadline.DECIDE and deadline.target not in node.settings.decisions:
            message = f"到期后的决定“{deadline.target}”不在 decisions 中"
            self.add.error("decision.unknown", node, message, "请先在 decisions 中列出")

    def _exclusion(self, node: Node, other: str) -> None:
        target = self.diagram.nodes.get(other)
        if other and (target is None or target.kind != "userTask"):
            self.add.error("exclude.unknown", node, f"所指的节点“{other}”不是本图的用户任务", "请填写用户任务的编号")

    def _job(self, node: Node) -> None:
        if not node.settings.job_type:
            message = f"服务任务“{node.label}”没有填写类型"
            self.add.error("service_task.type", node, message, "请填写任务类型（zeebe:taskDefinition type）")
        self._missing("delegate.unknown", node, node.settings.job_type, self.known.delegates, "服务")

    def _decision(self, node: Node) -> None:
        settings = node.settings
        if not settings.decision_id:
            self.add.error("decision.missing", node, f"“{node.label}”没有选择决策表", "请填写决策编号")
        self._missing("decision.unknown", node, settings.decision_id, self.known.decisions, "决策表")
        self._result(node)

    def _script(self, node: Node) -> None:
        if not node.settings.script:
            self.add.error("script.missing", node, f"脚本任务“{node.label}”没有表达式", "请填写以 = 开头的表达式")
        self._result(node)

    def _result(self, node: Node) -> None:
        if not NAME.fullmatch(node.settings.result_variable):
            message = f"“{node.label}”的结果变量名“{node.settings.result_variable[:40]}”有误"
            self.add.error("result.name", node, message, "请填写以字母或汉字开头的变量名")

    def _call(self, node: Node) -> None:
        called = node.settings.called_process
        if not called or called.startswith("="):
            message = f"调用活动“{node.label}”应填写固定的流程编号"
            self.add.error("call.fixed", node, message, "请填写流程编号（processId），不能用表达式")
            return
        known = self.known.processes
        here = {process.id for process in self.diagram.processes}
        self._missing("process.unknown", node, called, None if known is None else {*known, *here}, "流程")

    def _form(self, node: Node) -> None:
        self._missing("form.unknown", node, node.settings.form_id, self.known.forms, "表单")

    def _timer(self, node: Node) -> None:
        timer, text = node.event.timer, node.event.timer_text
        if timer is None or text.startswith("="):
            return
        try:
            TIMER_CHECKS[timer](text)
        except TimerTextError as error:
            self.add.error("timer.malformed", node, f"“{node.label}”的定时器有误：{error}", "请按 ISO 8601 填写")

    def _message(self, node: Node) -> None:
        if node.event.kind != "message" or not node.event.name:
            return
        top = node.scope == node.process_id
        throws = node.kind in ("intermediateThrowEvent", "endEvent")
        starts = node.kind == "startEvent" and top
        if not throws and not starts and not node.event.correlation_key:
            message = f"等待消息“{node.event.name}”的“{node.label}”没有关联键，不知道消息属于哪个案件"
            self.add.error("message.correlation_key", node, message, "请在消息上填写 correlationKey，例如 = caseId")
        if throws and not any(each.target == "correlationKey" for each in node.settings.inputs):
            message = f"发送消息“{node.event.name}”没有给出关联键"
            self.add.warning("message.throw_key", node, message, "请在输入映射中加上 correlationKey")

    def _loop(self, node: Node) -> None:
        loop = node.settings.loop
        if loop is None:
            return
        if not loop.collection:
            self.add.error("loop.collection", node, f"多实例“{node.label}”没有填写集合", "请填写 inputCollection")
        if bool(loop.output_collection) != bool(loop.output_element):
            message = f"多实例“{node.label}”的输出集合和输出元素要同时填写"
            self.add.error("loop.output", node, message, "请补齐或都删除")

    def _name(self, node: Node) -> None:
        chinese = any("\u4e00" <= char <= "\u9fff" for char in node.name)
        if not chinese and node.kind not in NAMELESS:
            self.add.warning("name.missing", node, f"节点“{node.id}”没有中文名称", "请填写中文名称")

    def _recursion(self) -> None:
        calls: dict[str, set[str]] = {process.id: set() for process in self.diagram.processes}
        for node in self.diagram.nodes.values():
            if node.kind == "callActivity":
                calls[node.process_id].add(node.settings.called_process)
        for node in self.diagram.nodes.values():
            called = node.settings.called_process
            if node.kind == "callActivity" and node.process_id in _reachable(calls, called):
                message = f"调用活动“{node.label}”最终又调用了自己所在的流程"
                self.add.error("call.recursive", node, message, "请去掉循环调用")


def _reachable(calls: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    ahead = [start]
    while ahead:
        process = ahead.pop()
        if process not in found:
            found.add(process)
            ahead.extend(calls.get(process, ()))
    return found
