"""zeebe extension elements and node properties as typed settings; malformed ones are findings."""

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import TypeVar

from lxml import etree

from engine.workflow.diagram.elements import ZEEBE, Element, tag, zeebe
from engine.workflow.diagram.findings import Findings
from engine.workflow.diagram.model import (
    AfterDeadline,
    CompletionKind,
    CompletionRule,
    Deadline,
    DeadlineUnit,
    EmptyHandler,
    FieldRight,
    Loop,
    Operation,
    SelfApproval,
    Settings,
    SignatureRule,
    VariableMapping,
)

T = TypeVar("T")
ORGANISATIONS = frozenset({"case", "community", "street", "county", "city"})
EXTENSIONS = frozenset(
    "formDefinition assignmentDefinition taskSchedule taskDefinition taskHeaders script calledDecision calledElement "
    "loopCharacteristics subscription priorityDefinition versionTag userTask ioMapping properties userTaskForm".split()
)
PROPERTIES = frozenset(
    "organisation decisions opinionRequired operations completionRule approvingDecisions deadlineWorkdays "
    "deadlineHours deadlineWarning afterDeadline exclude fieldRights basis stage withdrawable adjustable "
    "calendar selfApproval sameApprover weights chosenBy copies signature emptyHandler".split()
)
NAME = re.compile(r"[A-Za-z\u4e00-\u9fff][\w\u4e00-\u9fff]*")
MAX_DEADLINE = 3_660


def extension(element: Element, name: str) -> Element | None:
    """The zeebe element of that name, if there is one."""
    return element.find(f"{tag('extensionElements')}/{zeebe(name)}")


def read_properties(element: Element) -> dict[str, str]:
    """zeebe:properties as written, blanks around removed."""
    rows = element.iterfind(f"{tag('extensionElements')}/{zeebe('properties')}/{zeebe('property')}")
    return {row.get("name") or "": (row.get("value") or "").strip() for row in rows}


