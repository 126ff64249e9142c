"""What stands on the papers of an exit [domain 10.3.10; L43, 实施条例24]."""

from engine.identity.organisations import Organisation
from engine.kernel.command import CommandContext
from engine.personnel.case_files import CaseFile, issue_paper, next_number
from engine.personnel.documents.exit_papers import Paper, exit_pdf
from engine.personnel.exits.absence import AbsenceCount
from engine.personnel.exits.cases import ExitCase
from engine.personnel.exits.closing import ARBITRATION_YEARS, COURT_DAYS
from engine.personnel.exits.compensation import service_years
from engine.personnel.exits.procedure import record
from engine.personnel.settings import EXIT_DEFENCE_WORKDAYS, EXIT_REVIEW_DAYS, FILE_TRANSFER_DAYS
from engine.personnel.vocabulary import Term

HANDOVER_ITEMS = (
    "工作台账和档案资料", "居民信息和走访记录", "印章、证照、钥匙", "电脑、手机等设备", "系统账号和权限",
    "未办结事项清单", "财务往来和借款",
)  # fmt: skip


class PaperKind(Term):
    """The papers that an exit prints."""

    UNION = "union_letter", "征求工会意见函"
    NOTICE = "notice", "退出告知书"
    DECISION = "decision", "退出决定书"
    CERTIFICATE = "certificate", "解除（终止）劳动合同证明"
    HANDOVER = "handover", "工作交接清单"
    REPLY = "review_reply", "退出复核答复书"


_SERIES = {
    PaperKind.UNION: "退工", PaperKind.NOTICE: "退告", PaperKind.DECISION: "退决", PaperKind.CERTIFICATE: "离证",
    PaperKind.HANDOVER: "交接", PaperKind.REPLY: "退复",
}  # fmt: skip


def issue(context: CommandContext, case: ExitCase, kind: PaperKind) -> CaseFile:
    """Makes the paper under the office's next number and keeps it with the exit; its digest goes to history."""
    office = context.session.get_one(Organisation, case.county_id if kind is PaperKind.REPLY else case.street_id)
    number = next_number(context, office.id, f"{office.name.removesuffix('街道')[:4]}{_SERIES[kind]}")
    content = exit_pdf(paper_of(case, kind, office.name, str(number)), context.now)
    kept = issue_paper(context, case.files, kind.value, kind.label, number, content)
    record(context, case, "paper.issued", paper=kind.label, number=str(number), digest=kept.file.sha256)
    return kept


def paper_of(case: ExitCase, kind: PaperKind, office: str, number: str) -> Paper:
    """What stands on the paper."""
    writers = {
        PaperKind.UNION: _union, PaperKind.NOTICE: _notice, PaperKind.DECISION: _decision,
        PaperKind.CERTIFICATE: _certificate, PaperKind.HANDOVER: _handover, PaperKind.REPLY: _reply,
    }  # fmt: skip
    return writers[kind](case, office, number)


def return_summons(name: str, count: AbsenceCount, office: str) -> Paper:
    """返岗催告书 [domain 6.8]."""
    text = (
        f"你自 {count.run_from} 起未履行请假手续未到岗，{count.text}。",
        "请自收到本催告书之日起立即返岗，或者书面说明理由并补办请假手续。",
        "连续旷工超过 10 个工作日，或者 1 年内累计旷工超过 20 个工作日的，将按苏社〔2024〕52号文件"
        "第11条第（5）项和规章制度研究退出。",
    )  # fmt: skip
    return Paper("返岗催告书", "　　　　　", name, text, (), ("被催告人签收",), office)


def law(case: ExitCase) -> str:
    """The article as papers quote it."""
    reason, _, article = case.route.label.partition("（")
    return f"《劳动合同法》{article.removesuffix('）')}（{reason}）"


