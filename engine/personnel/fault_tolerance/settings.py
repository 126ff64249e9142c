"""Local time limits of fault tolerance and clearing [domain 5.3, 10.2]; no limit of the province is known.

The limits of single steps stand in the diagrams.
"""

from engine.personnel.parameters import integer

APPLY_DAYS = integer(
    "fault.applyDays", 30, "容错申请期限", unit="天", clause="10.1", lowest=10, highest=180,
    help="自收到问责通知之日起。",
)  # fmt: skip
INVESTIGATE_WORKDAYS = integer(
    "fault.investigateWorkdays", 20, "容错调查核实期限", unit="个工作日", clause="10.1", lowest=5, highest=60
)
EXTENSION_WORKDAYS = integer(
    "fault.extensionWorkdays", 10, "容错调查延长期限", unit="个工作日", clause="10.1", lowest=1, highest=30,
    help="经批准可以延长一次。",
)  # fmt: skip
OBJECTION_WORKDAYS = integer(
    "fault.objectionWorkdays", 10, "容错异议期限", unit="个工作日", clause="10.1", lowest=5, highest=30
)
CORRECTION_DAYS = integer("fault.correctionDays", 30, "纠错整改期限", unit="天", clause="10.1", lowest=5, highest=180)
FIRST_TALK_MONTHS = integer("fault.firstTalkMonths", 3, "第一次回访", unit="个月", clause="10.3", lowest=1, highest=6)
SECOND_TALK_MONTHS = integer(
    "fault.secondTalkMonths", 6, "第二次回访", unit="个月", clause="10.3", lowest=2, highest=12
)
