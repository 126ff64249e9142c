"""Words of exit with their labels [N 11; domain 6, 10.4]."""

from engine.personnel.vocabulary import Term


class ExitGround(Term):
    """Why somebody leaves: the six grounds of the notice, then the ways out that are nobody's fault."""

    SANCTION = "sanction", "受到开除党籍、政务开除处分或被追究刑事责任"
    APPRAISAL = "appraisal", "连续两年不合格或连续三年基本合格"
    NEGLECT = "neglect", "工作失职造成重大损失或恶劣影响"
    INCOMPETENCE = "incompetence", "经培训或调整岗位仍不能胜任"
    ABSENCE = "absence", "旷工超过规定天数或其他严重违反制度"
    OTHER = "other", "法律法规或文件规定的其他情形"
    RESIGNATION = "resignation", "本人辞职"
    AGREEMENT = "agreement", "协商一致解除"
    EXPIRY = "expiry", "合同期满终止"
    RETIREMENT = "retirement", "退休"
    DEATH = "death", "死亡或被宣告失踪"


class Route(Term):
    """The article of labour-contract law that carries the exit; a person chooses it, never the software."""

    L36 = "L36", "协商一致解除（第三十六条）"
    L37 = "L37", "劳动者提前通知解除（第三十七条）"
    L39_2 = "L39(2)", "严重违反规章制度（第三十九条第二项）"
    L39_3 = "L39(3)", "严重失职造成重大损害（第三十九条第三项）"
    L39_6 = "L39(6)", "被依法追究刑事责任（第三十九条第六项）"
    L40_2 = "L40(2)", "不能胜任工作，经培训或调岗仍不能胜任（第四十条第二项）"
    L44_1 = "L44(1)", "劳动合同期满（第四十四条第一项）"
    L44_2 = "L44(2)", "达到退休年龄、开始享受养老待遇（第四十四条第二项）"
    L44_3 = "L44(3)", "死亡或被宣告死亡、失踪（第四十四条第三项）"


class EvidenceKind(Term):
    """What an exit rests on [domain 6.1]."""

    PARTY_DECISION = "party_decision", "开除党籍决定"
    DISMISSAL_DECISION = "dismissal_decision", "政务开除决定"
    JUDGMENT = "judgment", "生效刑事裁判文书"
    APPRAISAL_RECORD = "appraisal_record", "年度考核记录"
    APPEALS_CLOSED = "appeals_closed", "复核、申诉已办结的材料"
    VERIFICATION_REPORT = "verification_report", "失职核查报告"
    UNFITNESS_RECORD = "unfitness_record", "不能胜任工作的认定材料"
    TRAINING_RECORD = "training_record", "培训记录"
    TRANSFER_RECORD = "transfer_record", "调整岗位记录"
    ATTENDANCE_LEDGER = "attendance_ledger", "考勤台账"
    RETURN_NOTICE = "return_notice", "返岗催告书及送达记录"
    MISCONDUCT_RECORD = "misconduct_record", "违反制度的事实材料"
    LEGAL_BASIS = "legal_basis", "法律法规或文件依据"
    RESIGNATION_LETTER = "resignation_letter", "书面辞职报告"
    WRITTEN_AGREEMENT = "written_agreement", "协商解除协议"
    EXPIRY_NOTICE = "expiry_notice", "期满不续签通知"
    RETIREMENT_PROOF = "retirement_proof", "退休审批或年龄证明"
    DEATH_CERTIFICATE = "death_certificate", "死亡证明或宣告失踪判决"
    OTHER = "other", "其他材料"


class Protection(Term):
    """A situation in which the law protects the worker [L42]."""

    OCCUPATIONAL = "L42(1)", "未做离岗职业健康检查，或疑似职业病在诊断、观察期"
    INJURED = "L42(2)", "患职业病或因工负伤，丧失或部分丧失劳动能力"
    MEDICAL = "L42(3)", "患病或非因工负伤，在规定的医疗期内"
    MATERNITY = "L42(4)", "孕期、产期、哺乳期"
    SENIOR = "L42(5)", "连续工作满十五年且距退休不足五年"


class TextChoice(Term):
    """What an officer does where notice and law do not say the same; the software chooses nothing."""

    LAW = "law", "按劳动合同法的条件办理，已具备法定条件"
    RULES = "rules", "按已公示的规章制度办理，规章制度已有规定"
    COUNSEL = "counsel", "已征求法律顾问意见，按其意见办理"


class GuardOutcome(Term):
    """What one check of the sheet found."""

    PASSED = "passed", "符合"
    REVIEW = "review", "须另行复核"
    BLOCKED = "blocked", "不得办理"


class ExitState(Term):
    """Where an exit stands [domain 10.4]."""

    TRIGGERED = "triggered", "已提出"
    VERIFYING = "verifying", "收集证据"
    GUARD_CHECK = "guard_check", "合法性核查"
    NOTIFIED = "notified", "告知"
    DEFENCE = "defence", "陈述申辩"
    STREET_DECIDED = "street_decided", "街道已决定"
    COUNTY_CONFIRMED = "county_confirmed", "县级已确认"
    SERVED = "served", "决定已送达"
    HANDOVER = "handover", "办理离任手续"
    SETTLED = "settled", "手续办结"
    CLOSED = "closed", "已退出"
    WITHDRAWN = "withdrawn", "已撤回"
    CONVERTED = "converted", "转为培训或调整岗位"
    REINSTATED = "reinstated", "裁决撤销，已恢复"


class Service(Term):
    """How a paper reached the person."""

    SIGNED = "signed", "本人签收"
    REGISTERED = "registered", "邮寄（挂号或特快）"
    LEFT = "left", "留置送达（两名见证人）"
    PUBLISHED = "published", "公告送达"


class ClosingTask(Term):
    """What is settled when somebody leaves [domain 6.4]."""

    HANDOVER = "handover", "工作交接"
    TALK = "talk", "离任谈话"
    FINANCE = "finance", "经济责任和财务核查"
    BY_ELECTION = "by_election", "选任职务终止和届中补选"
    ACCOUNTS = "accounts", "停用账号"
    CERTIFICATE = "certificate", "出具解除（终止）证明"
    TRANSFER = "transfer", "社保和档案转移"
    FINAL_PAY = "final_pay", "结清工资和补偿"
