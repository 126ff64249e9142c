"""The demo county: what it holds after half a year was played, and that loading again changes nothing."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation
from engine.identity.passwords import password_fits
from engine.identity.roles import ROLES
from engine.identity.users import RoleMembership, User
from engine.kernel.clock import CHINA, FixedClock
from engine.kernel.history import HistoryChain, HistoryEvent, verify_chain
from engine.kernel.mail_settings import MailSettings, MailWay
from engine.kernel.settings import Settings
from engine.kernel.store import Store, open_store
from engine.personnel.id_number import problem_of
from engine.personnel.quota_ledger import quota_standing
from engine.personnel.recruitment.campaigns import Campaign
from engine.personnel.recruitment.registrations import Registration
from engine.personnel.recruitment.states import CampaignState, RegistrationState
from engine.personnel.spreadsheets import read_sheet
from engine.personnel.workers import CertificateDeadline, EmploymentContract, TrainingDuty, Worker
from engine.workflow.tables import Incident, Notification, ProcessInstance
from seed.county import OFFICERS, PASSWORD
from seed.installation import install

TODAY = datetime(2026, 11, 23, 9, 0, tzinfo=CHINA)
_R = RegistrationState
pytestmark = pytest.mark.xdist_group("seed")  # half a year is played once, by one worker


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("demo")
    mail = MailSettings(MailWay.FOLDER, folder=folder / "mail")
    return Settings(
        data_folder=folder, database_url=f"sqlite:///{folder / 'demo.db'}", master_key=bytes(range(32)), mail=mail
    )


@pytest.fixture(scope="module")
def store(settings: Settings) -> Iterator[Store]:
    assert install(settings, demo=True, tell=lambda _: None, clock=FixedClock(TODAY))
    store = open_store(settings.database_url, settings.cipher())
    yield store
    store.close()


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    with store.reading() as session:
        yield session


def states(session: Session, number: str) -> Counter[RegistrationState]:
    query = select(Registration.state).join(Campaign, Campaign.id == Registration.campaign_id)
    return Counter(session.scalars(query.where(Campaign.number == number)))


def test_the_county_has_three_streets_twelve_communities_and_150_workers_of_before(session: Session) -> None:
    kinds = Counter(session.scalars(select(Organisation.kind)))
    assert (kinds["street"], kinds["community"]) == (3, 12)
    assert session.scalar(select(func.count()).where(Worker.registration_id.is_(None))) == 150


def test_every_role_has_an_officer_who_can_sign_in(session: Session) -> None:
    held = set(session.scalars(select(RoleMembership.role)))
    assert held == {role.id for role in ROLES}
    logins = [officer.login for officer in OFFICERS]
    hashes = set(session.scalars(select(User.password_hash).where(User.login.in_(logins))))
    assert all(password_fits(each, PASSWORD) for each in hashes)


def test_one_recruitment_is_finished_one_in_the_middle_one_open_and_one_drawn_up(session: Session) -> None:
    assert list(session.scalars(select(Campaign.state).order_by(Campaign.number))) == [
        CampaignState.CLOSED, CampaignState.RECHECK, CampaignState.REG_OPEN, CampaignState.DRAFT,
    ]  # fmt: skip


def test_the_finished_one_has_hired_workers_with_contract_grade_deadline_and_duty(session: Session) -> None:
    hired = session.scalars(select(Worker).where(Worker.registration_id.is_not(None))).all()
    assert len(hired) == 3
    for worker in hired:
        assert worker.active
        for table in (EmploymentContract, CertificateDeadline, TrainingDuty):
            assert session.scalar(select(func.count()).where(table.worker_id == worker.id)) == 1


def test_the_open_one_has_registrations_in_several_states(session: Session) -> None:
    found = states(session, "ZP2026-0003")
    assert {_R.DRAFT, _R.SUBMITTED, _R.PASSED, _R.RETURNED, _R.REJECTED, _R.WITHDRAWN} <= set(found)
    assert sum(found.values()) >= 39


def test_the_one_in_the_middle_waits_at_the_recheck(session: Session) -> None:
    found = states(session, "ZP2026-0002")
    assert {_R.SHORTLISTED, _R.RECHECK_PASS, _R.RECHECK_FAIL, _R.SUBSTITUTE} <= set(found)


def test_nothing_is_stuck_and_the_history_holds(session: Session, settings: Settings) -> None:
    assert session.scalars(select(Incident)).all() == []
    for chain in session.scalars(select(HistoryChain)):
        assert verify_chain(session, settings.cipher(), chain.name, chain) is None
    for case in session.scalars(select(ProcessInstance)):
        assert verify_chain(session, settings.cipher(), f"instance:{case.id}", case) is None


def test_the_quota_adds_up(session: Session) -> None:
    county = session.scalars(select(Organisation.id).where(Organisation.kind == "county")).one()
    standing = quota_standing(session, county, TODAY.date())
    assert (standing.quota, standing.staffed) == (189, 152)  # 150 and three hired, less one who has left
    assert standing.vacant > 0


def test_identification_numbers_are_valid_in_form_and_belong_to_no_region(session: Session) -> None:
    numbers = [*session.scalars(select(Worker.id_number)), *session.scalars(select(Registration.id_number))]
    assert all(problem_of(number or "", TODAY.date()) is None for number in numbers)
    assert all(str(number).startswith("329901") for number in numbers)


def test_spreadsheets_lie_ready_as_an_office_has_them(settings: Settings, store: Store) -> None:
    files = {path.name for path in (settings.data_folder / "demo").iterdir()}
    assert {"面试成绩-ZP2026-0002.xlsx", "岗位表-ZP2026-0004.xlsx", "岗位表-ZP2026-0004-含错误.xlsx"} <= files
    marks = read_sheet((settings.data_folder / "demo" / "面试成绩-ZP2026-0002.xlsx").read_bytes())
    assert len(marks[0]) == 10
    assert len(marks) > 5


def test_loading_again_changes_nothing(settings: Settings, store: Store) -> None:
    def events() -> int:
        with store.reading() as session:
            return session.scalar(select(func.count()).select_from(HistoryEvent)) or 0

    before = events()
    assert install(settings, demo=True, tell=lambda _: None, clock=FixedClock(TODAY))
    assert events() == before


def test_the_first_letters_go_to_addresses_that_do_not_exist_and_name_nobody_by_number(
    session: Session, settings: Settings
) -> None:
    files = sorted(settings.mail.folder.glob("*.eml"))
    letters = [cast(EmailMessage, message_from_bytes(file.read_bytes(), policy=SMTP)) for file in files]
    assert len(letters) >= 4
    assert all(letter["To"].endswith("@example.invalid") for letter in letters)
    numbers = {user.phone for user in session.scalars(select(User)) if user.phone}
    assert not any(number in letter.get_content() for letter in letters for number in numbers)
    (secret,) = [letter for letter in letters if letter["To"].startswith("discipline_officer@")]
    assert "保密事项" in secret.get_content()
    assert session.scalar(select(func.count()).where(Notification.sorted_at.is_(None))) == 0


def test_an_interrupted_loading_leaves_no_database_behind(tmp_path: Path) -> None:
    settings = Settings(
        data_folder=tmp_path, database_url=f"sqlite:///{tmp_path / 'demo.db'}", master_key=bytes(range(32))
    )

    def interrupt(text: str) -> None:
        if "演练" in text:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        install(settings, demo=True, tell=interrupt, clock=FixedClock(TODAY))
    assert not (tmp_path / "demo.db").exists()


def test_without_the_demo_only_calendar_and_processes_are_loaded(tmp_path: Path) -> None:
    settings = Settings(
        data_folder=tmp_path, database_url=f"sqlite:///{tmp_path / 'plain.db'}", master_key=bytes(range(32))
    )
    assert not install(settings, demo=False, tell=lambda _: None, clock=FixedClock(TODAY))
    store = open_store(settings.database_url, settings.cipher())
    with store.reading() as session:
        assert session.scalars(select(Organisation)).all() == []
    store.close()
