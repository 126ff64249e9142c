"""What stands on the papers of an exit [domain 10.3.10; L43, 实施条例24]."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.kernel.errors import Conflict
from engine.personnel.exits.cases import ExitCase
from engine.personnel.exits.closing import ARBITRATION_YEARS
from engine.personnel.exits.compensation import service_years
from engine.personnel.exits.states import ENDED
from engine.personnel.exits.terms import ExitState
from engine.personnel.vocabulary import Term

_E = ExitState
_DECIDED = frozenset({_E.COUNTY_CONFIRMED, _E.SERVED, _E.HANDOVER, _E.SETTLED, _E.CLOSED})
_LEAVING = frozenset({_E.HANDOVER, _E.SETTLED, _E.CLOSED})
HANDOVER_ITEMS = (
    "工作台账和档案资料", "居民信息和走访记录", "印章、证照、钥匙", "电脑、手机等设备", "系统账号和权限",
    "未办结事项清单", "财务往来和借款",
)  # fmt: skip


class PaperKind(Term):
    """The papers that an exit prints."""

    NOTICE = "notice", "退出告知书"
    DECISION = "decision", "退出决定书"
    CERTIFICATE = "certificate", "解除（终止）劳动合同证明"
    HANDOVER = "handover", "工作交接清单"


@dataclass(frozen=True, slots=True)
class Paper:
    """One page: who it is for, what it says, rows to fill in by hand, who signs."""

    title: str
    number: str
    to: str
    text: Sequence[str]
    rows: Sequence[str]
    signs: Sequence[str]
    office: str


def papers_of(case: ExitCase) -> list[PaperKind]:
    """Those that can be printed where the exit stands."""
    found = []
    if case.guards and case.state not in ENDED - {_E.CLOSED} and case.defence_until is None:
        found.append(PaperKind.NOTICE)
    if case.papers:
        found.append(PaperKind.NOTICE)
    if case.state in _DECIDED and case.guards:
        found.append(PaperKind.DECISION)
    if case.state in _LEAVING:
        found += [PaperKind.CERTIFICATE, PaperKind.HANDOVER]
    return found


def paper_of(case: ExitCase, kind: PaperKind, office: str) -> Paper:
    """The paper; refused while the exit has not come so far."""
    if kind not in papers_of(case):
        raise Conflict(f"当前状态为“{case.state.label}”，还不能打印{kind.label}")
    writers = {
        PaperKind.NOTICE: _notice, PaperKind.DECISION: _decision, PaperKind.CERTIFICATE: _certificate,
        PaperKind.HANDOVER: _handover,
    }  # fmt: skip
    return writers[kind](case, office)


def _notice(case: ExitCase, office: str) -> Paper:
    text = (
        f"经查，你存在“{case.ground.label}”的情形。事实和理由：{case.reason}",
        f"拟依据苏社〔2024〕52号文件第11条和劳动合同法{case.route.label}，按规定程序办理退出。",
        "你可以在本告知书送达之日起 5 个工作日内（以街道确定的期限为准）向街道党工委陈述申辩，提交书面意见和证据；"
        "逾期未提出的，视为放弃。",
    )  # fmt: skip
    return Paper(PaperKind.NOTICE.label, _number(case, "notice"), case.worker.name, text, (), ("被告知人签收",), office)


def _decision(case: ExitCase, office: str) -> Paper:
    last_day = "以送达时确定的日期为准" if case.last_day is None else case.last_day.isoformat()
    text = (
        f"你因“{case.ground.label}”，经街道党工委会议研究、县级党委社会工作部门确认，决定退出社区工作者队伍，"
        f"依据劳动合同法{case.route.label}办理。最后工作日：{last_day}。",
        f"对本决定不服的，可以在送达之日起 10 日内（以街道告知的期限为准）申请复核；也可以在 {ARBITRATION_YEARS} 年内"
        "依法申请劳动争议仲裁。",
        "请按规定办理工作交接。社会保险关系和档案自离任之日起 15 日内转移。",
    )  # fmt: skip
    title = PaperKind.DECISION.label
    return Paper(title, _number(case, "decision"), case.worker.name, text, (), ("被送达人签收",), office)


def _certificate(case: ExitCase, office: str) -> Paper:
    worker, last_day = case.worker, case.last_day
    assert last_day is not None  # noqa: S101
    text = (
        f"{worker.name}，性别{worker.sex.label}，自 {worker.hired_on} 起在我单位工作，岗位为{worker.post.label}。"
        f"劳动合同于 {last_day} 解除（终止），在本单位工作年限折算为 {service_years(worker.hired_on, last_day)} 年。",
        _terms(case), f"解除（终止）依据：劳动合同法{case.route.label}。",
    )  # fmt: skip
    title = PaperKind.CERTIFICATE.label
    return Paper(title, case.number, worker.name, text, (), ("劳动者签收",), office)


def _terms(case: ExitCase) -> str:
    if not case.worker.contracts:
        return "劳动合同期限：以书面合同为准。"
    contract = case.worker.contracts[-1]
    end = "无固定期限" if contract.ends_on is None else contract.ends_on.isoformat()
    return f"劳动合同期限：{contract.starts_on} 至 {end}。"


def _handover(case: ExitCase, office: str) -> Paper:
    text = (f"移交人：{case.worker.name}　最后工作日：{case.last_day}",)
    signs = ("移交人", "接收人", "监交人")
    return Paper(PaperKind.HANDOVER.label, case.number, "", text, HANDOVER_ITEMS, signs, office)


def _number(case: ExitCase, kind: str) -> str:
    return next((paper.number for paper in case.papers if paper.kind == kind), case.number)
