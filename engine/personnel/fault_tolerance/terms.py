"""Words of fault tolerance and clearing with their labels [N 10; domain 5, 10.4]."""

from engine.personnel.vocabulary import Term


class Opening(Term):
    """How a case began."""

    APPLICATION = "application", "本人申请"
    STREET = "street", "街道代为申请"
    EX_OFFICIO = "ex_officio", "依职权启动"


class FaultState(Term):
    """Where a fault-tolerance case stands [domain 10.4]."""

    OPENED = "opened", "待受理"
    SUPPLEMENT = "supplement", "待补正"
    WITHDRAWN = "withdrawn", "已撤回"
    NOT_ACCEPTED = "not_accepted", "不予受理"
    INVESTIGATING = "investigating", "调查核实"
    WAITING = "waiting", "等待补充材料（计时暂停）"
    CONSULTING = "consulting", "会商认定"
    CONCLUDED = "concluded", "已认定"
    FED_BACK = "fed_back", "已反馈"
    OBJECTED = "objected", "复查中"
    RECTIFYING = "rectifying", "纠错整改"
    FOLLOW_UP = "follow_up", "回访"
    CLOSED = "closed", "已办结"


class FaultPaper(Term):
    """The papers of fault tolerance and clearing [domain 5.1, 5.4, 10.3.10]."""

    APPLICATION = "application", "容错申请表"
    CHECK_SHEET = "check_sheet", "容错核对表"
    CONCLUSION = "conclusion", "容错认定结论书"
    NOTICE = "notice", "容错认定告知书"
    CORRECTION = "correction", "纠错通知书"
    REPLY = "reply", "异议复查答复书"
    TALK = "talk", "回访谈心记录"
    CLEARING_NOTICE = "clearing_notice", "拟澄清告知书"
    CLEARING_APPROVAL = "clearing_approval", "澄清审批表"
    CLEARING_LETTER = "clearing_letter", "澄清函"


FOR_THE_PERSON = frozenset(
    {
        FaultPaper.NOTICE, FaultPaper.CORRECTION, FaultPaper.REPLY, FaultPaper.CLEARING_NOTICE,
        FaultPaper.CLEARING_LETTER,
    }
)  # fmt: skip
"""Papers that are handed to the person; the others stay with the departments."""


class Conclusion(Term):
    """The three results [domain 5.2]."""

    EXEMPT = "exempt", "免责"
    MITIGATED = "mitigated", "减轻或从轻"
    NOT_TOLERATED = "not_tolerated", "不予容错"


class Condition(Term):
    """The six conditions, all of which have to be met for an exemption [domain 5.2]."""

    LAWFUL = "lawful", "遵纪守法：未违反党纪国法和明令禁止的规定"
    EMERGENCY = "emergency", "应急履职：发生在应急处突或履行职责中"
    DILIGENT = "diligent", "勤勉尽责：没有故意"
    UNSELFISH = "unselfish", "出于公心：没有谋取私利"
    PROCEDURE = "procedure", "程序正当：经集体决策，或应急处置后及时报告"
    CORRECTED = "corrected", "知错就改：主动挽回损失、消除影响"


ESSENTIAL = frozenset({Condition.LAWFUL, Condition.DILIGENT, Condition.UNSELFISH})
"""Without these the fault is not a working error or a flaw of procedure, so it cannot be mitigated either."""


class Exclusion(Term):
    """The negative list: any of them rules tolerance out [domain 5.2]."""

    POLITICAL = "political", "违反政治纪律"
    PRIVATE_GAIN = "private_gain", "谋取私利"
    INTENT = "intent", "明知故犯"
    GRAVE = "grave", "造成重大损失或恶劣影响"
    SAFETY = "safety", "发生重大安全责任事故"
    PROHIBITED = "prohibited", "违反明令禁止的规定"
    REPEATED = "repeated", "同类错误重复发生"
    REFUSED = "refused", "拒不纠正"
    UNREPORTED = "unreported", "瞒报、不及时报告"


class ClearingState(Term):
    """Where a clearing case stands [domain 10.4]."""

    ASSESSING = "assessing", "评估"
    CONSENT = "consent", "征求本人意见"
    APPROVING = "approving", "审批"
    APPROVED = "approved", "待实施"
    FOLLOW_UP = "follow_up", "已澄清，待回访"
    CLOSED = "closed", "已办结"
    NOT_CLEARED = "not_cleared", "不予澄清"


class ReportFinding(Term):
    """What the examination of a report found."""

    UNTRUE = "untrue", "失实或诬告"
    PARTLY_TOLERATED = "partly_tolerated", "部分属实，已予容错"
    UNPROVEN = "unproven", "不能排除"
    UNSETTLED = "unsettled", "尚未查结"
    TRUE = "true", "属实"


class ReportEffect(Term):
    """What the report did to the person [domain 5.4]."""

    CAREER = "career", "影响选拔、选举或评优"
    LIFE = "life", "影响工作和生活"
    REPEATED = "repeated", "被反复举报"
    TALK_ONLY = "talk_only", "只经过正常谈话提醒"
    NONE = "none", "没有不良影响"


class ClearingWay(Term):
    """How a person is cleared."""

    WRITTEN = "written", "书面澄清"
    FACE_TO_FACE = "face_to_face", "当面澄清"
    MEETING = "meeting", "会议澄清"
    NOTICE = "notice", "通报（公告）澄清"
