"""What stands on the papers of fault tolerance and clearing [domain 5.1, 5.4, 10.3.10]; issued once, kept unchanged."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from engine.identity.organisations import Organisation
from engine.kernel.clock import local_date
from engine.kernel.command import CommandContext
from engine.personnel.case_files import CaseFile, issue_paper, next_number
from engine.personnel.documents.fault_papers import Page, fault_pdf
from engine.personnel.fault_tolerance import settings
from engine.personnel.fault_tolerance.cases import ClearingCase, FaultCase
from engine.personnel.fault_tolerance.terms import Condition, Exclusion, FaultPaper

OFFICE = "纪检监察机关"


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one department wrote when it signed."""

    department: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Wording:
    """What stands on one paper besides its head."""

    text: Sequence[str]
    rows: Sequence[tuple[str, str]] = ()
    to: str = ""
    signs: Sequence[str] = ()
    opinions: Sequence[Opinion] = field(default_factory=tuple)


def issue(context: CommandContext, row: FaultCase | ClearingCase, kind: FaultPaper, wording: Wording) -> CaseFile:
    """Makes the paper under the county's next number and keeps it with the case; its digest goes to history."""
    county = context.session.get_one(Organisation, row.county_id)
    number = next_number(context, county.id, f"{county.name[:1]}纪{_WORDS[kind]}")
    signed = [(f"{each.department}（{each.name}）", each.text) for each in wording.opinions]
    office = f"{county.name.partition('委社会工作部')[0]}{OFFICE}"
    page = Page(
        kind.label, str(number), f"案件编号：{row.number}", wording.to, tuple(wording.text),
        (*wording.rows, *signed), tuple(wording.signs), office, written(local_date(context.now)),
    )  # fmt: skip
    kept = issue_paper(context, row.files, kind.value, kind.label, number, fault_pdf(page, context.now))
    subject = "fault_case" if isinstance(row, FaultCase) else "clearing_case"
    context.record(
        "paper.issued", f"{subject}:{row.id}", paper=kind.label, number=str(number), digest=kept.file.sha256
    )
    return kept


_WORDS = {
    FaultPaper.APPLICATION: "容申", FaultPaper.CHECK_SHEET: "容核", FaultPaper.CONCLUSION: "容认",
    FaultPaper.NOTICE: "容告", FaultPaper.CORRECTION: "纠", FaultPaper.REPLY: "容复", FaultPaper.TALK: "访",
    FaultPaper.CLEARING_NOTICE: "澄告", FaultPaper.CLEARING_APPROVAL: "澄审", FaultPaper.CLEARING_LETTER: "澄函",
}  # fmt: skip


def application(row: FaultCase, materials: Sequence[str]) -> Wording:
    """容错申请表."""
    noticed = "依职权启动" if row.accountability_on is None else written(row.accountability_on)
    return Wording(
        (), [("申请人", row.worker.name), ("岗位", row.worker.post.label), ("启动方式", row.opening.label),
             ("收到问责通知", noticed), ("事情经过和申请理由", row.account),
             ("所附材料", "；".join(materials) or "无"), ("受理意见", "经审查，予以受理。")],
    )  # fmt: skip


def check_sheet(row: FaultCase) -> Wording:
    """容错核对表: six conditions, the negative list, the grounds and what the table proposes."""
    sheet = row.filled_sheet
    if sheet is None or row.proposal is None:
        return Wording(())
    found = "、".join(each.label for each in Exclusion if each in sheet.found) or "没有"
    answers = [(each.label, "符合" if sheet.met[each] else "不符合") for each in Condition]
    proposed = f"{row.proposal.conclusion.label}（{row.proposal.reason}）"
    return Wording(
        (f"当事人：{row.worker.name}",),
        [*answers, ("不予容错情形", found), ("认定的事实和证据", sheet.grounds), ("核对表建议", proposed)],
        signs=("填表人",),
    )


