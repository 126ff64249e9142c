"""Local settings of the processes beside recruitment [domain 10.2]; hard bounds carry their clause."""

from engine.personnel.parameters import choice, decimal, flag, integer

EXCELLENT_PERCENT = decimal(
    "appraisal.excellentMax", "20", "年度考核优秀比例上限", unit="%", clause="9.7", highest="25",
    help="按街道计算，舍去尾数。",
)  # fmt: skip
APPRAISAL_PUBLICITY_WORKDAYS = integer(
    "appraisal.publicityWorkdays", 5, "考核优秀公示", unit="个工作日", clause="10.2", lowest=3, highest=10
)
APPRAISAL_REVIEW_DAYS = integer(
    "appraisal.reviewDays", 10, "考核复核申请期限", unit="天", clause="10.2", lowest=5, highest=30
)
SECONDMENT_MONTHS = integer(
    "secondment.maxMonths", 6, "借调最长期限", unit="个月", clause="9.4", lowest=1, highest=6, hard_clause="9.4"
)
SECONDMENT_EXTENSION = flag(
    "secondment.extension", True, "借调可以延期", clause="9.4", help="首次不足最长期限的可以延期一次，累计仍不得超过。"
)
EXIT_DEFENCE_WORKDAYS = integer(
    "exit.defenceWorkdays", 5, "退出陈述申辩期限", unit="个工作日", clause="11.7", lowest=3, highest=15
)
EXIT_HEARING_WORKDAYS = integer(
    "exit.hearingWorkdays", 10, "退出听证期限", unit="个工作日", clause="11.7", lowest=5, highest=30,
    help="自陈述申辩期结束之日起，本人要求的才举行。",
)  # fmt: skip
EXIT_REVIEW_DAYS = integer(
    "exit.reviewDays", 10, "退出复核申请期限", unit="天", clause="11.7", lowest=5, highest=30
)
ABSENCE_YEAR = choice(
    "exit.absenceYear", "rolling", "旷工累计的“1年内”",
    (("rolling", "连续12个月"), ("calendar", "自然年度")), clause="11.5",
)
FILE_TRANSFER_DAYS = integer(
    "exit.fileTransferDays", 15, "档案和社保转移期限", unit="天", clause="L50", lowest=1, highest=15, hard_clause="L50"
)
BY_ELECTION_DAYS = integer("byElection.days", 90, "届中补选期限", unit="天", clause="5.3", lowest=30, highest=180)
ALL_ROUND_MONTHS = integer(
    "allRound.validMonths", 36, "全科社工证有效期", unit="个月", clause="8.2", lowest=12, highest=60
)
