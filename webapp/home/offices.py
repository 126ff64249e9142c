"""Boards of the county's departments: discipline, organisation, finance, political and legal affairs, union, city."""

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import func, select

from engine.delegates.exits.commands import EXIT
from engine.identity.organisations import Organisation
from engine.personnel.exits.cases import ExitCase, ExitPay
from engine.personnel.exits.terms import ExitState
from engine.personnel.fault_tolerance.cases import ClearingCase, FaultCase
from engine.personnel.fault_tolerance.terms import ClearingState, FaultState
from engine.personnel.quota_ledger import quota_standing
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.states import RegistrationState
from engine.workflow.tables import WorkItem
from engine.workflow.worklist import COUNT_LIMIT, Filter, open_total
from webapp.fault_tolerance.places import READERS as FAULT_READERS
from webapp.home.panels import Cell, Figure, Look, Panel, Table
from webapp.home.recruitments import counties_around
from webapp.rendering import score

FAULT_OVER = (FaultState.CLOSED, FaultState.NOT_ACCEPTED, FaultState.WITHDRAWN)
CLEARING_OVER = (ClearingState.CLOSED, ClearingState.NOT_CLEARED)
TO_PAY = (ExitState.HANDOVER, ExitState.SETTLED)
VETTED = (
    RegistrationState.MEDICAL_PASS, RegistrationState.MEDICAL_RETEST, RegistrationState.INVEST_PASS,
    RegistrationState.INVEST_FAIL,
)  # fmt: skip


def confidential(look: Look) -> Sequence[Panel]:
    """Fault tolerance and clearing, for the named readers at their county only [domain 10.3]."""
    counties, board = look.actor.organisations(*FAULT_READERS), look.address("fault_tolerance.board")
    faults = select(FaultCase.state, func.count()).where(
        FaultCase.county_id.in_(counties), FaultCase.state.not_in(FAULT_OVER)
    )
    clearings = select(ClearingCase.state, func.count()).where(
        ClearingCase.county_id.in_(counties), ClearingCase.state.not_in(CLEARING_OVER)
    )
    open_faults = look.session.execute(faults.group_by(FaultCase.state)).all()
    open_clearings = look.session.execute(clearings.group_by(ClearingCase.state)).all()
    figures = [Figure(f"容错：{state.label}", number, board) for state, number in open_faults]
    figures += [Figure(f"澄清：{state.label}", number, board) for state, number in open_clearings]
    return [Panel("容错和澄清案件", figures, note="只有纪检监察、组织部和县级社会工作部负责人能看到这些案件。",
                  empty="" if figures else "没有办理中的案件。", href=board, link="全部案件")]  # fmt: skip


def places(look: Look) -> Sequence[Panel]:
    """The county's places, for departments that watch over them [N 1.2]."""
    county = _county(look, "organisation_officer", "finance_officer")
    if county is None:
        return ()
    standing = quota_standing(look.session, county, look.today)
    quota, workers = look.address("desk.quota"), look.address("registry.workers")
    figures = [
        Figure("核定员额", standing.quota, quota), Figure("在岗", standing.staffed, workers),
        Figure("预留", standing.reserved, quota), Figure("空缺", max(0, standing.vacant), quota),
    ]  # fmt: skip
    return [Panel("员额", figures, href=quota, link="员额看板")]


def final_pay(look: Look) -> Sequence[Panel]:
    """What exits cost: sheets that are computed and not yet closed, and what was settled this year."""
    county = _county(look, "finance_officer")
    if county is None:
        return ()
    sums = (func.sum(ExitPay.severance), func.sum(ExitPay.in_lieu), func.sum(ExitPay.wages_due))
    query = select(func.count(), *sums).join_from(ExitPay, ExitCase, ExitCase.id == ExitPay.case_id)
    here = query.where(ExitCase.county_id == county)
    href = look.address("registry.final_pay")
    waiting, *amounts = look.session.execute(here.where(ExitCase.state.in_(TO_PAY))).one()
    done, *paid = look.session.execute(here.where(ExitCase.state == ExitState.CLOSED)).one()
    waits = look.address("registry.final_pay", only="open")
    figures = [
        Figure("待结清（人）", waiting, waits), Figure("待结清金额（元）", _total(amounts), waits),
        Figure("已结清（人）", done, href), Figure("已结清金额（元）", _total(paid), href),
    ]  # fmt: skip
    return [Panel("离职结算和经济补偿", figures, href=href, link="结算明细")]


