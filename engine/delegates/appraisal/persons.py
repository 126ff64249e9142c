"""Service tasks of one person's appraisal [domain 3.4 to 3.7]."""

from collections.abc import Mapping

from engine.decision import Value
from engine.delegates.appraisal.subjects import case_of, points_of
from engine.delegates.signatures import signed
from engine.personnel.appraisal import assessment, effects, plans, results
from engine.personnel.appraisal.assessment import GroupScore
from engine.personnel.appraisal.cases import AppraisalCase
from engine.personnel.appraisal.consecutive import Verdict
from engine.personnel.appraisal.results import Ruling
from engine.personnel.appraisal.terms import AppraisalGrade, EffectKind
from engine.personnel.vocabulary import Post
from engine.workflow.delegates import ServiceCall, delegate
from engine.workflow.notifications import notify, notify_role

FLAGS = ("complaint", "refused_assignment", "refused_appraisal", "neglect")


@delegate("appraisal.load_facts")
def load_facts(call: ServiceCall) -> Mapping[str, Value]:
    """Training, absence and discipline of the year; who has no account is written for by the street's clerk."""
    case = case_of(call)
    plans.load_facts(call.context, case)
    plan = case.plan
    return {
        "selfUserId": case.worker.user_id or (None if plan is None else plan.clerk_id),
        "leaderJudges": case.post is Post.CHIEF or case.community_id is None,
        "summaryClosesAt": None if plan is None else plan.summary_closes_at,
    }


@delegate("appraisal.record_summary")
def record_summary(call: ServiceCall) -> None:
    """What the person wrote about the year."""
    summary = signed(call, "self_summary")
    assessment.record_summary(call.context, case_of(call), "" if summary is None else str(summary.values["summary"]))


@delegate("appraisal.miss_summary")
def miss_summary(call: ServiceCall) -> None:
    """The day has passed without a summary."""
    case = case_of(call)
    assessment.miss_summary(call.context, case)
    _tell_person(call, case, "个人总结已逾期", "未按时提交的，本年度不能评为优秀。")


@delegate("appraisal.record_opinion")
def record_opinion(call: ServiceCall) -> None:
    """Points and opinion of the community, of the street's leader for a chief."""
    opinion = signed(call, "community_opinion", "leader_opinion")
    values = {} if opinion is None else opinion.values
    points = points_of(values.get("points"), "评分", "points")
    assessment.record_opinion(call.context, case_of(call), points, "" if opinion is None else opinion.opinion)


@delegate("appraisal.count_ballots")
def count_ballots(call: ServiceCall) -> None:
    """Takes the averages out of the closed boxes."""
    case = case_of(call)
    if case.plan is not None:
        plans.load_facts(call.context, case)
        if case.summary_missing:
            assessment.note_missing_summary(case)
    assessment.count_ballots(call.context, case)


@delegate("appraisal.propose_grade")
def propose_grade(call: ServiceCall) -> None:
    """The group's points, then the grade of the table."""
    case, score = case_of(call), signed(call, "group_score")
    values = {} if score is None else score.values
    group = GroupScore(
        points_of(values.get("routine"), "日常考核得分", "routine"),
        points_of(values.get("street"), "街道评价得分", "street"), str(values.get("comment") or ""),
        *(values.get(flag) is True for flag in FLAGS),
    )  # fmt: skip
    assessment.score_case(call.context, case, group)
    assessment.propose(call.context, case)


@delegate("appraisal.serve_result")
def serve_result(call: ServiceCall) -> Mapping[str, Value]:
    """The written result; the street learns of a run of low grades before anything follows from it [N 11.2]."""
    case = case_of(call)
    until = results.notify_result(call.context, case)
    _tell_person(call, case, "年度考核结果已送达", "请签收；对结果有异议的，可以在期限内申请复核。")
    finding = results.judged_run(call.context.session, case)
    if finding.verdict in (Verdict.WARNING, Verdict.EXIT, Verdict.JUDGEMENT):
        body = f"{case.worker.name}：{finding.reason}。复核、申诉期满前只作预警。"
        _tell_street(call, case, "考核预警", body)
    return {"reviewClosesAt": until}


