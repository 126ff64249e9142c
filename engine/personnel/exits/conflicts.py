"""Where notice and law do not say the same: both texts are shown to the officer, who decides [domain 10.3.8]."""

from collections.abc import Collection
from dataclasses import dataclass

from engine.personnel.exits.terms import EvidenceKind, ExitGround, Route
from engine.personnel.vocabulary import WorkerCategory


@dataclass(frozen=True, slots=True)
class TextConflict:
    """Two texts about the same matter."""

    notice_clause: str
    notice: str
    law_clause: str
    law: str
    question: str
    """What a person has to decide."""


APPRAISAL_AND_LAW = TextConflict(
    "第11条第（2）项", "连续两年考核不合格或者连续三年考核基本合格的，按规定程序退出社区工作者队伍。",
    "劳动合同法第四十条第二项", "劳动者不能胜任工作，经过培训或者调整工作岗位，仍不能胜任工作的，用人单位提前三十日"
    "以书面形式通知劳动者本人或者额外支付劳动者一个月工资后，可以解除劳动合同。",
    "考核等次本身不当然等于法定解除条件：是否已经培训或调岗，或规章制度是否已有规定并公示？",
)  # fmt: skip
SANCTION_AND_CONTRACT = TextConflict(
    "第11条第（1）项", "受到开除党籍或者政务开除处分，以及被司法机关追究刑事责任的，按规定程序退出。",
    "劳动合同法第三十九条第六项", "被依法追究刑事责任的，用人单位可以解除劳动合同。",
    "仅受开除党籍处分的，法律没有直接规定解除：规章制度是否已写明并公示（第三十九条第二项）？",
)  # fmt: skip
DISMISSAL_OF_MANAGERS = TextConflict(
    "第11条第（1）项", "受到政务开除处分的，按规定程序退出社区工作者队伍。",
    "公职人员政务处分法第二十二条",
    "基层群众性自治组织中从事管理的人员有违法行为的，监察机关可以予以警告、记过、记大过。",
    "居民委员会中从事管理的人员不适用政务开除：请核实处分决定的种类和作出机关。",
)  # fmt: skip
ELECTED_POST = TextConflict(
    "第11条", "有规定情形之一的，按规定程序退出社区工作者队伍。",
    "城市居民委员会组织法", "居民委员会成员由选举产生，其职务的终止、罢免由居民会议决定。",
    "职务与劳动合同是两件事：选任职务须另按法定程序终止，本程序只处理劳动合同和队伍身份。",
)  # fmt: skip


def conflicts_of(
    ground: ExitGround, route: Route, category: WorkerCategory, evidence: Collection[EvidenceKind]
) -> list[TextConflict]:
    """The pairs of texts that the officer has to read before he goes on."""
    found = []
    if ground is ExitGround.APPRAISAL:
        found.append(APPRAISAL_AND_LAW)
    if ground is ExitGround.SANCTION and route is not Route.L39_6:
        found.append(SANCTION_AND_CONTRACT)
    if EvidenceKind.DISMISSAL_DECISION in evidence:
        found.append(DISMISSAL_OF_MANAGERS)
    if category is WorkerCategory.COMMITTEE:
        found.append(ELECTED_POST)
    return found
