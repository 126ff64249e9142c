"""An exit from its proposal to the decision [N 11.7; domain 6.1, 6.2]."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Invalid, RuleViolation
from engine.personnel.case_files import FilePurpose, files_of
from engine.personnel.decisions import decider
from engine.personnel.exits.cases import ExitCase, ExitEvidence, ExitGuard, ExitPaper
from engine.personnel.exits.conflicts import TextConflict, conflicts_of
from engine.personnel.exits.evidence import filed_kinds
from engine.personnel.exits.grounds import (
    GroundRule,
    RouteRule,
    check_route,
    ground_rule,
    require_evidence,
    require_files,
    route_rule,
)
from engine.personnel.exits.guards import (
    UNILATERAL_ROUTES,
    ExpiryNotice,
    GuardFacts,
    GuardLine,
    check_guards,
    require_passed,
    senior_protection,
)
from engine.personnel.exits.proposals import ExitProposal
from engine.personnel.exits.records import open_appeals
from engine.personnel.exits.retirement import kind_of, original_day, retirement_day
from engine.personnel.exits.states import ENDED
from engine.personnel.exits.terms import EvidenceKind, ExitGround, ExitState, Protection, Route, Service, TextChoice
from engine.personnel.holidays import work_calendar
from engine.personnel.policy import policy_at
from engine.personnel.settings import EXIT_DEFENCE_WORKDAYS
from engine.personnel.workers import EmploymentContract, Worker


@dataclass(frozen=True, slots=True)
class ExitRequest:
    """How an exit begins."""

    ground: ExitGround
    route: Route
    reason: str
    notified_on: date | None = None
    """Day of the resignation letter or of the notice of expiry."""
    last_day: date | None = None
    """Wished last day of work, where no decision sets it."""
    by_employer: bool = True


@dataclass(frozen=True, slots=True)
class Served:
    """A paper that reached the person."""

    served_on: date
    way: Service
    proof: str


def open_case(context: CommandContext, worker: Worker, request: ExitRequest, proposal_id: int | None) -> ExitCase:
    """A new exit; one at a time a person."""
    rule = ground_rule(decider(context), request.ground)
    check_route(request.ground, rule, request.route)
    _check_request(context, worker, request, rule)
    _refuse_second(context.session, worker)
    case = ExitCase(
        number=f"new-{worker.id}-{context.now.timestamp():.0f}", worker_id=worker.id, county_id=worker.county_id,
        street_id=worker.street_id, proposal_id=proposal_id, ground=request.ground, route=request.route,
        reason=request.reason.strip(), by_employer=request.by_employer, notified_on=request.notified_on,
        last_day=None if rule.full_procedure else request.last_day, started_at=context.now,
        state=ExitState.VERIFYING, worker=worker,
        parameters=policy_at(context.session, worker.county_id, context.today).snapshot(),
    )  # fmt: skip
    context.session.add(case)
    context.session.flush()
    case.number = f"TC-{context.today.year}-{case.id:05d}"
    record(context, case, "exit.opened", ground=case.ground.value, route=case.route.value)
    return case


def _check_request(context: CommandContext, worker: Worker, request: ExitRequest, rule: GroundRule) -> None:
    problems = {}
    if not request.reason.strip():
        problems["reason"] = "请写明事实和理由"
    if not rule.full_procedure and request.last_day is None:
        problems["last_day"] = "请填写最后工作日"
    if request.ground is ExitGround.RESIGNATION and request.notified_on is None:
        problems["notified_on"] = "请填写收到书面辞职报告的日期"
    if request.ground is ExitGround.EXPIRY:
        problems |= _expiry_problems(request)
    if problems:
        raise Invalid(fields=problems)
    if request.ground is ExitGround.RESIGNATION:
        _check_resignation(context, worker, request)
    if request.ground is ExitGround.RETIREMENT and request.last_day is not None:
        _check_retirement(worker, request.last_day)


def _expiry_problems(request: ExitRequest) -> dict[str, str]:
    if request.notified_on is None:
        return {"notified_on": "请填写发出期满不续签通知的日期"}
    if request.last_day is not None and request.notified_on > request.last_day:
        return {"notified_on": "期满通知的日期不能晚于最后工作日"}
    return {}


def _check_retirement(worker: Worker, last_day: date) -> None:
    """Nobody is retired before the original age, also not by choice; of the two ages of women the lower one counts."""
    earliest = original_day(worker.born, kind_of(worker.sex, from_50=True))
    if last_day < earliest:
        raise RuleViolation(f"未达到法定退休年龄，最早 {earliest} 可以办理退休；请改用其他情形", clause="L44(2)")


def _check_resignation(context: CommandContext, worker: Worker, request: ExitRequest) -> None:
    rule = route_rule(decider(context), request.route)
    assert request.notified_on is not None  # noqa: S101
    assert request.last_day is not None  # noqa: S101
    days = (
        rule.probation_notice_days if in_probation(context.session, worker, request.notified_on) else rule.notice_days
    )
    earliest = request.notified_on + timedelta(days=days)
    if request.last_day < earliest:
        raise RuleViolation(
            f"辞职须提前 {days} 日书面通知，最后工作日最早为 {earliest}；双方同意提前的，请按协商一致办理", clause="L37"
        )


def in_probation(session: Session, worker: Worker, day: date) -> bool:
    """Whether the worker is on probation that day [L19]."""
    query = select(EmploymentContract.id).where(
        EmploymentContract.worker_id == worker.id, EmploymentContract.starts_on <= day,
        EmploymentContract.probation_ends_on >= day,
    )  # fmt: skip
    return session.scalar(query.limit(1)) is not None


def _refuse_second(session: Session, worker: Worker) -> None:
    if not worker.active:
        raise Conflict(f"{worker.name}已不在岗")
    query = select(ExitCase.number).where(ExitCase.worker_id == worker.id, ExitCase.state.not_in(sorted(ENDED)))
    known = session.scalar(query)
    if known is not None:
        raise Conflict(f"{worker.name}已有正在办理的退出事项（{known}）")


def keep_evidence(context: CommandContext, case: ExitCase, kinds: Collection[EvidenceKind], text: str) -> bool:
    """Keeps what was gathered; refuses what is not complete. Answers whether the legal checks have to follow."""
    rule = ground_rule(decider(context), case.ground)
    filed = filed_kinds(context.session, case)
    kinds = [kind for kind in EvidenceKind if kind in kinds or kind in filed]
    require_evidence(rule, kinds)
    if rule.full_procedure:
        require_files(rule, [kind for kind in kinds if kind not in filed])
    if not text.strip():
        raise Invalid(fields={"documents": "请填写各项证据的文号、日期和主要内容"})
    for entry in list(case.evidence):
        context.session.delete(entry)
    context.session.flush()
    context.session.add_all(
        ExitEvidence(case_id=case.id, kind=kind, text=text.strip(), recorded_by=context.actor.user_id,
                     recorded_at=context.now)
        for kind in kinds
    )  # fmt: skip
    guarded = needs_guards(case, rule)
    if guarded:
        case.move(ExitState.GUARD_CHECK)
    record(context, case, "exit.evidence_kept", kinds=sorted(kind.value for kind in kinds))
    return guarded


def needs_guards(case: ExitCase, rule: GroundRule) -> bool:
    """Whether the employer has to check the law first: his own decision, or a contract that he lets expire."""
    return rule.full_procedure or case.route is Route.L44_1


def known_protections(case: ExitCase, day: date) -> list[Protection]:
    """What the register itself says: long service close to retirement [L42(5)]."""
    retires = retirement_day(case.worker.born, kind_of(case.worker.sex))
    senior = senior_protection(case.worker.hired_on, retires, day)
    return [Protection.SENIOR] if senior else []


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the officer does where the notice and the law do not say the same, and why."""

    choice: TextChoice | None = None
    reason: str = ""


