"""The check sheet: six conditions and the negative list, filled before a conclusion; a table proposes [domain 5.2]."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.kernel.errors import Invalid, RuleViolation
from engine.personnel.decisions import Decide, row
from engine.personnel.fault_tolerance.terms import ESSENTIAL, Conclusion, Condition, Exclusion

CLAUSE = "10.2"


@dataclass(frozen=True, slots=True)
class CheckSheet:
    """Every condition answered, the exclusions that were found, and on what the answers rest."""

    met: Mapping[Condition, bool]
    found: frozenset[Exclusion]
    grounds: str

    @classmethod
    def of(cls, answers: Mapping[str, str], found: Iterable[str], grounds: str) -> "CheckSheet":
        """The sheet from plain answers `yes` and `no`; refuses one that is not filled in completely."""
        missing = [condition for condition in Condition if answers.get(condition.value) not in ("yes", "no")]
        problems = {condition.value: "请选择“符合”或“不符合”" for condition in missing}
        if not grounds.strip():
            problems["grounds"] = "请写明认定的事实和证据"
        if problems:
            raise Invalid("六项条件须逐项核对，认定前必须填写完整", fields=problems)
        met = {condition: answers[condition.value] == "yes" for condition in Condition}
        return cls(met, frozenset(Exclusion(each) for each in found), grounds.strip())

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> "CheckSheet":
        """The sheet as it was kept."""
        return cls.of(kept["met"], kept["found"], kept["grounds"])

    def plain(self) -> dict[str, Any]:
        """As it is kept."""
        met = {condition.value: "yes" if met else "no" for condition, met in self.met.items()}
        return {"met": met, "found": sorted(each.value for each in self.found), "grounds": self.grounds}

    @property
    def facts(self) -> dict[str, Any]:
        """What the table asks for."""
        return {
            "conditions_met": sum(self.met.values()),
            "essential_met": all(self.met[condition] for condition in ESSENTIAL),
            "exclusions": len(self.found),
        }


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the table proposes; the decision is people's."""

    conclusion: Conclusion
    reason: str


def proposed_conclusion(decide: Decide, sheet: CheckSheet) -> Proposal:
    """Asks the table `fault_conclusion`."""
    found = row(decide("fault_conclusion", sheet.facts))
    return Proposal(Conclusion(found["conclusion"]), str(found["reason"]))


def check_conclusion(sheet: CheckSheet | None, proposal: Proposal | None, chosen: Conclusion, reason: str) -> None:
    """No conclusion without a sheet, none milder than the negative list allows, none against the table unexplained."""
    if sheet is None or proposal is None:
        raise RuleViolation("认定前须先填写容错核对表", clause=CLAUSE)
    if sheet.found and chosen is not Conclusion.NOT_TOLERATED:
        listed = "、".join(each.label for each in Exclusion if each in sheet.found)
        raise RuleViolation(f"存在不予容错情形：{listed}，不能认定为{chosen.label}", clause=CLAUSE)
    if chosen is Conclusion.EXEMPT and not all(sheet.met.values()):
        raise RuleViolation("免责须六项条件全部符合，缺一不可", clause=CLAUSE)
    if chosen is not proposal.conclusion and not reason.strip():
        raise Invalid(fields={"opinion": f"与建议“{proposal.conclusion.label}”不一致，请写明理由"})
