"""Drafts, submitting, reviews, appeal, opening ratio with re-registration, waiver and disqualification."""

from datetime import date, timedelta

import pytest

from engine.kernel.actor import Actor
from engine.kernel.command import CommandContext
from engine.kernel.errors import Conflict, Forbidden, Invalid, NotFound, RuleViolation
from engine.personnel.id_number import id_number_of
from engine.personnel.recruitment import enrolment, hiring, settlement
from engine.personnel.recruitment.applicant import AttachFile, RemoveAttachment, SaveRegistrationDraft
from engine.personnel.recruitment.enrolment import change_post, submit_registration, window_open
from engine.personnel.recruitment.outcomes import ReEntryBan
from engine.personnel.recruitment.planning import WantedPosts
from engine.personnel.recruitment.queries import desk_overview, post_rows, registrations_of_user
from engine.personnel.recruitment.registrations import AttachmentKind, Registration, ReviewDecision, id_index
from engine.personnel.recruitment.states import CampaignState
from engine.personnel.recruitment.states import RegistrationState as State
from engine.personnel.vocabulary import Sex
from tests.store.personnel.conftest import JPEG, County

ONE_POST = WantedPosts("社区工作者", 2)
TWO_POSTS = (WantedPosts("党建岗", 1), WantedPosts("网格岗", 1))


