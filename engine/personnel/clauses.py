"""The clauses of the policy that recruitment, quota, grades and contracts must keep, each with where it is enforced."""

from dataclasses import dataclass

from engine.personnel.vocabulary import Term


class ClauseKind(Term):
    """Whether a county may choose."""

    HARD = "hard", "省定，不得低于"
    CONFIGURABLE = "configurable", "市县可定"


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause by its id: n.m of notice 苏社〔2024〕52号, L for labour-contract law.

    `enforced` are dotted names below engine.personnel, or a table of bpmn/recruitment as `name.dmn`;
    `tests` are test functions below tests/.
    """

    id: str
    gist: str
    kind: ClauseKind
    enforced: tuple[str, ...]
    tests: tuple[str, ...]


_H = ClauseKind.HARD
_C = ClauseKind.CONFIGURABLE

CLAUSES: tuple[Clause, ...] = (
    Clause("1.1", "人员范围：两委专职、考试聘用、两部门认定", _H,
           ("limits.check_category", "workers.Worker"),
           ("test_nobody_enters_without_exam_or_recognition",
            "test_a_recognised_worker_without_two_departments_is_refused_by_the_database")),
    Clause("1.2", "每万城镇常住人口 18 名", _H, ("quota.staffing_quota", "quota_ledger.quota_standing"),
           ("test_vector_1_quota_of_683200_people_is_1230",)),
    Clause("1.3", "市级统筹总量、县级员额管理，无空缺不得招聘", _H,
           ("quota.QuotaStanding", "quota_ledger.reserve", "quota_ledger.SetUrbanPopulation"),
           ("test_a_county_without_vacancies_is_refused_with_the_clause",
            "test_requests_beyond_the_vacant_places_are_refused",
            "test_the_citys_cap_over_all_counties_holds")),
    Clause("2.1", "三岗十八级：1—12、4—15、7—18", _H,
           ("limits.check_grade", "grades.initial_grade", "workers.Worker", "workers.GradeRecord"),
           ("test_grades_outside_the_posts_range_are_refused",
            "test_a_grade_outside_the_posts_range_is_refused_by_the_database",
            "test_vector_19_a_grade_stops_at_the_top_of_its_post")),
    Clause("2.2", "等级随岗位、年限、职业水平提升", _C, ("initial_grade.dmn",),
           ("test_the_first_grade_follows_from_post_years_education_and_certificate",)),
    Clause("2.3", "县级制定晋升办法", _H, ("policy.SetPolicyParameter",),
           ("test_only_the_county_itself_sets_its_parameters",)),
    Clause("3.3", "持证适当晋升等级，不累加", _C, ("grades.certificate_rise", "initial_grade.dmn"),
           ("test_vector_20_a_higher_certificate_adds_only_the_difference",)),
    Clause("4.1", "政治素质等条件逐项承诺", _H,
           ("recruitment.registration_form.Declaration", "eligibility.dmn"),
           ("test_each_condition_has_its_own_obstacle", "test_a_form_without_every_declaration_is_not_taken")),
    Clause("4.2", "热爱社区工作", _H, ("recruitment.registration_form.Declaration",),
           ("test_a_form_without_every_declaration_is_not_taken",)),
    Clause("4.3", "组织协调能力和专业知识", _H, ("recruitment.registration_form.Declaration",),
           ("test_a_form_without_every_declaration_is_not_taken",)),
    Clause("4.4", "新入职一般应大专以上，例外须有理由", _H,
           ("limits.check_entry_education", "recruitment.announcement.check_plan", "recruitment.onboarding.take_on"),
           ("test_below_college_needs_a_reason", "test_a_post_below_college_without_a_reason_cannot_be_published")),
    Clause("4.5", "具备报考条件后 3 年内取得证书", _H,
           ("certificates.certificate_duty", "recruitment.onboarding.take_on"),
           ("test_vector_22_the_certificate_is_due_three_years_after_meeting_the_conditions",
            "test_from_request_to_first_day")),
    Clause("4.6", "岗位要求的其他条件", _C, ("eligibility.dmn",), ("test_each_condition_has_its_own_obstacle",)),
    Clause("5.4", "逢进必考", _H, ("limits.check_category", "recruitment.onboarding.conclude_contract"),
           ("test_nobody_enters_without_exam_or_recognition",)),
    Clause("5.5", "街道按需申请，县级或市级统一招聘", _H,
           ("recruitment.planning.take_into_plan", "recruitment.post_import.ImportPostTable",
            "recruitment.onboarding.take_on"),
           ("test_only_accepted_requests_go_into_a_plan", "test_a_post_without_a_request_is_refused_in_the_import")),
    Clause("5.6", "其他部门不得设岗招聘", _H,
           ("recruitment.post_import.ImportPostTable", "recruitment.announcement.create_campaign"),
           ("test_another_countys_clerk_cannot_touch_the_post_table",)),
    Clause("5.7", "专职网格员同等条件下优先", _H,
           ("ranking_ties.dmn", "recruitment.settings.TIE_PREFERENCES"),
           ("test_grid_workers_come_first_under_every_template_and_setting",
            "test_equal_totals_are_ranked_with_the_reason_that_decided",
            "test_no_county_may_drop_the_preference_for_grid_workers")),
    Clause("5.9", "不再招聘专职网格员", _H, ("vocabulary.WorkerCategory",),
           ("test_no_category_takes_on_new_grid_workers",)),
    Clause("5.10", "吸纳毕业生、退役军人、社工专业人才", _C, ("bonus_points.dmn", "ranking_ties.dmn"),
           ("test_bonus_points_are_not_added_up_unless_the_county_says_so",)),
    Clause("6.5", "新入职集中培训不少于 3 天", _H,
           ("limits.INDUCTION_DAYS", "recruitment.onboarding.confirm_probation"),
           ("test_from_request_to_first_day",)),
    Clause("6.4", "年度培训正职不少于 5 天，副职、一般工作人员不少于 3 天", _H,
           ("appraisal.ledgers.training_met", "appraisal.plans.load_facts"),
           ("test_vector_23_short_training_bars_a_deputy_from_the_highest_grade",
            "test_training_is_noted_in_half_days_by_the_clerk_of_the_street")),
    Clause("9.6", "县级制定指导方案，街道（乡镇）组织实施", _H,
           ("appraisal.guides.publish_guide", "appraisal.plans.require_guide", "appraisal.plans.create_plan"),
           ("test_a_street_waits_for_the_countys_guide", "test_a_year_from_guide_to_filing")),
    Clause("9.7", "考核等次为优秀、合格、基本合格、不合格", _H,
           ("appraisal.terms.AppraisalGrade", "appraisal.excellence.check_choice", "appraisal_grade.dmn"),
           ("test_the_bands_of_the_grades", "test_vector_21_a_street_of_37_may_give_7",
            "test_more_of_the_highest_grade_than_the_cap_is_refused_with_the_clause")),
    Clause("9.8", "结果作为等级调整、奖惩、续聘的依据", _H,
           ("appraisal.effects.apply_effects", "appraisal_effects.dmn"),
           ("test_a_lowest_grade_lowers_the_level_but_not_below_the_post", "test_performance_pay_follows_the_grade",
            "test_three_good_years_raise_the_grade_and_low_years_delay_it")),
    Clause("9.9", "其他部门不得直接考核社区工作者", _H,
           ("appraisal.plans.require_street", "appraisal.attempts.NoteAttempt"),
           ("test_only_a_street_draws_up_a_plan_and_departments_are_refused_with_the_clause",)),
    Clause("8.1", "每个社区 2 名以上全科社工", _H,
           ("all_round.standing_of_communities", "secondment.rules.check_remaining"),
           ("test_a_community_with_two_certificates_of_which_one_has_ended_is_short",
            "test_a_community_keeps_two_all_round_workers")),
    Clause("8.2", "全科社工由县级统一培训测试，持证上岗", _H, ("all_round.CertifyAllRound",),
           ("test_only_the_county_certifies_and_only_once_a_day",)),
    Clause("11.2", "连续两年不合格或连续三年基本合格", _H,
           ("appraisal.consecutive.judge", "exits.proposals.propose_exit"),
           ("test_vector_9_exit_is_proposed_only_when_the_appeal_has_ended",
            "test_vector_10_an_unrated_year_is_skipped", "test_vector_11_a_mixed_run_is_left_to_people")),
    Clause("9.2", "县级以上机关事业单位不得借调", _H, ("secondment.rules.check_borrower",),
           ("test_vector_8_a_county_bureau_may_not_borrow",)),
    Clause("9.3", "街道确需借调的报县级批准", _H,
           ("secondment.course.approve", "secondment.eligibility.check_borrowing"),
           ("test_from_the_request_to_the_file",)),
    Clause("9.4", "借调不超过 6 个月", _H,
           ("secondment.rules.check_period", "secondment.rules.check_total", "settings.SECONDMENT_MONTHS"),
           ("test_vector_7_a_secondment_from_31_august_ends_on_27_february_at_the_latest",
            "test_two_periods_fill_six_months_in_twelve_to_the_day")),
    Clause("11.1", "受开除党籍、政务开除或刑事追究的退出", _H,
           ("exits.grounds.require_evidence", "exits.conflicts.conflicts_of", "exit_grounds.dmn"),
           ("test_every_ground_and_route_has_its_line_in_the_table",
            "test_the_officer_sees_both_texts_where_notice_and_law_differ")),
    Clause("11.3", "失职造成重大损失或恶劣影响的退出", _H, ("exits.grounds.require_evidence", "exit_grounds.dmn"),
           ("test_every_ground_and_route_has_its_line_in_the_table",
            "test_grave_grounds_bar_from_coming_back_for_five_years")),
    Clause("11.4", "经培训或调岗仍不能胜任的退出", _H, ("exits.grounds.require_evidence", "exit_grounds.dmn"),
           ("test_missing_evidence_is_refused_with_the_clause_and_changes_nothing",)),
    Clause("11.5", "连续旷工超过 10 个、1 年内累计超过 20 个工作日", _H,
           ("exits.absence.count_absence", "exits.absence_ledger.RecordAbsence"),
           ("test_vector_12_more_than_ten_consecutive_working_days",
            "test_vector_13_more_than_twenty_working_days_within_a_year")),
    Clause("11.6", "法律法规或文件规定的其他情形", _H, ("exits.grounds.check_route", "exit_grounds.dmn"),
           ("test_a_route_that_cannot_carry_the_ground_is_refused",)),
    Clause("11.7", "按规定程序退出", _H,
           ("exits.guards.check_guards", "exits.procedure.keep_guards", "exits.procedure.keep_paper"),
           ("test_who_says_nothing_in_five_working_days_is_decided_about",
            "test_a_paper_without_proof_of_service_is_refused")),
    Clause("L4", "规章制度经民主程序制定并公示", _H, ("exits.guards.check_guards",),
           ("test_rules_that_were_not_made_public_carry_no_exit",)),
    Clause("L42", "特别保护人员不得依第40条解除", _H, ("exits.guards.require_passed",),
           ("test_vector_16_a_pregnant_worker_is_protected_from_an_exit_for_unfitness",
            "test_vector_17_misconduct_is_not_protected_but_reviewed_again",
            "test_a_protected_person_is_refused_with_the_clause_and_may_be_trained_instead")),
    Clause("L43", "解除前将理由通知工会", _H, ("exits.procedure.union_needed",),
           ("test_the_union_is_told_of_every_unilateral_ending", "test_the_union_gets_its_answer_in_writing")),
    Clause("L47", "经济补偿按年限和三倍封顶计算", _H, ("exits.compensation.compensation",),
           ("test_vector_14_seven_and_a_half_years",
            "test_vector_15_high_wages_are_capped_at_three_times_and_twelve_years")),
    Clause("12.4", "由街道签订劳动合同", _H,
           ("recruitment.onboarding.conclude_contract", "recruitment.onboarding.take_on"),
           ("test_a_contract_with_seven_months_of_probation_is_refused",)),
    Clause("10.1", "工作失误、程序瑕疵可以容错，限期受理、调查、反馈、复查", _H,
           ("fault_tolerance.opening.open_fault_case", "fault_tolerance.investigation_clock.InvestigationClock"),
           ("test_an_application_after_thirty_days_is_refused_with_the_clause",
            "test_waiting_for_material_costs_no_day")),
    Clause("10.2", "三个区分开来：认定前逐项核对六项条件和负面清单", _H,
           ("fault_tolerance.check_sheet.check_conclusion", "fault_conclusion.dmn"),
           ("test_no_conclusion_without_a_sheet", "test_nobody_tolerates_what_the_negative_list_names")),
    Clause("10.3", "失实的澄清正名，回访谈心", _H, ("fault_tolerance.clearing_rules.check_clearable",),
           ("test_what_is_not_shown_to_be_untrue_is_not_cleared", "test_nobody_is_cleared_against_his_will")),
    Clause("L10", "一个月内订立书面合同", _H, ("contracts.contract_term",),
           ("test_contract_dates_include_their_last_day",)),
    Clause("L19", "试用期上限", _H,
           ("limits.check_probation", "workers.EmploymentContract", "recruitment.settings.PROBATION_MONTHS"),
           ("test_vector_18_seven_months_of_probation_are_refused",
            "test_probation_over_the_limit_is_refused_by_the_database",
            "test_no_county_may_set_a_longer_probation_than_the_law")),
)  # fmt: skip
"""Every clause of the traceability table that concerns recruitment, quota, grades and contracts."""


def clause(clause_id: str) -> Clause | None:
    """The clause with that id, if it is one of recruitment."""
    return next((entry for entry in CLAUSES if entry.id == clause_id), None)
