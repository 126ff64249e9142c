"""Fuel for one evaluation, or shared by all evaluations of one transaction. No threads, no signals."""

from .errors import BudgetExceeded

DEFAULT_STEPS = 100_000
MAX_CALL_DEPTH = 32
MAX_TEXT = 100_000
MAX_ITEMS = 20_000


class Budget:
    """A number of steps that evaluations draw from; one step is about one microsecond of work."""

    __slots__ = ("steps",)

    def __init__(self, steps: int = DEFAULT_STEPS) -> None:
        self.steps = steps

    def charge(self, steps: int) -> None:
        """Take `steps` away; raises BudgetExceeded once nothing is left."""
        self.steps -= steps
        if self.steps < 0:
            self.steps = -1
            raise BudgetExceeded("计算量超过上限，请简化表达式或减少数据量", code="feel.budget")

    def text(self, value: str) -> str:
        """Charge for a text that was built and refuse one that is too long."""
        size = len(value)
        if size > MAX_TEXT:
            raise BudgetExceeded(f"文字长度 {size} 超过上限 {MAX_TEXT}", code="feel.text_size")
        self.charge(1 + size // 64)
        return value

    def items(self, count: int) -> None:
        """Charge for a list of `count` items that is about to be built and refuse one that is too long."""
        if count > MAX_ITEMS:
            raise BudgetExceeded(f"列表长度 {count} 超过上限 {MAX_ITEMS}", code="feel.list_size")
        self.charge(1 + count // 4)
