"""What can go wrong, said to people: each class has a stable code, its docstring is the message when none is given."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

_LAW = re.compile(r"L(\d+)(?:\((\d+)\))?")
"""Articles of the labour-contract law, as L42 or L44(2)."""


class ShegongError(Exception):
    """操作没有完成，请稍后再试；如仍不成功，请联系管理员。"""

    code: ClassVar[str] = "error"
    follow_up: Any = None
    """A command that the system runs after the failed one was rolled back, so that the failure leaves a trace."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())

    @property
    def message(self) -> str:
        return str(self)


class Invalid(ShegongError):
    """填写的内容有误，请按提示修改后再提交。"""

    code = "invalid"

    def __init__(self, message: str | None = None, *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message or (None if not fields else "；".join(fields.values())))
        self.fields: Mapping[str, str] = dict(fields or {})


class RuleViolation(ShegongError):
    """该操作违反规定，不能办理。"""

    code = "rule_violation"

    def __init__(self, message: str | None = None, *, clause: str) -> None:
        super().__init__(message)
        self.clause = clause

    @property
    def cited(self) -> str:
        """The message with its clause behind it."""
        return f"{self.message}（依据{citation(self.clause)}）"


def citation(clause: str) -> str:
    """A clause as people cite it: 第 9.6 条 of the notice, 劳动合同法第 44 条第 2 项; what is said in words stays."""
    law = _LAW.fullmatch(clause)
    if law is not None:
        return f"劳动合同法第 {law[1]} 条" + (f"第 {law[2]} 项" if law[2] else "")
    return f"第 {clause} 条" if clause[:1].isdigit() else clause


class Forbidden(ShegongError):
    """您没有办理此事项的权限。"""

    code = "forbidden"


class NotFound(ShegongError):
    """没有找到您要的内容，可能已被删除或您无权查看。"""

    code = "not_found"


class Conflict(ShegongError):
    """内容已被他人更改，请刷新后重试。"""

    code = "conflict"

    def __init__(self, message: str | None = None, *, winner: str | None = None, at: datetime | None = None) -> None:
        super().__init__(message)
        self.winner = winner
        self.at = at


class LostRace(ShegongError):
    """系统繁忙，请重试一次。"""

    code = "lost_race"


class OutcomeUnknown(ShegongError):
    """保存时与数据库的连接中断，不能确认是否已经保存。请刷新页面查看结果，再决定是否重新提交。"""

    code = "outcome_unknown"