class SettingsReader:
    """Reads one element and adds what is wrong to the findings."""

    def __init__(self, element: Element, findings: Findings) -> None:
        self.element = element
        self.findings = findings
        self.raw = read_properties(element)

    def read(self) -> Settings:
        self._check_extensions()
        groups = self._attribute("assignmentDefinition", "candidateGroups")
        decisions: dict[str, str] = self._property("decisions", _pairs, {})
        return Settings(
            form_id=self._form(),
            candidate_groups=() if groups.startswith("=") else _names(groups),
            candidate_groups_expression=groups if groups.startswith("=") else "",
            assignee=self._attribute("assignmentDefinition", "assignee"),
            organisation=self._property("organisation", _organisation, "case"),
            decisions=MappingProxyType(decisions),
            opinion_required=frozenset(self._among("opinionRequired", decisions)),
            operations=self._property("operations", _operations, frozenset[str]()),
            completion_rule=self._property("completionRule", _completion_rule, CompletionRule()),
            approving_decisions=self._approving(decisions),
            deadline=self._deadline(),
            exclude=self._property("exclude", _exclusions, ()),
            field_rights=MappingProxyType(self._property("fieldRights", _field_rights, {})),
            empty_handler=self._property("emptyHandler", _empty_handler, EmptyHandler.ADMINISTRATOR),
            self_approval=self._property("selfApproval", _self_approval, None),
            skip_same_approver=self._property("sameApprover", _skip, False),
            weights=MappingProxyType(self._property("weights", _weights, {})),
            chosen_by=self.raw.get("chosenBy", ""),
            copies=_names(self.raw.get("copies", "")),
            signature=self._property("signature", _signature, None),
            basis=self.raw.get("basis", ""),
            stage=self.raw.get("stage", ""),
            withdrawable=self._property("withdrawable", _flag, False),
            adjustable=self._property("adjustable", _flag, False),
            job_type=self._attribute("taskDefinition", "type"),
            headers=MappingProxyType(self._headers()),
            retries=self._retries(),
            decision_id=self._attribute("calledDecision", "decisionId"),
            called_process=self._attribute("calledElement", "processId"),
            propagate_parent=self._attribute("calledElement", "propagateAllParentVariables") != "false",
            propagate_child=self._attribute("calledElement", "propagateAllChildVariables") != "false",
            script=self._attribute("script", "expression"),
            result_variable=self._attribute("script", "resultVariable")
            or self._attribute("calledDecision", "resultVariable"),
            inputs=self._mappings("input"),
            outputs=self._mappings("output"),
            loop=self._loop(),
            priority=self._attribute("priorityDefinition", "priority"),
            due_date=self._attribute("taskSchedule", "dueDate"),
            properties=MappingProxyType(dict(self.raw)),
        )

    def properties(self) -> dict[str, str]:
        """The properties of a process, of which there is no list."""
        return dict(self.raw)

    def _add(self, code: str, message: str, fix: str = "") -> None:
        self.findings.error(code, self.element, message, fix)

    def _check_extensions(self) -> None:
        for child in self.element.iterfind(f"{tag('extensionElements')}/*"):
            name = etree.QName(child)
            if name.namespace == ZEEBE and name.localname not in EXTENSIONS:
                self._add("extension.refused", f"不支持的扩展 zeebe:{name.localname}", "请在属性面板中删除它")
        for unknown in sorted(self.raw.keys() - PROPERTIES):
            self.findings.warning("property.unknown", self.element, f"不认识的属性“{unknown}”", "请检查属性名的拼写")

    def _attribute(self, name: str, attribute: str) -> str:
        found = extension(self.element, name)
        return "" if found is None else (found.get(attribute) or "").strip()

    def _form(self) -> str:
        form = self._attribute("formDefinition", "formId")
        return form or self._attribute("formDefinition", "externalReference").removeprefix("form:")

    def _property(self, name: str, read: Callable[[str], T], default: T) -> T:
        text = self.raw.get(name, "")
        if not text:
            return default
        try:
            return read(text)
        except ValueError as error:
            self._add("property.malformed", f"属性 {name} 的值“{text[:60]}”有误：{error}", "请按说明改正")
            return default

    def _among(self, name: str, decisions: Mapping[str, str]) -> tuple[str, ...]:
        named = _names(self.raw.get(name, ""))
        for decision in named:
            if decision not in decisions:
                self._add("decision.unknown", f"{name} 中的“{decision}”不在 decisions 中", "请先在 decisions 中列出")
        return named

    def _approving(self, decisions: Mapping[str, str]) -> frozenset[str]:
        return frozenset(self._among("approvingDecisions", decisions) or list(decisions)[:1])

    def _deadline(self) -> Deadline | None:
        days = self._property("deadlineWorkdays", _positive, 0)
        hours = self._property("deadlineHours", _positive, 0)
        if days and hours:
            self._add("deadline.both", "办理时限只能按工作日或按小时填写一种", "请删除其中一个")
        if not days and not hours:
            return None
        after, target = self._property("afterDeadline", _after_deadline, (AfterDeadline.REMIND, ""))
        unit = DeadlineUnit.WORKDAYS if days else DeadlineUnit.HOURS
        return Deadline(days or hours, unit, self._property("deadlineWarning", _positive, 0), after, target)

    def _headers(self) -> dict[str, str]:
        rows = self.element.iterfind(f"{tag('extensionElements')}/{zeebe('taskHeaders')}/{zeebe('header')}")
        return {row.get("key") or "": row.get("value") or "" for row in rows}

    def _retries(self) -> int:
        text = self._attribute("taskDefinition", "retries")
        if not text:
            return 3
        if not text.isascii() or not text.isdigit() or int(text[:4]) > 100:
            self._add("retries.malformed", f"重试次数“{text[:20]}”应为0至100的整数")
            return 3
        return int(text)

    def _mappings(self, kind: str) -> tuple[VariableMapping, ...]:
        rows = self.element.iterfind(f"{tag('extensionElements')}/{zeebe('ioMapping')}/{zeebe(kind)}")
        mappings = tuple(
            VariableMapping((row.get("target") or "").strip(), (row.get("source") or "").strip()) for row in rows
        )
        for mapping in mappings:
            if not NAME.fullmatch(mapping.target):
                self._add("mapping.target", f"映射的目标变量名“{mapping.target[:40]}”有误", "变量名以字母或汉字开头")
        return mappings

    def _loop(self) -> Loop | None:
        found = self.element.find(tag("multiInstanceLoopCharacteristics"))
        if found is None:
            return None
        row = extension(found, "loopCharacteristics")
        attributes = {} if row is None else {str(key): str(value) for key, value in row.attrib.items()}
        condition = (found.findtext(tag("completionCondition")) or "").strip()
        return Loop(
            attributes.get("inputCollection", "").strip(),
            attributes.get("inputElement", "").strip(),
            attributes.get("outputCollection", "").strip(),
            attributes.get("outputElement", "").strip(),
            condition,
            found.get("isSequential") == "true",
        )