def keep_guards(
    context: CommandContext, case: ExitCase, facts: GuardFacts, chosen: Chosen = Chosen()
) -> list[GuardLine]:
    """Fills the check sheet; what the law forbids is refused with its clause and changes nothing."""
    _check_choice(case, facts, chosen)
    protections = sorted({*facts.protections, *known_protections(case, context.today)})
    appeals = facts.appeals_open or bool(open_appeals(context.session, case.worker_id))
    expiry = _expiry_notice(context, case)
    facts = GuardFacts(protections, facts.rulebook, facts.rulebook_published_on, appeals, expiry)
    lines = check_guards(case.ground, case.route, facts)
    require_passed(lines)
    case.protections = ",".join(protections)
    case.rulebook, case.rulebook_published_on = facts.rulebook.strip(), facts.rulebook_published_on
    case.conflict_choice, case.conflict_reason = chosen.choice, chosen.reason.strip()
    context.session.add_all(_guards(case, lines))
    choice = "" if chosen.choice is None else chosen.choice.value
    record(context, case, "exit.guards_passed", lines=len(lines), text_choice=choice)
    return lines


def _expiry_notice(context: CommandContext, case: ExitCase) -> ExpiryNotice | None:
    if case.ground is not ExitGround.EXPIRY or case.notified_on is None or case.last_day is None:
        return None
    return ExpiryNotice(case.notified_on, case.last_day, route_rule(decider(context), case.route).notice_days)


def conflicts_in(case: ExitCase) -> list[TextConflict]:
    """The pairs of texts that differ about this exit."""
    return conflicts_of(case.ground, case.route, case.worker.category, case.evidence_kinds)


