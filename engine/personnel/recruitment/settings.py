"""Local settings of open recruitment with the defaults of the defaults pack [domain 10.1]."""

from datetime import time

from engine.personnel.parameters import choice, choices, decimal, flag, integer, moment
from engine.personnel.quota import Rounding
from engine.personnel.recruitment.bonus import BonusCombination
from engine.personnel.recruitment.eligibility import AgeConvention
from engine.personnel.recruitment.ranking import TieKeyName
from engine.personnel.vocabulary import Education

QUOTA_ROUNDING = choice(
    "quota.rounding", Rounding.UP.value, "员额尾数处理", Rounding.choices(), clause="1.2",
    help="按每万城镇常住人口 18 名计算，出现小数时的取整办法。",
)  # fmt: skip
CITY_PREREVIEW = flag(
    "recruitment.cityPrereview", True, "招聘方案报市级预审", clause="5.5",
    help="县级招聘方案在发布前由市委社会工作部预审。",
)  # fmt: skip
NOTICE_WORKDAYS = integer(
    "recruitment.noticeDays", 7, "公告提前发布时间", unit="个工作日", clause="10.1", lowest=1, highest=60
)
REGISTRATION_DAYS = integer("recruitment.regDays", 5, "报名天数", unit="天", clause="10.1", lowest=1, highest=30)
REGISTRATION_OPENS = moment("recruitment.regOpens", time(9, 0), "报名开始时刻", clause="10.1")
REGISTRATION_CLOSES = moment("recruitment.regCloses", time(16, 0), "报名截止时刻", clause="10.1")
REVIEW_HOURS = integer("recruitment.reviewHours", 24, "资格初审时限", unit="小时", clause="10.1", lowest=1, highest=240)
REVIEW_EXTRA_DAYS = integer(
    "recruitment.reviewExtraDays", 1, "报名截止后初审顺延", unit="天", clause="10.1", lowest=0, highest=10
)
APPEAL_WORKDAYS = integer(
    "recruitment.appealWorkdays", 1, "初审申诉期限", unit="个工作日", clause="10.1", lowest=1, highest=10,
    help="自初审截止起算。",
)  # fmt: skip
DEFENCE_WORKDAYS = integer(
    "recruitment.defenceWorkdays", 3, "资格复审陈述申辩期限", unit="个工作日", clause="10.1", lowest=1, highest=10
)
OPEN_RATIO = integer(
    "recruitment.openRatio", 3, "开考比例", unit="人报 1 岗", clause="10.1", lowest=1, highest=20,
    help="报名合格人数与招聘人数之比，达不到时核减或取消岗位。",
)  # fmt: skip
REREGISTRATION_HOURS = integer(
    "recruitment.reregistrationHours", 24, "改报时间", unit="小时", clause="10.1", lowest=1, highest=120,
    help="所报岗位被取消的人员改报其他岗位的时间。",
)  # fmt: skip
TICKET_DAYS = integer("recruitment.ticketDays", 4, "准考证打印提前天数", unit="天", clause="10.1", lowest=1, highest=30)
WRITTEN_PASS = decimal("recruitment.writtenPass", "50", "笔试合格线", clause="10.1", help="填 0 表示不设合格线。")
PASS_LINE_BASIS = choice(
    "recruitment.passLineBasis", "raised", "笔试合格线对照", [("raised", "含加分后的成绩"), ("raw", "卷面成绩")],
    clause="10.1",
)  # fmt: skip
SCORE_QUERY_WORKDAYS = integer(
    "recruitment.scoreQueryWorkdays", 3, "笔试成绩复核申请期限", unit="个工作日", clause="10.1", lowest=1, highest=10
)
BONUS_JUNIOR = decimal("recruitment.bonusJunior", "1", "初级证书加分", clause="5.10", highest="8")
BONUS_MIDDLE = decimal("recruitment.bonusMiddle", "2", "中级证书加分", clause="5.10", highest="8")
BONUS_SENIOR = decimal("recruitment.bonusSenior", "3", "高级证书加分", clause="5.10", highest="8")
BONUS_VETERAN = decimal("recruitment.bonusVeteran", "2", "退役军人加分", clause="5.10", highest="8")
BONUS_CAP = decimal("recruitment.bonusCap", "5", "加分上限", clause="5.10", highest="20")
BONUS_COMBINATION = choice(
    "recruitment.bonusCombination", BonusCombination.HIGHEST.value, "多项加分", BonusCombination.choices(),
    clause="5.10",
)  # fmt: skip
BONUS_ABOVE_100 = flag("recruitment.bonusAbove100", False, "加分后可超过 100 分", clause="10.1")
BONUS_PUBLICITY_WORKDAYS = integer(
    "recruitment.bonusPublicityWorkdays", 3, "加分公示", unit="个工作日", clause="10.1", lowest=1, highest=10
)
INTERVIEW_RATIO = integer(
    "recruitment.interviewRatio", 3, "面试比例", unit="人进 1 岗面试", clause="10.1", lowest=1, highest=10,
    help="末位同分者一并进入面试。",
)  # fmt: skip
SUBSTITUTION_STOP_DAYS = integer(
    "recruitment.substitutionStopDays", 3, "面试前停止递补", unit="天", clause="10.1", lowest=0, highest=30
)
JUDGES = integer("recruitment.judges", 7, "面试考官人数", unit="名", clause="10.1", lowest=3, highest=15)
JUDGES_DROPPED = integer(
    "recruitment.judgesDropped", 1, "去掉最高（最低）分个数", unit="个", clause="10.1", lowest=0, highest=3
)
INTERVIEW_PASS = decimal("recruitment.interviewPass", "60", "面试合格线", clause="10.1", help="填 0 表示不设合格线。")
WRITTEN_WEIGHT = decimal(
    "recruitment.writtenWeight", "50", "笔试成绩占比", unit="%", clause="10.1", help="其余为面试成绩占比。"
)
TOTAL_PASS = decimal("recruitment.totalPass", "0", "总成绩合格线", clause="10.1", help="填 0 表示不设合格线。")
TIE_TEMPLATE = choice(
    "recruitment.tieTemplate", "written_first", "总成绩同分时的比较次序",
    [("written_first", "优先条件→笔试→面试→加试"), ("interview_first", "优先条件→面试→笔试→加试")], clause="5.7",
)  # fmt: skip
TIE_PREFERENCES = choices(
    "recruitment.tiePreferences",
    (
        TieKeyName.GRID_WORKER.value, TieKeyName.VETERAN.value, TieKeyName.PARTY_MEMBER.value,
        TieKeyName.CERTIFICATE.value,
    ),
    "同等条件下优先",
    TieKeyName.choices()[:4], clause="5.7", required=TieKeyName.GRID_WORKER.value, hard_clause="5.7",
    help="专职网格员优先由省定，不能取消。",
)  # fmt: skip
STEP_ORDER = choice(
    "recruitment.stepOrder", "medical_first", "体检与考察次序",
    [("medical_first", "先体检后考察"), ("check_first", "先考察后体检")], clause="10.1",
)  # fmt: skip
RETEST_DAYS = integer("recruitment.retestDays", 7, "体检复检期限", unit="天", clause="10.1", lowest=1, highest=30)
BACKGROUND_CHECKERS = integer(
    "recruitment.backgroundCheckers", 2, "考察组人数", unit="名", clause="10.1", lowest=2, highest=7
)
PUBLICITY_WORKDAYS = integer(
    "recruitment.publicityWorkdays", 5, "拟聘用公示", unit="个工作日", clause="10.1", lowest=3, highest=7
)
FILL_ROUNDS = integer("recruitment.fillRounds", 2, "体检考察递补轮次", unit="轮", clause="10.1", lowest=0, highest=5)
RESERVE_MONTHS = integer(
    "recruitment.reserveMonths", 12, "后备库有效期", unit="个月", clause="10.1", lowest=0, highest=24
)
CONTRACT_MONTHS = integer(
    "recruitment.contractMonths", 36, "劳动合同期限", unit="个月", clause="12.4", lowest=3, highest=120
)
PROBATION_MONTHS = integer(
    "recruitment.probationMonths", 3, "试用期", unit="个月", clause="L19", lowest=0, highest=6, hard_clause="L19",
    help="三年以上合同最长 6 个月，一年以上不满三年最长 2 个月。",
)  # fmt: skip
SERVICE_MONTHS = integer(
    "recruitment.serviceMonths", 36, "最低服务期", unit="个月", clause="10.1", lowest=0, highest=60
)
FEE = decimal("recruitment.fee", "0", "报名费", unit="元", clause="10.1", highest="100")
PHOTO_KILOBYTES = integer(
    "recruitment.photoKilobytes", 20, "照片大小上限", unit="KB", clause="10.1", lowest=10, highest=200
)
MAX_AGE = integer("recruitment.maxAge", 35, "年龄上限", unit="周岁", clause="4.6", lowest=18, highest=50)
MIN_AGE = integer("recruitment.minAge", 18, "年龄下限", unit="周岁", clause="4.6", lowest=18, highest=50)
AGE_CONVENTION = choice(
    "recruitment.ageConvention", AgeConvention.N_PLUS_1.value, "年龄上限的算法", AgeConvention.choices(), clause="4.6"
)
ENTRY_EDUCATION = choice(
    "recruitment.entryEducation", Education.COLLEGE.value, "岗位学历默认要求",
    Education.choices()[Education.COLLEGE.level :], clause="4.4", help="省定一般应为大专以上，只能提高。",
)  # fmt: skip
CERTIFICATE_BASIS = choice(
    "recruitment.certificateBasis", "date", "持证期限的算法",
    [("date", "自符合报考条件之日起满三年"), ("exam_cycles", "自可参加的首次考试起三个考试年度")], clause="4.5",
)  # fmt: skip
RETENTION_MONTHS = integer(
    "recruitment.retentionMonths", 12, "未聘用人员材料保存", unit="个月", clause="10.3", lowest=1, highest=60
)