def _names(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _pairs(text: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for part in _names(text):
        key, colon, label = part.partition(":")
        if not colon or not key.strip() or not label.strip():
            raise ValueError("应写成“编号:名称”，用逗号隔开，例如 pass:通过,reject:不通过")
        if key.strip() in pairs:
            raise ValueError(f"“{key.strip()}”重复")
        pairs[key.strip()] = label.strip()
    return pairs


def _organisation(text: str) -> str:
    if text in ORGANISATIONS or text.startswith("="):
        return text
    raise ValueError("应为 case、community、street、county、city 或以 = 开头的表达式")


def _completion_rule(text: str) -> CompletionRule:
    kind, colon, percent = text.partition(":")
    if kind in ("any", "all", "ordered") and not colon:
        return CompletionRule(CompletionKind(kind))
    if kind in ("ratio", "vote") and percent.isascii() and percent.isdigit() and 0 < int(percent[:4]) <= 100:
        return CompletionRule(CompletionKind(kind), Fraction(int(percent), 100))
    raise ValueError("应为 any、all、ordered、ratio:60 或 vote:60（百分数1至100）")


def _positive(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text[:6]) <= MAX_DEADLINE:
        return int(text)
    raise ValueError(f"应为1至{MAX_DEADLINE}的整数")


def _after_deadline(text: str) -> tuple[AfterDeadline, str]:
    kind, colon, target = text.partition(":")
    if text == AfterDeadline.REMIND:
        return AfterDeadline.REMIND, ""
    if kind in (AfterDeadline.ESCALATE, AfterDeadline.DECIDE) and colon and target.strip():
        return AfterDeadline(kind), target.strip()
    raise ValueError("应为 remind、escalate:角色 或 decide:决定")


def _exclusions(text: str) -> tuple[str, ...]:
    names = _names(text)
    for name in names:
        kind, _, node = name.partition(":")
        if name != "initiator" and not (kind == "handlerOf" and node):
            raise ValueError("应为 initiator 或 handlerOf:节点编号")
    return names


def _operations(text: str) -> frozenset[str]:
    names = _names(text)
    known = [operation.value for operation in Operation]
    for name in names:
        if name not in known:
            raise ValueError(f"没有操作“{name[:20]}”，可用的有 {'、'.join(known)}")
    return frozenset(names)


def _self_approval(text: str) -> SelfApproval | None:
    kind, colon, role = text.partition(":")
    if kind != "superior" or (colon and not role.strip()):
        raise ValueError("应为 superior 或 superior:角色")
    return SelfApproval(role.strip())


def _skip(text: str) -> bool:
    if text != "skip":
        raise ValueError("应为 skip")
    return True


def _empty_handler(text: str) -> EmptyHandler:
    if text not in list(EmptyHandler):
        raise ValueError("应为 administrator（流程管理员）或 superior（上级同岗位）")
    return EmptyHandler(text)


def _signature(text: str) -> SignatureRule | None:
    if text not in list(SignatureRule):
        raise ValueError("应为 required（必须签名）或 offered（可以签名）")
    return SignatureRule(text)


def _weights(text: str) -> dict[str, int]:
    weights: dict[str, int] = {}
    for part in _names(text):
        role, _, weight = part.partition("=")
        weight = weight.strip()
        if not role.strip() or not (weight.isascii() and weight.isdigit() and 0 < int(weight[:4]) <= 100):
            raise ValueError("应写成 角色=权重，权重为1至100的整数")
        weights[role.strip()] = int(weight)
    return weights


def _field_rights(text: str) -> dict[str, FieldRight]:
    rights: dict[str, FieldRight] = {}
    for part in _names(text):
        name, _, right = part.partition("=")
        if not NAME.fullmatch(name.strip()) or right.strip() not in list(FieldRight):
            raise ValueError("应写成 字段=权限，权限为 read、edit、hidden 或 required")
        rights[name.strip()] = FieldRight(right.strip())
    return rights


def _flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("应为 true 或 false")
    return text == "true"
