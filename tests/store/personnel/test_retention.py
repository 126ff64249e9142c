"""Files that may not be kept any longer, and contents that no row knows."""

import os
from datetime import timedelta

import pytest

from engine.kernel.command import CommandContext
from engine.kernel.errors import NotFound
from engine.personnel import files
from engine.personnel.files import StoredFile, read_file, store_file
from engine.personnel.recruitment import retention
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.planning import WantedPosts
from engine.personnel.recruitment.registrations import Attachment, AttachmentKind, Registration
from engine.personnel.recruitment.states import RegistrationState
from tests.store.personnel.conftest import County

ONE_POST = WantedPosts("社区工作者", 2)

PDF = b"%PDF-1.4 a certificate"


def with_file(county: County, registration_id: int) -> StoredFile:
    def make(context: CommandContext) -> StoredFile:
        file = store_file(context, None, "证书.pdf", PDF)
        context.session.add(Attachment(registration_id=registration_id, kind=AttachmentKind.DIPLOMA, file_id=file.id))
        context.session.flush()
        context.session.expunge(file)
        return file

    return county.run(make)


def hire(context: CommandContext, registration_id: int) -> None:
    context.session.get_one(Registration, registration_id).state = RegistrationState.HIRED


def content(county: County, file: StoredFile) -> bytes:
    engine = county.engine
    with engine.reading() as session:
        return read_file(session, engine.settings.files_folder, engine.store.cipher, file.id).content


def close(county: County, campaign_id: int) -> None:
    def make(context: CommandContext) -> None:
        context.session.get_one(Campaign, campaign_id).closed_at = context.now

    county.run(make)


def test_files_of_who_was_not_hired_go_after_a_year_and_those_of_the_hired_stay(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    unselected, hired = county.passed(campaign_id, 2)
    gone, kept = with_file(county, unselected), with_file(county, hired)
    county.run(lambda c: hire(c, hired))
    close(county, campaign_id)
    assert county.run(lambda c: retention.over_due(c.session, c.now + timedelta(days=360))) == []
    due = county.run(lambda c: retention.over_due(c.session, c.now + timedelta(days=367)))
    assert due == [unselected]
    for each in (unselected, hired):
        county.run(lambda c, each=each: retention.erase_files(c, each))
    with pytest.raises(NotFound, match="保存期限"):
        content(county, gone)
    assert content(county, kept) == PDF
    assert county.run(lambda c: retention.over_due(c.session, c.now + timedelta(days=367))) == []


def test_contents_that_no_row_knows_are_swept_after_a_day(county: County) -> None:
    campaign_id = county.opened(ONE_POST)
    kept = with_file(county, county.passed(campaign_id, 1)[0])
    folder = county.engine.settings.files_folder
    shelf = folder / kept.token[:2]
    orphan, young = shelf / f"{kept.token[:2]}orphan", shelf / f"{kept.token[:2]}young"
    for path in (orphan, young):
        path.write_bytes(b"left behind")
    now = county.engine.clock.now().timestamp()
    os.utime(orphan, (now - 90_000, now - 90_000))
    os.utime(young, (now, now))
    os.utime(shelf / kept.token, (now - 90_000, now - 90_000))
    assert county.run(lambda c: files.sweep(c, kept.token[:2])) == 1
    assert (orphan.exists(), young.exists()) == (False, True)
    assert content(county, kept) == PDF
    assert kept.token[:2] in files.shelves(folder)
