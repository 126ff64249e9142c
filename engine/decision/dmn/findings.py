"""What a check of a decision model found, and the codes it may find."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """`error` stops a deployment, `warning` does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem: where it is, what is wrong and what to do. Line counts in the file, column in the cell text."""

    code: str
    severity: Severity
    element_id: str
    line: int
    column: int
    message: str
    fix: str


FIXES: dict[str, str] = {
    "dmn.xml": "请用建模工具重新导出文件",
    "dmn.namespace": "请保存为 DMN 1.2 至 1.5 格式",
    "dmn.duplicate_id": "请给每个元素不同的 id",
    "dmn.missing_id": "请给元素填写 id",
    "dmn.missing_name": "请填写名称",
    "dmn.no_logic": "请为决策画决策表或填写表达式",
    "dmn.no_decision": "请至少画一个决策",
    "dmn.hit_policy": "请从 UNIQUE、ANY、FIRST、PRIORITY、RULE ORDER、OUTPUT ORDER、COLLECT 中选择",
    "dmn.aggregation": "聚合只用于命中策略 COLLECT，可选 SUM、MIN、MAX、COUNT",
    "dmn.output_values": "请按优先级从高到低填写输出列的可选值",
    "dmn.no_output": "请至少加一个输出列",
    "dmn.no_input": "请至少加一个输入列",
    "dmn.no_rule": "请至少加一条规则",
    "dmn.output_name": "请给每个输出列填写不同的英文名称",
    "dmn.cell_count": "请让每条规则的单元格数与列数一致",
    "dmn.empty_cell": "请填写单元格",
    "dmn.cell_value": "请填写列的可选值之一，或把它加入可选值",
    "dmn.size": "请把决策表拆小",
    "dmn.cell_type": "请填写与列类型一致的值",
    "dmn.unknown_type": "请从 number、string、boolean、date 等类型中选择，或先定义该类型",
    "dmn.reference": "请删除这条依赖或连到存在的元素",
    "dmn.cycle": "请去掉循环依赖",
    "dmn.unsupported": "请改用受支持的写法",
    "feel.unknown_variable": "请检查名称是否写错，或先定义该变量",
    "feel.unknown_function": "请检查函数名是否写错",
}
DEFAULT_FIX = "请修改表达式"


def finding(
    code: str,
    message: str,
    *,
    element_id: str = "",
    line: int = 0,
    column: int = 0,
    severity: Severity = Severity.ERROR,
) -> Finding:
    """A finding with the usual advice of its code."""
    return Finding(code, severity, element_id, line, column, message, FIXES.get(code, DEFAULT_FIX))