def conclusion(row: FaultCase, opinions: Sequence[Opinion]) -> Wording:
    """容错认定结论书, with what each department signed; stays with the departments."""
    label = "" if row.conclusion is None else row.conclusion.label
    return Wording(
        (f"当事人：{row.worker.name}", f"认定结论：{label}"),
        [("调查核实情况", row.report), ("认定理由", row.draft_reason or row.proposed_reason)], opinions=opinions,
    )  # fmt: skip


def notice(row: FaultCase) -> Wording:
    """容错认定告知书, for the person."""
    label = "" if row.conclusion is None else row.conclusion.label
    days = row.policy[settings.OBJECTION_WORKDAYS]
    sheet = row.filled_sheet
    answers = [] if sheet is None else [(each.label, "符合" if sheet.met[each] else "不符合") for each in Condition]
    return Wording(
        (
            f"你所涉事项，经调查核实和纪检监察、组织、社会工作部门联合会商，作出“{label}”的认定。",
            f"认定理由：{row.draft_reason or row.proposed_reason}。",
            f"对认定结果有异议的，可以自收到本告知书之日起 {days} 个工作日内提出，由未参与拟定的人员复查。"
            "本案单独封存，认定免责的，不影响考核、评优、晋升和待遇。",
        ),
        answers, row.worker.name, ("当事人签收",),
    )  # fmt: skip


def correction(row: FaultCase) -> Wording:
    """纠错通知书."""
    due = "" if row.correction_due is None else written(row.correction_due)
    return Wording(
        (f"请就下列问题进行整改，并于 {due} 前报告整改情况。", row.correction), to=row.worker.name,
        signs=("当事人签收",),
    )  # fmt: skip


def reply(row: FaultCase, *, upheld: bool) -> Wording:
    """异议复查答复书."""
    result = "经复查，维持原认定。" if upheld else "经复查，原认定退回重新会商。"
    return Wording((f"你对容错认定提出的异议收悉。{result}", row.reexamination), to=row.worker.name)


def talk(row: FaultCase | ClearingCase, text: str) -> Wording:
    """回访谈心记录."""
    return Wording((), [("谈话对象", row.worker.name), ("谈话情况", text)], signs=("谈话对象", "谈话人"))


def clearing_notice(row: ClearingCase) -> Wording:
    """拟澄清告知书, by which the person is asked for his consent."""
    return Wording(
        (
            f"有关反映你的问题，经核实，{_found(row)}。为消除不良影响，拟以{_way(row)}的方式，在“{row.scope}”范围内予以澄清。",
            "澄清须征得你本人同意。请写明是否同意以上方式和范围；不同意的，不予实施。",
        ),
        (("本人意见", "□ 同意　　□ 不同意　　理由："),), row.worker.name, ("本人签名",),
    )  # fmt: skip


def clearing_approval(row: ClearingCase, opinions: Sequence[Opinion]) -> Wording:
    """澄清审批表."""
    effect = "" if row.effect is None else row.effect.label
    consented = "" if row.consented_on is None else f"本人于 {written(row.consented_on)} 同意"
    return Wording(
        (), [("澄清对象", row.worker.name), ("反映的问题和影响", row.account), ("查核结论", _found(row)),
             ("造成的影响", effect), ("评估意见", row.assessment), ("澄清方式", _way(row)),
             ("澄清范围", row.scope), ("本人意见", consented)],
        opinions=opinions,
    )  # fmt: skip


def clearing_letter(row: ClearingCase) -> Wording:
    """澄清函."""
    return Wording(
        (
            f"有关反映{row.worker.name}同志的问题，经核实，{_found(row)}。",
            f"经本人同意，现以{_way(row)}的方式予以澄清，消除影响。请在适当范围内说明情况，不得因此影响其选拔任用、评优评先和工作生活。",
        ),
        to=row.scope,
    )


def _found(row: ClearingCase) -> str:
    return "" if row.finding is None else row.finding.label


def _way(row: ClearingCase) -> str:
    return "" if row.way is None else row.way.label


def written(day: object) -> str:
    """2026年11月22日."""
    year, month, number = str(day).split("-")
    return f"{year}年{int(month)}月{int(number)}日"
