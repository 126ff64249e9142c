"""What a ground and a route ask for, as the tables exit_grounds and exit_routes say [N 11; domain 6.1]."""

from collections.abc import Collection
from dataclasses import dataclass

from engine.kernel.errors import Invalid, RuleViolation
from engine.personnel.decisions import Decide, row
from engine.personnel.exits.terms import EvidenceKind, ExitGround, Route


@dataclass(frozen=True, slots=True)
class GroundRule:
    """One ground of exit."""

    clause: str
    routes: tuple[Route, ...]
    """Articles that may carry it, the usual one first."""
    required: tuple[EvidenceKind, ...]
    """All of these."""
    one_of: tuple[EvidenceKind, ...]
    """And at least one of these, where there are any."""
    full_procedure: bool
    """Notice, defence, countersign and the county's confirmation."""
    ban_years: int
    """Years without re-entry; 0: none."""


@dataclass(frozen=True, slots=True)
class RouteRule:
    """One article of the law."""

    notice_days: int
    """Written notice in calendar days; 0: at once."""
    probation_notice_days: int
    in_lieu: bool
    """A month's pay may stand for the notice."""
    compensation: bool
    basis: str


def ground_rule(decide: Decide, ground: ExitGround) -> GroundRule:
    """The line of the table for the ground."""
    found = row(decide("exit_grounds", {"ground": ground.value}))
    return GroundRule(
        str(found["clause"]), tuple(Route(name) for name in _names(found["routes"])),
        tuple(EvidenceKind(name) for name in _names(found["required"])),
        tuple(EvidenceKind(name) for name in _names(found["one_of"])),
        found["full_procedure"] is True, int(found["ban_years"]),
    )  # fmt: skip


def route_rule(decide: Decide, route: Route) -> RouteRule:
    """The line of the table for the article."""
    found = row(decide("exit_routes", {"route": route.value}))
    return RouteRule(
        int(found["notice_days"]), int(found["probation_notice_days"]), found["in_lieu"] is True,
        found["compensation"] is True, str(found["basis"]),
    )  # fmt: skip


def check_route(ground: ExitGround, rule: GroundRule, route: Route) -> None:
    """Refuses an article that cannot carry the ground."""
    if route not in rule.routes:
        labels = "、".join(each.label for each in rule.routes)
        raise Invalid(fields={"route": f"“{ground.label}”可以适用：{labels}"})


def missing_evidence(rule: GroundRule, present: Collection[EvidenceKind]) -> list[str]:
    """What is still missing, in words."""
    missing = [kind.label for kind in rule.required if kind not in present]
    if rule.one_of and not set(rule.one_of) & set(present):
        missing.append("或".join(kind.label for kind in rule.one_of))
    return missing


def require_evidence(rule: GroundRule, present: Collection[EvidenceKind]) -> None:
    """Refuses an exit whose evidence is not complete, with the clause of the ground."""
    missing = missing_evidence(rule, present)
    if missing:
        raise RuleViolation(f"证据不齐，还缺：{'；'.join(missing)}", clause=rule.clause)


def require_files(rule: GroundRule, without: Collection[EvidenceKind]) -> None:
    """Refuses evidence of which no file was handed in, where the employer decides."""
    if without:
        labels = "；".join(kind.label for kind in without)
        raise RuleViolation(f"以下证据还没有上传文件：{labels}", clause=rule.clause)


def _names(text: object) -> list[str]:
    return [name.strip() for name in str(text or "").split(",") if name.strip()]