@delegate("appraisal.record_signature")
def record_signature(call: ServiceCall) -> None:
    """The person has signed for the result."""
    results.sign_result(call.context, case_of(call))


@delegate("appraisal.record_unsigned")
def record_unsigned(call: ServiceCall) -> None:
    """The window is over without a signature; the result counts as served."""
    case = case_of(call)
    _tell_street(call, case, "考核结果未签收", f"{case.worker.name}在复核期内未签收，请留存送达记录。")


@delegate("appraisal.open_review")
def open_review(call: ServiceCall) -> None:
    """A review was asked for, with the signature or afterwards."""
    case, signature = case_of(call), signed(call, "sign_feedback")
    with_signature = "" if signature is None else signature.opinion
    results.open_review(call.context, case, case.review_reason or with_signature)


@delegate("appraisal.answer_review")
def answer_review(call: ServiceCall) -> Mapping[str, Value]:
    """The street's answer in writing."""
    case = case_of(call)
    until = results.answer_review(call.context, case, _ruling(call, "street_review"))
    _tell_person(call, case, "复核已答复", "对复核结果仍有异议的，可以在期限内向县级申诉。")
    return {"appealClosesAt": until}


@delegate("appraisal.open_appeal")
def open_appeal(call: ServiceCall) -> None:
    """The county takes the appeal."""
    results.open_appeal(call.context, case_of(call))


@delegate("appraisal.answer_appeal")
def answer_appeal(call: ServiceCall) -> None:
    """The county's answer, which is the last one."""
    case = case_of(call)
    results.rule(call.context, case, _ruling(call, "county_appeal"))
    _tell_person(call, case, "申诉已答复", "请在“我的考核”中查看处理结果。")


@delegate("appraisal.conclude")
def conclude(call: ServiceCall) -> None:
    """Nothing can change the result any more."""
    results.conclude(call.context, case_of(call))


@delegate("appraisal.apply_effects")
def apply_effects(call: ServiceCall) -> None:
    """Pay, grade, warnings; a proposal of exit goes to a person, who decides [N 9.8, 11.2]."""
    case = case_of(call)
    found = {one.kind: one.text for one in effects.apply_effects(call.context, case)}
    if EffectKind.EXIT_PROPOSAL in found:
        body = f"{case.worker.name}：{found[EffectKind.EXIT_PROPOSAL]}（第 11.2 条）。是否启动退出程序由街道研究决定。"
        _tell_street(call, case, "退出建议待研究", body)
    elif EffectKind.TALK in found:
        _tell_street(call, case, "安排提醒谈话", f"{case.worker.name}：{case.year} 年度考核{_label(case)}。")
    _tell_person(call, case, "年度考核已备案", f"等次：{_label(case)}；绩效系数 {case.performance}。")


def _label(case: AppraisalCase) -> str:
    return "不定等次" if case.grade is None else case.grade.label


def _ruling(call: ServiceCall, node_id: str) -> Ruling:
    answer = signed(call, node_id)
    if answer is None:
        return Ruling(None, "")
    changed = answer.decision == "change"
    return Ruling(AppraisalGrade(str(answer.values["grade"])) if changed else None, answer.opinion)


def _tell_person(call: ServiceCall, case: AppraisalCase, title: str, body: str) -> None:
    if case.worker.user_id is not None:
        notify(call.context, [case.worker.user_id], "appraisal", title, body, call.instance.id)


def _tell_street(call: ServiceCall, case: AppraisalCase, title: str, body: str) -> None:
    notify_role(call.context, "street_clerk", case.street_id, "appraisal", title, body, call.instance.id)
