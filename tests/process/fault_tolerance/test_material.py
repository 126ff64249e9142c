"""Material of a case: who adds it when, what happens to the clock, who opens which file, and what is kept of papers."""

from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from engine.delegates.fault_tolerance.commands import AddFaultMaterial
from engine.kernel.errors import Conflict, Invalid, NotFound, RuleViolation
from engine.kernel.history import HistoryEvent
from engine.personnel.case_files import CaseFile, FilePurpose, Material
from engine.personnel.fault_tolerance.terms import FaultPaper, FaultState
from engine.personnel.files import read_file
from engine.personnel.policy import SetPolicyParameter
from engine.workflow.handing_over import TransferWorkItem
from tests.process.fault_tolerance.bureau import Bureau
from tests.process.fault_tolerance.test_fault_case import due_days


def picture(comment: bytes = b"") -> bytes:
    """A photo, with something hidden in it."""
    target = BytesIO()
    Image.new("RGB", (60, 40), "#446688").save(target, "JPEG", comment=comment)
    return target.getvalue()


PHOTO = Material("现场照片", picture())


def test_material_is_encoded_anew_sealed_and_seen_by_readers_and_its_giver_only(bureau: Bureau) -> None:
    number = bureau.apply(materials=(Material("现场照片", picture(b"HIDDEN PLACE")),))
    bureau.office.do(AddFaultMaterial(number, Material("值班表", picture())), bureau.discipline)
    assert bureau.files(number, bureau.organisation) == ["application", "opened"]
    assert bureau.files(number, bureau.person) == ["application"]
    assert bureau.files(number, bureau.stranger) == []
    file_id = bureau.office.read(lambda session: session.scalars(select(CaseFile.file_id)).first()) or 0
    engine = bureau.office.engine
    with engine.reading() as session:
        kept = read_file(session, engine.settings.files_folder, engine.store.cipher, file_id)
    assert kept.content.startswith(b"\xff\xd8")
    assert b"HIDDEN PLACE" not in kept.content
    for path in engine.settings.files_folder.rglob("*"):
        assert not path.is_file() or kept.content not in path.read_bytes()


def test_what_is_no_picture_or_document_is_refused_and_nothing_is_kept(bureau: Bureau) -> None:
    number = bureau.apply()
    with pytest.raises(Invalid) as refused:
        bureau.office.do(AddFaultMaterial(number, Material("程序", b"MZ not a picture")), bureau.person)
    assert "file" in refused.value.fields
    with pytest.raises(Invalid, match="材料名称"):
        bureau.office.do(AddFaultMaterial(number, Material(" ", picture())), bureau.person)
    assert bureau.files(number, bureau.discipline) == []


def test_a_stranger_adds_nothing_and_nobody_adds_to_a_closed_case(bureau: Bureau) -> None:
    number = bureau.apply()
    for stranger in (bureau.stranger, bureau.office.staff["county_clerk"]):
        with pytest.raises(NotFound):
            bureau.office.do(AddFaultMaterial(number, PHOTO), stranger)
    bureau.act(number, "acceptance", "refuse", opinion="不属于工作失误")
    for late in (bureau.person, bureau.discipline):
        with pytest.raises(Conflict, match="不能再补充材料"):
            bureau.office.do(AddFaultMaterial(number, PHOTO), late)


def test_the_person_hands_in_material_while_the_clock_stands_still(bureau: Bureau) -> None:
    number = bureau.apply()
    bureau.act(number, "acceptance", "accept")
    before = due_days(bureau, number, "investigation")
    bureau.act(number, "investigation", "ask_person", opinion="请提供值班表")
    assert bureau.fault(number).state is FaultState.WAITING
    assert bureau.fault(number).material_request == "请提供值班表"
    bureau.wait(7)
    bureau.office.do(AddFaultMaterial(number, Material("值班表", picture())), bureau.person)
    bureau.act(number, "hand_in_material", "hand_in", {"account": "值班表已上传。"}, who=bureau.person)
    row = bureau.fault(number)
    assert row.state is FaultState.INVESTIGATING
    assert "值班表已上传" in row.account
    assert abs(due_days(bureau, number, "investigation") - before) <= 3


def test_material_that_never_comes_lets_the_clock_run_again(bureau: Bureau) -> None:
    number = bureau.apply()
    bureau.act(number, "acceptance", "accept")
    bureau.act(number, "investigation", "ask_person", opinion="请提供值班表")
    bureau.wait(20)
    assert bureau.office.open_nodes(number) == ["investigation"]
    assert bureau.fault(number).state is FaultState.INVESTIGATING


def test_limits_of_a_case_are_those_of_the_day_it_was_opened(bureau: Bureau) -> None:
    command = SetPolicyParameter(bureau.office.county, "fault.acceptWorkdays", "10", bureau.today, "县纪委规定")
    early = bureau.apply()
    bureau.office.do(command, bureau.head)
    assert due_days(bureau, early, "acceptance") <= 7
    bureau.act(early, "acceptance", "refuse", opinion="不属于工作失误")
    assert due_days(bureau, bureau.apply(), "acceptance") > 10


def test_who_drafts_the_conclusion_does_not_sign_it_and_a_lone_officer_cannot_draft(bureau: Bureau) -> None:
    number = bureau.apply(bureau.discipline)
    bureau.to_sheet(number)
    bureau.fill(number)
    bureau.dismiss(bureau.colleague)
    with pytest.raises(RuleViolation, match="拟定人以外") as refused:
        bureau.act(number, "draft_conclusion", "exempt")
    assert refused.value.clause == "10.2"
    assert bureau.office.open_nodes(number) == ["draft_conclusion"]
    assert bureau.fault(number).drafted is None


def test_papers_are_numbered_kept_and_told_to_history_with_their_digest(bureau: Bureau) -> None:
    number = bureau.concluded(who=bureau.person)
    assert bureau.files(number, bureau.head) == ["application", "check_sheet", "conclusion", "notice"]
    assert bureau.files(number, bureau.person) == [FaultPaper.NOTICE]

    kept = bureau.office.read(lambda session: [
        (row.number, row.file.sha256)
        for row in session.scalars(select(CaseFile).where(CaseFile.purpose == FilePurpose.PAPER).order_by(CaseFile.id))
    ])  # fmt: skip
    told = bureau.office.read(lambda session: [
        (row.facts["number"], row.facts["digest"])
        for row in session.scalars(select(HistoryEvent).where(HistoryEvent.type == "paper.issued"))
    ])  # fmt: skip
    assert kept == told
    assert kept[0][0] == "清纪容申〔2026〕1号"


def test_work_of_a_sealed_case_is_given_only_to_those_who_may_read_it(bureau: Bureau) -> None:
    number = bureau.apply()
    item = bureau.office.open_item(number, "acceptance", bureau.discipline)
    outsider = bureau.office.staff["county_clerk"].user_id
    with pytest.raises(Invalid):
        bureau.office.do(TransferWorkItem(item, outsider or 0, "请代办"), bureau.discipline)
    bureau.office.do(TransferWorkItem(item, bureau.colleague.user_id or 0, "请代办"), bureau.discipline)
    bureau.act(number, "acceptance", "accept", who=bureau.colleague)