def _total(amounts: Sequence[Decimal | None]) -> str:
    return score(sum((amount for amount in amounts if amount is not None), Decimal(0)))


def vetting(look: Look) -> Sequence[Panel]:
    """How many candidates are being vetted, by recruitment; names stay with those who vet."""
    counties = counties_around(look, "political_legal_officer")
    query = (
        select(Campaign.number, Campaign.title, Registration.state, func.count())
        .join(Registration, Registration.campaign_id == Campaign.id)
        .where(Campaign.county_id.in_(counties), Campaign.closed_at.is_(None), Registration.state.in_(VETTED))
        .group_by(Campaign.number, Campaign.title, Registration.state)
        .order_by(Campaign.number.desc())
        .limit(40)
    )
    counted: dict[tuple[str, str], dict[RegistrationState, int]] = {}
    for number, title, state, people in look.session.execute(query):
        counted.setdefault((number, title), {})[state] = people
    lines = [
        [Cell(title, look.address("public.announcement", number=number)),
         Cell(sum(found.get(state, 0) for state in VETTED[:2])), Cell(found.get(VETTED[2], 0)),
         Cell(found.get(VETTED[3], 0))]
        for (number, title), found in counted.items()
    ]  # fmt: skip
    table = Table(("招聘", "体检合格、待考察", "考察合格", "考察不合格"), lines) if lines else None
    return [Panel("体检考察联审", table=table, empty="" if lines else "现在没有正在考察的人选。",
                  note="考察由考察员办理；请您核查的，会抄送给您。")]  # fmt: skip


def union_notices(look: Look) -> Sequence[Panel]:
    """Exits of which the union is told before the employer ends a contract by himself [L43]."""
    waiting = open_total(look.session, look.actor, look.now, Filter(process_key=EXIT))
    answered = select(WorkItem.id).where(WorkItem.completed_by == look.actor.user_id, WorkItem.process_key == EXIT)
    done = look.session.scalar(select(func.count()).select_from(answered.limit(COUNT_LIMIT).subquery())) or 0
    figures = [
        Figure("待答复", waiting, look.address("worklist.open_items", process=EXIT)),
        Figure("已答复", done, look.address("worklist.done_items", process=EXIT)),
    ]
    note = "用人单位单方解除劳动合同，应当事先将理由通知工会；工会可以要求纠正。依据：劳动合同法第四十三条"
    return [Panel("退出通知", figures, note=note)]


def city(look: Look) -> Sequence[Panel]:
    """The counties below a city: places, and recruitments that wait for the city's preview."""
    counties = look.session.scalars(
        select(Organisation).where(Organisation.id.in_(counties_around(look, "city_officer")))
    ).all()
    waiting = select(Campaign.county_id, func.count()).where(Campaign.closed_at.is_(None)).group_by(Campaign.county_id)
    running = dict(look.session.execute(waiting).all())
    cases = look.address("worklist.all_of_them", process="recruitment_campaign")
    lines = []
    for county in sorted(counties, key=lambda each: each.lineage):
        standing = quota_standing(look.session, county.id, look.today)
        lines.append([
            Cell(county.name), Cell(standing.quota), Cell(standing.staffed), Cell(max(0, standing.vacant)),
            Cell(running.get(county.id, 0), cases),
        ])  # fmt: skip
    return [Panel("各县（市、区）", table=Table(("县（市、区）", "核定员额", "在岗", "空缺", "进行中的招聘"), lines))]


def _county(look: Look, *roles: str) -> int | None:
    return next(iter(counties_around(look, *roles)), None)
