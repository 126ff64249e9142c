"""Checks of the shape: flows, gateways, starts, ends, boundary events, ways."""

from collections import Counter
from collections.abc import Callable

from engine.workflow.diagram.elements import ACTIVITIES, GATEWAYS
from engine.workflow.diagram.findings import Findings
from engine.workflow.diagram.graph import distances, on_cycle, reversed_edges, successors
from engine.workflow.diagram.model import Diagram, Flow, Node, Process

CATCHING = frozenset({"intermediateCatchEvent", "receiveTask"})
NEVER_WAITS = frozenset("task manualTask scriptTask businessRuleTask parallelGateway intermediateThrowEvent".split())
EVENT_KINDS = {
    "startEvent": {"none", "message", "timer"},
    "endEvent": {"none", "message", "error", "terminate"},
    "intermediateCatchEvent": {"message", "timer"},
    "intermediateThrowEvent": {"none", "message"},
    "boundaryEvent": {"message", "timer", "error"},
    "receiveTask": {"message"},
}
EVENT_SUB_PROCESS_STARTS = {"message", "timer", "error"}


def check_structure(diagram: Diagram, findings: Findings) -> None:
    """Adds everything wrong with the shape of the diagram."""
    _Structure(diagram, findings).check()


class _Structure:
    def __init__(self, diagram: Diagram, findings: Findings) -> None:
        self.diagram = diagram
        self.nodes = diagram.nodes
        self.add = findings
        self.outgoing: dict[str, list[Flow]] = {node: [] for node in self.nodes}
        self.incoming: dict[str, list[Flow]] = {node: [] for node in self.nodes}
        for flow in diagram.flows:
            self.outgoing.get(flow.source, []).append(flow)
            self.incoming.get(flow.target, []).append(flow)

    def check(self) -> None:
        for flow in self.diagram.flows:
            self._flow(flow)
        by_kind: dict[str, Callable[[Node], None]] = {
            "startEvent": self._start,
            "endEvent": self._end,
            "boundaryEvent": self._boundary,
            "eventBasedGateway": self._event_gateway,
            "exclusiveGateway": self._choice,
            "inclusiveGateway": self._choice,
            "subProcess": self._sub_process,
        }
        for node in self.nodes.values():
            self._event_kind(node)
            self._conditions(node)
            by_kind.get(node.kind, self._plain)(node)
        for process in self.diagram.processes:
            self._process(process)
        self._ways()
        self._endless()

    def _flow(self, flow: Flow) -> None:
        for end, text in ((flow.source, "起点"), (flow.target, "终点")):
            if end not in self.nodes:
                self.add.error("flow.nowhere", flow, f"连线“{flow.id}”的{text}“{end}”不存在", "请重新连接或删除")
        if flow.source not in self.nodes or flow.target not in self.nodes:
            return
        if self.nodes[flow.source].scope != self.nodes[flow.target].scope:
            self.add.error("flow.crosses_scope", flow, f"连线“{flow.id}”穿过了子流程的边界", "请连接到子流程本身")

    def _event_kind(self, node: Node) -> None:
        allowed = EVENT_KINDS.get(node.kind)
        around = self.nodes.get(node.scope)
        if node.kind == "startEvent" and around is not None:
            allowed = EVENT_SUB_PROCESS_STARTS if around.event_sub_process else {"none"}
        if allowed is not None and node.event.kind not in allowed:
            message = f"节点“{node.label}”不能使用“{node.event.kind}”事件"
            self.add.error("event.refused", node, message, "请换成支持的事件类型")

    def _conditions(self, node: Node) -> None:
        flows = self.outgoing[node.id]
        if node.kind not in ("exclusiveGateway", "inclusiveGateway"):
            for flow in flows:
                if flow.condition:
                    message = f"“{node.label}”后的连线带有条件，只有排他网关和包容网关的连线可以带条件"
                    self.add.error("flow.condition_refused", flow, message, "请在中间加一个排他网关")
        twice = [target for target, count in Counter(flow.target for flow in flows).items() if count > 1]
        if twice and node.kind != "exclusiveGateway":
            self.add.error("flow.twice", node, f"“{node.label}”有几条连线通向同一个节点", "请只保留一条")

    def _start(self, node: Node) -> None:
        if self.incoming[node.id]:
            self.add.error("start.incoming", node, "开始事件不能有进入的连线", "请删除这些连线")
        self._needs_outgoing(node)

    def _end(self, node: Node) -> None:
        if self.outgoing[node.id]:
            self.add.error("end.outgoing", node, "结束事件不能有离开的连线", "请删除这些连线")

    def _needs_outgoing(self, node: Node) -> None:
        if not self.outgoing[node.id]:
            self.add.error("node.dead_end", node, f"“{node.label}”之后没有连线", "请连接到下一个节点或结束事件")

    def _plain(self, node: Node) -> None:
        if node.kind in GATEWAYS:
            self._needs_outgoing(node)

    def _boundary(self, node: Node) -> None:
        host = self.nodes.get(node.attached_to)
        if host is None or host.kind not in ACTIVITIES or host.scope != node.scope:
            self.add.error("boundary.host", node, "边界事件没有附着在任务或子流程上", "请把它拖到任务的边框上")
        if self.incoming[node.id]:
            self.add.error("boundary.incoming", node, "边界事件不能有进入的连线", "请删除这些连线")
        if node.event.kind == "error" and not node.event.interrupting:
            self.add.error("boundary.error", node, "错误边界事件必须是中断的", "请改为中断型")
        self._needs_outgoing(node)

    def _event_gateway(self, node: Node) -> None:
        flows = self.outgoing[node.id]
        targets = [self.nodes[flow.target] for flow in flows if flow.target in self.nodes]
        if len(targets) < 2:
            self.add.error("gateway.events", node, "事件网关至少要有两条离开的连线", "请连接两个以上的捕获事件")
        for target in targets:
            if target.kind not in CATCHING or len(self.incoming[target.id]) > 1:
                message = f"事件网关后面的“{target.label}”不是只由它进入的捕获事件"
                self.add.error("gateway.events", node, message, "事件网关之后只能直接连接消息或定时捕获事件")

    def _choice(self, node: Node) -> None:
        self._needs_outgoing(node)
        flows = self.outgoing[node.id]
        if node.default_flow and node.default_flow not in [flow.id for flow in flows]:
            self.add.error("gateway.default", node, f"默认连线“{node.default_flow}”不从这里出发", "请重新选择默认连线")
        if len(flows) < 2:
            return
        for flow in flows:
            if flow.id != node.default_flow and not flow.condition:
                message = f"网关“{node.label}”的连线“{flow.name or flow.id}”既没有条件也不是默认连线"
                self.add.error("gateway.condition", flow, message, "请填写条件，或设为默认连线")
            if flow.id == node.default_flow and flow.condition:
                self.add.warning("gateway.default_condition", flow, "默认连线上的条件不起作用", "请删除条件")
        if not node.default_flow:
            message = f"网关“{node.label}”没有默认连线，条件都不成立时流程会停住"
            self.add.warning("gateway.no_default", node, message, "请把其中一条设为默认连线")

    def _sub_process(self, node: Node) -> None:
        starts = [each for each in self.nodes.values() if each.scope == node.id and each.kind == "startEvent"]
        ends = [each for each in self.nodes.values() if each.scope == node.id and each.kind == "endEvent"]
        if len(starts) != 1 or not ends:
            message = f"子流程“{node.label}”应恰好有一个开始事件，至少有一个结束事件"
            self.add.error("sub_process.start", node, message, "请补画或删除多余的开始事件")
        if node.event_sub_process and (self.incoming[node.id] or self.outgoing[node.id]):
            self.add.error("sub_process.flows", node, "事件子流程不能有连线", "请删除这些连线")

    def _process(self, process: Process) -> None:
        nodes = [node for node in self.nodes.values() if node.scope == process.id]
        if not process.executable:
            self.add.warning("process.not_executable", process, "流程没有勾选“可执行”，不能运行", "请勾选“可执行”")
        starts = [node for node in nodes if node.kind == "startEvent"]
        if not starts:
            self.add.error("process.start", process, "流程没有开始事件", "请画一个开始事件")
        for node in [node for node in starts if node.event.kind == "none"][1:]:
            self.add.error("process.starts", node, "流程有几个普通开始事件", "请只保留一个")

    def _ways(self) -> None:
        """Every node can be reached and can reach an end of its scope."""
        edges = successors(self.nodes, self.diagram.flows)
        triggered = [node.id for node in self.nodes.values() if node.event_sub_process]
        starts = [node.id for node in self.nodes.values() if node.kind == "startEvent"]
        reached = distances(edges, starts + triggered)
        ends = [node for node, targets in edges.items() if not targets or self._is_end(node)]
        ending = distances(reversed_edges(edges), ends)
        for node in self.nodes.values():
            if node.id not in reached:
                self.add.error("node.unreachable", node, f"“{node.label}”从开始事件走不到", "请连接或删除它")
            elif node.id not in ending:
                self.add.error("node.no_end", node, f"从“{node.label}”走不到任何结束事件", "请连接到结束事件")

    def _is_end(self, node_id: str) -> bool:
        return self.nodes[node_id].kind == "endEvent" or not self.outgoing[node_id]

    def _endless(self) -> None:
        """A cycle in which nothing ever waits or chooses would never stop."""
        never = {node.id for node in self.nodes.values() if node.kind in NEVER_WAITS}
        edges = successors(self.nodes, self.diagram.flows)
        inner = {node: [target for target in edges[node] if target in never] for node in never}
        for node_id in sorted(on_cycle(inner)):
            node = self.nodes[node_id]
            message = f"“{node.label}”在一个没有等待也没有选择的循环里，流程会无休止地空转"
            self.add.error("node.endless", node, message, "请在循环中加入带条件的排他网关")