def test_a_draft_keeps_whatever_was_typed_so_far(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    actor = county.applicants[0]
    save = SaveRegistrationDraft(
        campaign_id, {"name": " 张三 ", "address": "平安路 1 号", "admin": "1", "state": "hired"}
    )
    first = county.engine.execute(save, actor=actor)
    again = county.engine.execute(SaveRegistrationDraft(campaign_id, {"school": "云泽大学"}), actor=actor)
    entry = county.registration(first)
    assert first == again
    assert (entry.name, entry.state, entry.details) == (
        "张三", State.DRAFT, {"address": "平安路 1 号", "school": "云泽大学"},
    )  # fmt: skip
    with county.engine.reading() as session:
        assert [row.id for row in registrations_of_user(session, actor.user_id or 0)] == [first]


def test_the_id_number_gives_birth_date_and_sex_and_is_found_only_by_its_index(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    text = id_number_of("320706", county.campaign(campaign_id).posts[0].birth_from, 122)
    entry = county.registration(
        county.engine.execute(SaveRegistrationDraft(campaign_id, {"id_number": text}), actor=county.applicants[0])
    )
    assert (entry.born, entry.sex) == (county.campaign(campaign_id).posts[0].birth_from, Sex.FEMALE)
    assert entry.id_index is None
    other = county.registration(county.submitted(campaign_id, county.applicants[1]))
    assert county.run(lambda c: id_index(c, str(other.id_number))) == other.id_index
    with county.engine.reading() as session:
        query = f"SELECT id_number, phone, details FROM registration WHERE id = {entry.id}"
        raw = session.connection().exec_driver_sql(query).one()
    assert all(text.encode() not in bytes(value) for value in raw if value is not None)


def test_one_person_registers_once_in_a_campaign(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    text = county.registration(county.submitted(campaign_id, county.applicants[0])).id_number
    with pytest.raises(Invalid, match="已在本次招聘中报名"):
        county.engine.execute(SaveRegistrationDraft(campaign_id, {"id_number": text}), actor=county.applicants[1])


def test_the_database_itself_refuses_a_second_post_for_one_person(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    first = county.submitted(campaign_id, county.applicants[0])
    second = county.draft(campaign_id, county.applicants[1])
    index = county.registration(first).id_index

    def force(context: CommandContext) -> None:
        entry = context.session.get_one(Registration, second)
        entry.id_index = index

    with pytest.raises(Exception, match=r"(?i)unique|one_post_per_person"):
        county.run(force)


def test_a_wrong_id_number_is_refused_at_its_field_and_nothing_is_lost(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    registration_id = county.draft(campaign_id, county.applicants[0])
    with pytest.raises(Invalid) as refused:
        county.engine.execute(
            SaveRegistrationDraft(campaign_id, {"id_number": "320706199505050000"}), actor=county.applicants[0]
        )
    assert "第 18 位应为" in refused.value.fields["id_number"]
    assert county.registration(registration_id).name == "报考人0"


def test_a_form_without_every_declaration_is_not_taken(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    registration_id = county.draft(campaign_id, county.applicants[0], declarations=["loyalty"])
    with pytest.raises(Invalid) as refused:
        county.run(lambda c: submit_registration(c, registration_id))
    assert set(refused.value.fields) == {"declarations"}


def test_missing_fields_and_files_are_all_named_at_once(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    actor = county.applicants[0]
    registration_id = county.engine.execute(SaveRegistrationDraft(campaign_id, {"veteran": True}), actor=actor)
    with pytest.raises(Invalid) as refused:
        county.run(lambda c: submit_registration(c, registration_id))
    assert {"post_id", "name", "id_number", "resume", "attachment_photo", "attachment_veteran"} <= set(
        refused.value.fields
    )


def test_who_does_not_meet_the_post_is_told_why(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    registration_id = county.draft(campaign_id, county.applicants[0], education="senior")
    with pytest.raises(Invalid, match="该岗位要求学历为大专及以上"):
        county.run(lambda c: submit_registration(c, registration_id))


def test_who_is_banned_from_coming_back_cannot_register(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    registration_id = county.draft(campaign_id, county.applicants[0])
    number = county.registration(registration_id).id_number
    index = county.run(lambda c: id_index(c, str(number)))

    def ban(context: CommandContext) -> None:
        entry = ReEntryBan(id_index=index, county_id=county.id, reason="旷工", until=county.clock.now().date())
        context.session.add(entry)

    county.run(ban)
    with pytest.raises(Invalid, match="禁入期"):
        county.run(lambda c: submit_registration(c, registration_id))


def test_the_window_closes_to_the_minute(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    registration_id = county.draft(campaign_id, county.applicants[0])
    county.clock.move_to(county.campaign(campaign_id).reg_closes_at)
    with pytest.raises(Conflict, match="草稿已为您保留"):
        county.run(lambda c: submit_registration(c, registration_id))
    county.clock.advance(-timedelta(seconds=1))
    county.run(lambda c: submit_registration(c, registration_id))


def test_a_returned_form_shows_the_remark_at_its_field_and_can_be_handed_in_again(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    registration_id = county.submitted(campaign_id, county.applicants[0])
    with pytest.raises(Invalid, match="理由"):
        county.review(registration_id, ReviewDecision.RETURN)
    county.review(registration_id, ReviewDecision.RETURN, school="请写毕业院校全称")
    with county.engine.reading() as session:
        entry = session.get_one(Registration, registration_id)
        assert entry.reviews[-1].remarks == {"school": "请写毕业院校全称"}
        assert entry.reviews[-1].reviewer_id == county.reviewer.user_id
    county.engine.execute(SaveRegistrationDraft(campaign_id, {"school": "云泽师范大学"}), actor=county.applicants[0])
    county.run(lambda c: submit_registration(c, registration_id))
    county.review(registration_id, ReviewDecision.PASS)
    assert county.state(registration_id) is State.PASSED


def test_an_admitted_form_is_locked(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    (registration_id,) = county.passed(campaign_id, 1)
    with pytest.raises(Conflict, match="不能修改"):
        county.engine.execute(SaveRegistrationDraft(campaign_id, {"name": "李四"}), actor=county.applicants[0])
    with pytest.raises(Conflict, match="不能修改材料"):
        county.attach(registration_id, county.applicants[0], AttachmentKind.OTHER)


def test_an_appeal_is_decided_by_somebody_else_and_in_its_window(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    registration_id = county.submitted(campaign_id, county.applicants[0])
    county.review(registration_id, ReviewDecision.REJECT, "专业不符")
    county.run(lambda c: enrolment.request_appeal(c, registration_id, "专业目录中属于同一类"))
    with pytest.raises(RuleViolation, match="初审人员不能办理"):
        county.run(lambda c: enrolment.decide_appeal(c, registration_id, True, "成立"), county.reviewer)
    county.run(lambda c: enrolment.decide_appeal(c, registration_id, False, "不成立"), county.head)
    assert county.state(registration_id) is State.REJECTED
    county.clock.move_to(county.campaign(campaign_id).appeal_closes_at)
    with pytest.raises(Invalid, match="申诉时间已截止"):
        county.run(lambda c: enrolment.request_appeal(c, registration_id, "再次申诉"))


def test_withdrawn_before_review_means_free_to_register_again(county: County) -> None:
    campaign_id = county.opened(*TWO_POSTS)
    registration_id = county.submitted(campaign_id, county.applicants[0])
    county.run(lambda c: enrolment.withdraw_registration(c, registration_id))
    county.run(lambda c: change_post(c, registration_id, county.campaign(campaign_id).posts[1].id))
    county.run(lambda c: submit_registration(c, registration_id))
    assert county.registration(registration_id).post_id == county.campaign(campaign_id).posts[1].id


def test_a_post_short_of_applicants_is_cancelled_and_only_its_applicants_may_change(county: County) -> None:
    campaign_id = county.opened(*TWO_POSTS)
    posts = county.campaign(campaign_id).posts
    ids = county.passed(campaign_id, 3)
    changer = county.submitted(campaign_id, county.applicants[3], post_id=posts[1].id)
    county.review(changer, ReviewDecision.PASS)
    result = county.close_and_settle(campaign_id)
    assert (result.kept, result.cancelled, result.open_posts) == (1, 1, 1)
    assert result.to_change == (county.registration(changer).number,)
    assert county.campaign(campaign_id).state is CampaignState.RE_REG
    assert (county.state(changer), county.state(ids[0])) == (State.POST_CANCELLED, State.PASSED)
    with county.engine.reading() as session:
        entry = session.get_one(Registration, changer)
        assert window_open(entry, county.clock.now())
        assert not window_open(entry, county.clock.now() + timedelta(hours=24))
    with pytest.raises(Invalid, match="该岗位已取消"):
        county.run(lambda c: change_post(c, changer, posts[1].id))
    county.run(lambda c: change_post(c, changer, posts[0].id))
    county.run(lambda c: submit_registration(c, changer))
    county.review(changer, ReviewDecision.PASS)
    assert county.run(lambda c: settlement.close_reregistration(c, campaign_id)) == []
    assert len(county.run(lambda c: settlement.fix_examinees(c, campaign_id))) == 4


def test_the_ratio_is_not_settled_while_a_review_is_open(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    county.submitted(campaign_id, county.applicants[0])
    with pytest.raises(Conflict, match="还有 1 份报名未审结"):
        county.close_and_settle(campaign_id)


def test_a_plan_is_reduced_to_what_the_applicants_support(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    county.passed(campaign_id, 4)
    assert county.close_and_settle(campaign_id).reduced == 1
    post = county.campaign(campaign_id).posts[0]
    assert (post.heads_planned, post.heads) == (2, 1)


def test_false_data_ends_a_registration_at_any_stage(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    (registration_id,) = county.passed(campaign_id, 1)
    with pytest.raises(Invalid, match="事实和依据"):
        county.run(lambda c: enrolment.disqualify(c, registration_id, " "))
    before = county.run(lambda c: enrolment.disqualify(c, registration_id, "学历证书系伪造"))
    assert (before, county.state(registration_id)) == (State.PASSED, State.DISQUALIFIED)
    assert county.registration(registration_id).ended_reason == "学历证书系伪造"


def test_other_peoples_drafts_do_not_exist(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    registration_id = county.draft(campaign_id, county.applicants[0])
    attachment = county.attach(registration_id, county.applicants[0], AttachmentKind.OTHER)
    stranger = county.applicants[1]
    with pytest.raises(NotFound):
        county.engine.execute(AttachFile(registration_id, AttachmentKind.OTHER, "x", JPEG), actor=stranger)
    with pytest.raises(NotFound):
        county.engine.execute(RemoveAttachment(registration_id, attachment), actor=stranger)
    with pytest.raises(Forbidden):
        county.engine.execute(SaveRegistrationDraft(campaign_id, {}), actor=Actor(None, "访客"))


def test_files_are_told_by_content_and_lie_encrypted_under_random_names(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    actor = county.applicants[0]
    registration_id = county.draft(campaign_id, actor)
    folder = county.engine.settings.files_folder
    stored = [path for path in folder.rglob("*") if path.is_file()]
    assert len(stored) == 4
    assert all(JPEG not in path.read_bytes() and "材料" not in path.name for path in stored)
    with pytest.raises(Invalid, match="只能上传"):
        county.attach(registration_id, actor, AttachmentKind.OTHER, b"<html><script>alert(1)</script></html>")
    with pytest.raises(Invalid, match="空的"):
        county.attach(registration_id, actor, AttachmentKind.OTHER, b"")
    county.attach(registration_id, actor, AttachmentKind.PHOTO)
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 4


def test_a_failed_command_leaves_no_file_behind(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    registration_id = county.draft(campaign_id, county.applicants[0])
    before = len(list(county.engine.settings.files_folder.rglob("*")))
    pdf = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"
    with pytest.raises(Invalid, match="JPG"):
        county.attach(registration_id, county.applicants[0], AttachmentKind.PHOTO, pdf)
    files = [path for path in county.engine.settings.files_folder.rglob("*") if path.is_file()]
    assert len(files) == 4 and before >= 4


def test_the_desk_sees_counts(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    county.passed(campaign_id, 2)
    county.submitted(campaign_id, county.applicants[2])
    county.draft(campaign_id, county.applicants[3])
    with county.engine.reading() as session:
        overview = desk_overview(session, campaign_id)
        (post,) = post_rows(session, campaign_id)
    assert (overview.registered, overview.waiting_review, overview.passed, overview.below_ratio) == (3, 1, 2, 1)
    assert (post.applied, post.passed, post.below_ratio) == (3, 2, True)


def test_when_every_post_is_cancelled_the_campaign_can_be_closed_and_nobody_is_left_waiting(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    (registration_id,) = county.passed(campaign_id, 1)
    result = county.close_and_settle(campaign_id)
    assert (result.cancelled, result.open_posts, result.to_change) == (1, 0, ())
    county.run(lambda c: enrolment.close_open_registration(c, registration_id, "岗位取消"))
    assert county.run(lambda c: hiring.close_campaign(c, campaign_id)) == 2
    assert county.state(registration_id) is State.NOT_HIRED


def test_a_date_is_moved_with_a_reason_and_never_past_the_next_one(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    before = county.campaign(campaign_id)

    def extend(hours: int, reason: str) -> None:
        step = settlement.Extension(timedelta(hours=hours), reason)
        county.run(lambda c: settlement.extend_window(c, campaign_id, "reg_closes_at", step))

    with pytest.raises(Invalid, match="调整理由"):
        extend(2, " ")
    with pytest.raises(Invalid, match="初审截止不能早于报名截止"):
        extend(24 * 30, "报名系统故障")
    extend(2, "报名系统故障")
    assert county.campaign(campaign_id).reg_closes_at == before.reg_closes_at + timedelta(hours=2)


def test_a_cancelled_campaign_leaves_drafts_as_drafts_and_ends_the_rest(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    draft = county.draft(campaign_id, county.applicants[0])
    submitted = county.submitted(campaign_id, county.applicants[1])
    for each in (draft, submitted):
        county.run(lambda c, each=each: enrolment.close_open_registration(c, each, "招聘终止"))
    assert (county.state(draft), county.state(submitted)) == (State.DRAFT, State.NOT_HIRED)


def test_a_draft_with_somebodys_id_number_does_not_hinder_him(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    stranger, person = county.applicants[:2]
    number = id_number_of("320706", date(1996, 6, 6), 9)
    draft = county.draft(campaign_id, stranger, id_number=number)
    county.submitted(campaign_id, person, id_number=number)
    with pytest.raises(Invalid, match="已在本次招聘中报名"):
        county.run(lambda context: submit_registration(context, draft), stranger)
    with pytest.raises(Invalid, match="已在本次招聘中报名"):
        county.draft(campaign_id, county.applicants[2], id_number=number)
