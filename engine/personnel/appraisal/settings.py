"""Local choices of the annual appraisal [domain 3, 10.2]; the notice leaves them to the county."""

from engine.personnel.parameters import choice, decimal, flag, integer

ROUTINE_WEIGHT = decimal("appraisal.weightRoutine", "30", "日常考核权重", unit="%", clause="9.6")
STREET_WEIGHT = decimal("appraisal.weightStreet", "30", "街道评价权重", unit="%", clause="9.6")
COMMUNITY_WEIGHT = decimal("appraisal.weightCommunity", "10", "社区党组织评价权重", unit="%", clause="9.6")
PEER_WEIGHT = decimal("appraisal.weightPeers", "10", "同事互评权重", unit="%", clause="9.6")
RESIDENT_WEIGHT = decimal("appraisal.weightResidents", "20", "居民群众满意度权重", unit="%", clause="9.6")
MINIMUM_RESIDENT_BALLOTS = integer(
    "appraisal.minResidentBallots", 30, "居民测评最少票数", unit="张", clause="9.6", lowest=5, highest=500
)
MINIMUM_PEER_BALLOTS = integer(
    "appraisal.minPeerBallots", 3, "同事互评最少票数", unit="张", clause="9.6", lowest=3, highest=50,
    help="少于 3 张不能匿名，不公布也不计入。",
)  # fmt: skip
ORDINARY_SHARE = decimal("appraisal.ordinaryShare", "70", "普通居民占居民票的最低比例", unit="%", clause="9.6")
REVIEW_ANSWER_DAYS = integer(
    "appraisal.reviewAnswerDays", 15, "考核复核答复期限", unit="天", clause="9.6", lowest=5, highest=30
)
APPEAL_DAYS = integer("appraisal.appealDays", 15, "考核申诉期限", unit="天", clause="9.6", lowest=5, highest=30)
APPEAL_ANSWER_DAYS = integer(
    "appraisal.appealAnswerDays", 30, "考核申诉答复期限", unit="天", clause="9.6", lowest=10, highest=60
)
UNRATED_YEARS = choice(
    "appraisal.unratedYears", "neutral", "不定等次年度",
    (("neutral", "不计入也不中断连续年度"), ("break", "中断连续年度")), clause="11.2",
)  # fmt: skip
DEMOTE_INCOMPETENT = flag("appraisal.demoteIncompetent", True, "不合格的降低一个等级", clause="9.8")
EARLY_PROMOTIONS = integer(
    "appraisal.earlyPromotions", 2, "提前晋升最多次数", unit="次", clause="2.3", lowest=0, highest=5
)