def _check_choice(case: ExitCase, facts: GuardFacts, chosen: Chosen) -> None:
    if not conflicts_in(case):
        return
    problems = {}
    if chosen.choice is None:
        problems["conflict_choice"] = "文件与法律表述不一致，请对照两种文本后选择办理依据"
    if not chosen.reason.strip():
        problems["conflict_reason"] = "请写明选择的理由"
    if chosen.choice is TextChoice.RULES and not facts.rulebook.strip():
        problems["rulebook"] = "按规章制度办理的，请填写规章制度名称和公示日期"
    if problems:
        raise Invalid(fields=problems)


def _guards(case: ExitCase, lines: Iterable[GuardLine]) -> list[ExitGuard]:
    return [ExitGuard(case_id=case.id, clause=line.clause, outcome=line.outcome, text=line.text) for line in lines]


def union_needed(case: ExitCase) -> bool:
    """Whether the employer ends the contract by himself [L43]."""
    return case.route in UNILATERAL_ROUTES


def full_procedure(context: CommandContext, case: ExitCase) -> bool:
    """Whether notice, defence, countersign and the county's confirmation are needed."""
    return ground_rule(decider(context), case.ground).full_procedure


def keep_notice(context: CommandContext, case: ExitCase, served: Served) -> datetime:
    """The notice was served; answers until when the person may defend himself, in working days."""
    keep_paper(context, case, "notice", served)
    case.move(ExitState.NOTIFIED)
    case.move(ExitState.DEFENCE)
    days = case.policy[EXIT_DEFENCE_WORKDAYS]
    case.defence_until = work_calendar(context.session).deadline(served.served_on, days).at
    return case.defence_until


def keep_paper(context: CommandContext, case: ExitCase, kind: str, served: Served) -> None:
    """An issued paper with its proof of service; a proof is never left out."""
    issued = [file for file in files_of(context.session, case.files, FilePurpose.PAPER) if file.kind == kind]
    if not issued:
        raise Conflict("还没有制作该文书，不能登记送达")
    problems = {}
    if not served.proof.strip():
        problems["proof"] = "请填写送达凭证，例如签收日期、挂号信编号或见证人"
    if served.served_on > context.today:
        problems["served_on"] = "送达日期不能晚于今天"
    if problems:
        raise Invalid(fields=problems)
    context.session.add(
        ExitPaper(case_id=case.id, kind=kind, number=issued[-1].number, served_on=served.served_on,
                  way=served.way, proof=served.proof.strip())
    )  # fmt: skip
    record(context, case, f"exit.{kind}_served", served_on=served.served_on, way=served.way.value)


def keep_defence(context: CommandContext, case: ExitCase, text: str) -> None:
    """What the person said, or that he did not use the time; what he wrote himself before stays."""
    case.defence = "\n".join(part for part in (case.defence, text.strip()) if part)
    record(context, case, "exit.defence_closed")


def keep_hearing(context: CommandContext, case: ExitCase, text: str) -> None:
    """What was said at the hearing."""
    case.hearing = text.strip()
    record(context, case, "exit.hearing_held")


def decide_street(context: CommandContext, case: ExitCase, opinion: str) -> None:
    """The street's Party committee has agreed by countersign."""
    case.street_opinion = opinion
    case.move(ExitState.STREET_DECIDED)
    record(context, case, "exit.street_decided")


def decide_county(context: CommandContext, case: ExitCase, decision: str, opinion: str) -> None:
    """The county confirms, or sends the case back to the street."""
    case.county_opinion = opinion
    if decision == "confirm":
        case.move(ExitState.COUNTY_CONFIRMED)
    elif decision == "return":
        case.move(ExitState.DEFENCE)
    record(context, case, "exit.county_decided", decision=decision)


def give_up(context: CommandContext, case: ExitCase, state: ExitState, reason: str) -> None:
    """Withdrawn, or converted to training or another post; the proposal behind it is settled."""
    case.move(state)
    case.outcome, case.closed_at = reason.strip(), context.now
    settle_proposal(context, case, f"{state.label}：{case.outcome}")
    record(context, case, f"exit.{state.value}")


def settle_proposal(context: CommandContext, case: ExitCase, outcome: str) -> None:
    """The proposal that the case came from needs nobody any more."""
    proposal = None if case.proposal_id is None else context.session.get(ExitProposal, case.proposal_id)
    if proposal is not None:
        proposal.settled_at, proposal.outcome = context.now, outcome


def rule_of(context: CommandContext, case: ExitCase) -> RouteRule:
    """What the route asks for."""
    return route_rule(decider(context), case.route)


def record(context: CommandContext, case: ExitCase, type_: str, **facts: Any) -> None:
    """Writes a fact to the history of the exit."""
    context.record(type_, f"exit_case:{case.id}", chain=f"exit_case:{case.id}", **facts)
