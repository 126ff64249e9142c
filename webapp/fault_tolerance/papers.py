"""Papers as PDF: the notice of the conclusion (认定告知书) and the letter of clearing (澄清函)."""

from flask import Response

from engine.kernel.errors import Conflict
from engine.personnel.documents.fault_papers import FaultPaper, fault_pdf
from engine.personnel.fault_tolerance.cases import (
    ClearingCase,
    FaultCase,
    clearing_numbered,
    fault_numbered,
)
from engine.personnel.fault_tolerance.terms import Condition
from webapp.desk.answers import pdf
from webapp.fault_tolerance.blueprint import blueprint
from webapp.fault_tolerance.places import concerns, reads
from webapp.permissions import officers
from webapp.rendering import cn_date
from webapp.visit import actor, engine, found, reading


@blueprint.get("/<number>/notice.pdf")
@officers
def notice(number: str) -> Response:
    """容错认定告知书; for the person after it was served."""
    with reading() as session:
        row = fault_numbered(session, number)
        served = row.delivered_on is not None and concerns(actor(), row)
        found(row if served or reads(actor(), row) else None)
        if row.conclusion is None:
            raise Conflict("作出认定以后才能打印告知书。")
        return _answer(f"容错认定告知书-{number}", fault_pdf(_notice(row), engine().clock.now()))


@blueprint.get("/<number>/letter.pdf")
@officers
def letter(number: str) -> Response:
    """澄清函; after the person was cleared."""
    with reading() as session:
        row = clearing_numbered(session, number)
        found(row if concerns(actor(), row) or reads(actor(), row) else None)
        if row.cleared_on is None:
            raise Conflict("实施澄清以后才能打印澄清函。")
        return _answer(f"澄清函-{number}", fault_pdf(_letter(row), engine().clock.now()))


def _answer(name: str, content: bytes) -> Response:
    answer = pdf(name, content)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _notice(row: FaultCase) -> FaultPaper:
    sheet = row.filled_sheet
    met = [] if sheet is None else [(c.label, "符合" if sheet.met[c] else "不符合") for c in Condition]
    label = row.conclusion.label if row.conclusion else ""
    until = "" if row.objection_until is None else f"对认定结果有异议的，可以在 {cn_date(row.objection_until)} 前提出。"
    text = f"{row.worker.name}同志：经调查核实和联合会商，对你所涉事项作出“{label}”的认定。{until}"
    concluded = "" if row.concluded_at is None else cn_date(row.concluded_at)
    return FaultPaper("容错认定告知书", str(row.number), text, met, row.draft_reason, concluded)


def _letter(row: ClearingCase) -> FaultPaper:
    way = "" if row.way is None else row.way.label
    text = (
        f"{row.scope}：有关反映{row.worker.name}同志的问题，经核实，{row.finding.label if row.finding else ''}。"
        f"经本人同意，现以{way}的方式予以澄清，消除影响。"
    )
    cleared = "" if row.cleared_on is None else cn_date(row.cleared_on)
    return FaultPaper("澄清函", str(row.number), text, [], "", cleared)
