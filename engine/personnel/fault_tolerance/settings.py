"""Local time limits of fault tolerance and clearing [domain 5.3, 5.4, 10.2]; no limit of the province is known."""

from engine.personnel.parameters import integer

APPLY_DAYS = integer(
    "fault.applyDays", 30, "容错申请期限", unit="天", clause="10.1", lowest=10, highest=180,
    help="自收到问责通知之日起。",
)  # fmt: skip
ACCEPT_WORKDAYS = integer(
    "fault.acceptWorkdays", 5, "容错受理期限", unit="个工作日", clause="10.1", lowest=2, highest=15
)
SUPPLEMENT_WORKDAYS = integer(
    "fault.supplementWorkdays", 5, "容错申请补正期限", unit="个工作日", clause="10.1", lowest=2, highest=15,
    help="只能要求补正一次。",
)  # fmt: skip
INVESTIGATE_WORKDAYS = integer(
    "fault.investigateWorkdays", 20, "容错调查核实期限", unit="个工作日", clause="10.1", lowest=5, highest=60
)
EXTENSION_WORKDAYS = integer(
    "fault.extensionWorkdays", 10, "容错调查延长期限", unit="个工作日", clause="10.1", lowest=1, highest=30,
    help="经批准可以延长一次。",
)  # fmt: skip
MATERIAL_WORKDAYS = integer(
    "fault.materialWorkdays", 10, "本人补充材料期限", unit="个工作日", clause="10.1", lowest=3, highest=30,
    help="等待期间不计入调查期限；逾期未交的，恢复计时。",
)  # fmt: skip
DECIDE_WORKDAYS = integer(
    "fault.decideWorkdays", 10, "容错会商认定期限", unit="个工作日", clause="10.2", lowest=3, highest=30,
    help="从核对表到联合会商。",
)  # fmt: skip
REPLY_WORKDAYS = integer(
    "fault.replyWorkdays", 5, "容错认定反馈期限", unit="个工作日", clause="10.1", lowest=2, highest=15
)
REEXAMINE_WORKDAYS = integer(
    "fault.reexamineWorkdays", 20, "容错异议复查期限", unit="个工作日", clause="10.1", lowest=5, highest=60
)
OBJECTION_WORKDAYS = integer(
    "fault.objectionWorkdays", 10, "容错异议期限", unit="个工作日", clause="10.1", lowest=5, highest=30
)
CORRECTION_DAYS = integer("fault.correctionDays", 30, "纠错整改期限", unit="天", clause="10.1", lowest=5, highest=180)
FIRST_TALK_MONTHS = integer("fault.firstTalkMonths", 3, "第一次回访", unit="个月", clause="10.3", lowest=1, highest=6)
SECOND_TALK_MONTHS = integer(
    "fault.secondTalkMonths", 6, "第二次回访", unit="个月", clause="10.3", lowest=2, highest=12
)
CLEARING_WORKDAYS = integer(
    "clearing.stepWorkdays", 5, "澄清一般环节期限", unit="个工作日", clause="10.3", lowest=2, highest=15
)
CLEARING_JOINT_WORKDAYS = integer(
    "clearing.jointWorkdays", 10, "澄清联合审批期限", unit="个工作日", clause="10.3", lowest=3, highest=30,
    help="多个部门共同办理的环节。",
)  # fmt: skip
