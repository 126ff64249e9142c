"""What a county may choose about secondments [domain 4, 10.2]."""

from engine.personnel.parameters import integer

MINIMUM_STAFF = integer(
    "secondment.minimumStaff", 5, "借出后社区最少在岗人数", unit="人", clause="9.3", lowest=1, highest=20,
    help="扣除已借出人员后计算。",
)  # fmt: skip
MINIMUM_ALL_ROUND = integer(
    "secondment.minimumAllRound", 2, "借出后社区最少全科社工人数", unit="人", clause="8.1", lowest=0, highest=10,
    help="持有效全科社工证的在岗人员，省定每个社区 2 名以上。",
)  # fmt: skip
STREET_PERCENT = integer(
    "secondment.streetPercent", 10, "街道同期借调人数上限", unit="%", clause="9.3", lowest=0, highest=100,
    help="占本街道社区工作者总数的比例，舍去尾数。",
)  # fmt: skip
WINDOW_MONTHS = integer(
    "secondment.windowMonths", 12, "累计借调时间的计算周期", unit="个月", clause="9.4", lowest=12, highest=36,
    help="同一人在任意一个周期内累计借调不超过最长期限。",
)  # fmt: skip
