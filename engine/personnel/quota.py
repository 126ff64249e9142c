"""The staffing standard: how many community workers a county may have [N 1.2, 1.3]."""

from dataclasses import dataclass

from engine.kernel.errors import RuleViolation
from engine.personnel.limits import WORKERS_PER_TEN_THOUSAND
from engine.personnel.vocabulary import Term


class Rounding(Term):
    """How a fraction of a person is treated."""

    UP = "up", "向上取整"
    HALF_UP = "half_up", "四舍五入"
    DOWN = "down", "舍去尾数"


def staffing_quota(urban_population: int, rounding: Rounding = Rounding.UP) -> int:
    """Workers for `urban_population` permanent residents at 18 per 10,000 [N 1.2]."""
    parts = urban_population * WORKERS_PER_TEN_THOUSAND
    extra = {Rounding.UP: 9_999, Rounding.HALF_UP: 5_000, Rounding.DOWN: 0}[rounding]
    return (parts + extra) // 10_000


@dataclass(frozen=True, slots=True)
class QuotaStanding:
    """A county's places: what it may have, has, and has promised."""

    quota: int
    staffed: int
    reserved: int

    @property
    def vacant(self) -> int:
        return self.quota - self.staffed - self.reserved

    def require(self, heads: int) -> None:
        """Refuses more heads than there are vacancies [N 1.2, 1.3]."""
        if heads > self.vacant:
            raise RuleViolation(
                f"本县核定员额 {self.quota} 名，在岗 {self.staffed} 名，已预留 {self.reserved} 名，"
                f"空缺 {max(0, self.vacant)} 名，不能再增加 {heads} 名",
                clause="1.2、1.3",
            )