def _union(case: ExitCase, office: str, number: str) -> Paper:
    text = (
        f"我单位拟依据苏社〔2024〕52号文件第11条和{law(case)}，办理{case.worker.name}退出社区工作者队伍。",
        f"理由：{case.reason}",
        "根据劳动合同法第四十三条，现将理由通知工会。工会认为违反法律、行政法规或者劳动合同约定的，请提出意见，我单位将研究"
        "并书面答复。",
    )  # fmt: skip
    return Paper(PaperKind.UNION.label, number, "工会", text, (), ("工会签收",), office)


def _notice(case: ExitCase, office: str, number: str) -> Paper:
    text = (
        f"经查，你存在“{case.ground.label}”的情形。事实和理由：{case.reason}",
        f"拟依据苏社〔2024〕52号文件第11条和{law(case)}，按规定程序办理退出。",
        f"你可以自本告知书送达之日起 {case.policy[EXIT_DEFENCE_WORKDAYS]} 个工作日内向街道党工委陈述申辩，提交书面"
        "意见和证据，也可以要求听证；逾期未提出的，视为放弃。",
    )  # fmt: skip
    return Paper(PaperKind.NOTICE.label, number, case.worker.name, text, (), ("被告知人签收",), office)


def _decision(case: ExitCase, office: str, number: str) -> Paper:
    last_day = "以送达回证载明的日期为准" if case.last_day is None else case.last_day.isoformat()
    text = (
        f"你因“{case.ground.label}”，经街道党工委会议研究、县级党委社会工作部门确认，决定退出社区工作者队伍，"
        f"依据{law(case)}办理。最后工作日：{last_day}。",
        f"对本决定不服的，可以自送达之日起 {case.policy[EXIT_REVIEW_DAYS]} 日内向县级党委社会工作部门申请复核；"
        f"也可以在 {ARBITRATION_YEARS} 年内依法申请劳动争议仲裁，对裁决不服的，"
        f"可以自收到裁决书之日起 {COURT_DAYS} 日内起诉。",
        f"请按规定办理工作交接。社会保险关系和档案自离任之日起 {case.policy[FILE_TRANSFER_DAYS]} 日内转移。",
    )  # fmt: skip
    title = PaperKind.DECISION.label
    return Paper(title, number, case.worker.name, text, (), ("被送达人签收",), office)


def _certificate(case: ExitCase, office: str, number: str) -> Paper:
    worker, last_day = case.worker, case.last_day
    assert last_day is not None  # noqa: S101
    text = (
        f"{worker.name}，性别{worker.sex.label}，自 {worker.hired_on} 起在我单位工作，岗位为{worker.post.label}。"
        f"劳动合同于 {last_day} 解除（终止），在本单位工作年限折算为 {service_years(worker.hired_on, last_day)} 年。",
        _terms(case), f"解除（终止）依据：{law(case)}。",
    )  # fmt: skip
    title = PaperKind.CERTIFICATE.label
    return Paper(title, number, worker.name, text, (), ("劳动者签收",), office)


def _terms(case: ExitCase) -> str:
    if not case.worker.contracts:
        return "劳动合同期限：以书面合同为准。"
    contract = case.worker.contracts[-1]
    end = "无固定期限" if contract.ends_on is None else contract.ends_on.isoformat()
    return f"劳动合同期限：{contract.starts_on} 至 {end}。"


def _handover(case: ExitCase, office: str, number: str) -> Paper:
    text = (f"移交人：{case.worker.name}　最后工作日：{case.last_day}",)
    signs = ("移交人", "接收人", "监交人")
    return Paper(PaperKind.HANDOVER.label, number, "", text, HANDOVER_ITEMS, signs, office)


def _reply(case: ExitCase, office: str, number: str) -> Paper:
    text = (
        f"你对退出决定（{case.number}）提出的复核申请收悉。经复核：{case.review_answer}",
        f"对本答复仍不服的，可以在 {ARBITRATION_YEARS} 年内依法申请劳动争议仲裁。",
    )
    return Paper(PaperKind.REPLY.label, number, case.worker.name, text, (), ("申请人签收",), office)
