"""Words of the annual appraisal with their labels [N 9.7; domain 3, 10.4]."""

from decimal import Decimal

from engine.personnel.vocabulary import RankedTerm, Term


class AppraisalGrade(RankedTerm):
    """Exactly four grades, the lowest first [N 9.7]."""

    INCOMPETENT = "incompetent", "不合格"
    BASIC = "basic", "基本合格"
    COMPETENT = "competent", "合格"
    EXCELLENT = "excellent", "优秀"


class GuideState(Term):
    """Where the county's guide stands."""

    DRAFT = "draft", "拟定中"
    PUBLISHED = "published", "已发布"
    ABANDONED = "abandoned", "已终止"


class PlanState(Term):
    """Where a street's plan stands."""

    BALLOTS = "ballots", "总结与测评"
    SCORING = "scoring", "评分与评定"
    SETTLED = "settled", "待党工委审定"
    PUBLICITY = "publicity", "优秀名单公示"
    RELEASED = "released", "已反馈"
    FILING = "filing", "待县级备案"
    FILED = "filed", "已备案"


class CaseState(Term):
    """Where the appraisal of one person in one year stands [domain 10.4]."""

    NOT_STARTED = "not_started", "待个人总结"
    SELF_REPORTED = "self_reported", "已提交总结"
    ASSESSED = "assessed", "待街道评分"
    PROPOSED = "proposed", "已提出等次"
    DECIDED = "decided", "已审定"
    FED_BACK = "fed_back", "已反馈"
    REVIEWING = "reviewing", "复核中"
    APPEALING = "appealing", "申诉中"
    FINAL = "final", "已定"
    FILED = "filed", "已备案"
    STOPPED = "stopped", "已终止，不参加考核"


OPEN_STATES = (CaseState.DECIDED, CaseState.FED_BACK, CaseState.REVIEWING, CaseState.APPEALING)
"""A grade is known, and may still change."""


class Unrated(Term):
    """Why somebody takes part without getting a grade [domain 3.5]."""

    SHORT_SERVICE = "short_service", "本年度工作不满 6 个月，只写评语，不定等次"
    LONG_LEAVE = "long_leave", "病假、事假累计超过半年，不定等次"
    UNDER_INVESTIGATION = "under_investigation", "正接受审查调查，结案前不定等次"


class Discipline(RankedTerm):
    """The heaviest sanction of the year [domain 2.3.7, 3.5]."""

    NONE = "none", "无"
    WARNING = "warning", "警告"
    DEMERIT = "demerit", "记过"
    MAJOR_DEMERIT = "major_demerit", "记大过及以上"


class AbsenceKind(Term):
    """Why somebody was not at work."""

    UNEXCUSED = "unexcused", "旷工"
    SICK = "sick", "病假"
    PERSONAL = "personal", "事假"
    MATERNITY = "maternity", "产假、陪产假"


class ElectorKind(Term):
    """Who rates."""

    PEER = "peer", "同事"
    DELEGATE = "delegate", "居民代表"
    RESIDENT = "resident", "普通居民"


class Box(Term):
    """The two ballot boxes of a person."""

    PEERS = "peers", "同事互评"
    RESIDENTS = "residents", "居民群众满意度"


class Rating(Term):
    """What a ballot says about one person."""

    VERY_GOOD = "very_good", "很满意"
    GOOD = "good", "满意"
    FAIR = "fair", "基本满意"
    POOR = "poor", "不满意"

    @property
    def points(self) -> Decimal:
        """Points out of 100."""
        return {"very_good": Decimal(100), "good": Decimal(85), "fair": Decimal(65), "poor": Decimal(30)}[self.value]


class EffectKind(Term):
    """What follows from a grade [N 9.8]."""

    PERFORMANCE = "performance", "绩效系数"
    PROMOTION = "promotion", "正常晋升等级"
    EARLY_PROMOTION = "early_promotion", "提前晋升等级"
    DEMOTION = "demotion", "降低等级"
    TALK = "talk", "提醒谈话和改进计划"
    WARNING = "warning", "退出预警"
    JUDGEMENT = "judgement", "需人工研判"
    EXIT_PROPOSAL = "exit_proposal", "提出退出建议"
