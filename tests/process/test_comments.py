"""Comments on a registration: who sees them, and that their files go with the files of the registration."""

import pytest
from sqlalchemy import select

from engine.delegates.case_files import CommentOnCase, erase_attachments, files_of_comments
from engine.kernel.errors import Invalid, NotFound
from engine.personnel.files import read_file
from engine.workflow.tables import CaseNote, ProcessInstance
from tests.process.office import Office
from tests.process.recruitment import Applicant, Recruitment

PDF = b"%PDF-1.4 a letter"


def case_of(office: Office, applicant: Applicant) -> int:
    query = select(ProcessInstance.id).where(ProcessInstance.business_key == applicant.number)
    return office.read(lambda session: session.scalars(query).one())


def content(office: Office, file_id: int) -> bytes:
    engine = office.engine
    with engine.reading() as session:
        return read_file(session, engine.settings.files_folder, engine.store.cipher, file_id).content


def test_files_of_comments_go_with_the_files_of_the_registration(recruitment: Recruitment) -> None:
    office, applicant = recruitment.office, recruitment.applicant()
    applicant.submit()
    case = case_of(office, applicant)
    office.do(CommentOnCase(case, "学校来函", (("来函.pdf", PDF),)), "county_reviewer")
    ((file_id, name),) = office.read(lambda session: list(files_of_comments(session, case).items()))
    assert (name, content(office, file_id)) == ("来函.pdf", PDF)
    erased = office.prepare(lambda context: erase_attachments(context, "recruitment_registration", applicant.number))
    assert erased == 1
    with pytest.raises(NotFound, match="保存期限"):
        content(office, file_id)
    assert office.prepare(lambda c: erase_attachments(c, "recruitment_registration", applicant.number)) == 0


def test_who_cannot_see_the_case_neither_comments_nor_is_told(recruitment: Recruitment) -> None:
    office, applicant = recruitment.office, recruitment.applicant()
    applicant.submit()
    case, stranger = case_of(office, applicant), office.staff["discipline_officer"]
    with pytest.raises(NotFound):
        office.do(CommentOnCase(case, "看看"), stranger)
    with pytest.raises(Invalid):
        office.do(CommentOnCase(case, "请看", tell=(stranger.user_id or 0,)), "county_reviewer")
    with pytest.raises(Invalid):
        office.do(CommentOnCase(case, "附件", (("a.pdf", b"MZ"),)), "county_reviewer")
    assert office.read(lambda session: session.scalars(select(CaseNote)).all()) == []
