"""Event definitions of event nodes and receive tasks."""

from collections.abc import Mapping

from engine.workflow.diagram.elements import EVENT_DEFINITIONS, Element, local_name
from engine.workflow.diagram.findings import Findings
from engine.workflow.diagram.model import Event, TimerKind
from engine.workflow.diagram.settings import extension, read_properties

TIMERS = {"timeDate": TimerKind.DATE, "timeDuration": TimerKind.DURATION, "timeCycle": TimerKind.CYCLE}


def read_event(
    element: Element, messages: Mapping[str, Element], errors: Mapping[str, Element], findings: Findings
) -> Event:
    """The event of the element; what cannot be read is added to the findings."""
    interrupting = element.get("cancelActivity", element.get("isInterrupting", "true")) != "false"
    definitions = [child for child in element if local_name(child) in EVENT_DEFINITIONS]
    if local_name(element) == "receiveTask":
        return _message(element, element.get("messageRef") or "", messages, findings, interrupting)
    if not definitions:
        return Event(interrupting=interrupting)
    if len(definitions) > 1:
        findings.error("event.several", element, "一个事件节点只能有一种事件", "请拆成几个事件节点")
    definition = definitions[0]
    kind = local_name(definition).removesuffix("EventDefinition")
    if kind == "timer":
        return _timer(element, definition, findings, interrupting)
    if kind == "message":
        return _message(element, definition.get("messageRef") or "", messages, findings, interrupting)
    if kind == "error":
        return _error(element, definition, errors, findings)
    return Event(kind, interrupting=interrupting)


def _timer(element: Element, definition: Element, findings: Findings, interrupting: bool) -> Event:
    children = [child for child in definition if local_name(child) in TIMERS]
    texts = [(TIMERS[local_name(child)], (child.text or "").strip()) for child in children]
    if len(texts) != 1 or not texts[0][1]:
        findings.error("timer.missing", element, "定时器没有填写时间", "请填写日期、时长或循环中的一种")
        return Event("timer", interrupting=interrupting)
    kind, text = texts[0]
    working = read_properties(element).get("calendar") == "working"
    return Event("timer", timer=kind, timer_text=text, working=working, interrupting=interrupting)


def _message(
    element: Element, reference: str, messages: Mapping[str, Element], findings: Findings, interrupting: bool
) -> Event:
    message = messages.get(reference)
    if message is None or not message.get("name"):
        findings.error("message.missing", element, "没有选择消息，或消息没有名称", "请选择一个有名称的消息")
        return Event("message", interrupting=interrupting)
    subscription = extension(message, "subscription")
    key = "" if subscription is None else (subscription.get("correlationKey") or "").strip()
    return Event("message", name=message.get("name") or "", correlation_key=key, interrupting=interrupting)


def _error(element: Element, definition: Element, errors: Mapping[str, Element], findings: Findings) -> Event:
    reference = definition.get("errorRef") or ""
    error = errors.get(reference)
    if reference and error is None:
        findings.error("error.missing", element, f"错误“{reference}”没有定义", "请在设计器中选择或新建错误")
    return Event("error", error_code="" if error is None else error.get("errorCode") or "")
