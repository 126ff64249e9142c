"""Cases of a confidential process are read by the roles it names, and by nobody because he supervises."""

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.kernel.errors import NotFound
from engine.workflow.case_trace import sees_whole, visible_instance
from engine.workflow.item_trace import visible_item
from engine.workflow.tables import ProcessDefinition
from engine.workflow.worklist import all_cases
from tests.store.workflow_reading.conftest import NOW, Office

CASE = 1


@pytest.fixture
def confidential(office: Office) -> Office:
    """One open case of a process that only discipline and the county's head read; a reviewer handles it."""
    office.person("纪检员", "discipline_officer", office.county)
    office.person("外县纪检员", "discipline_officer", office.street)
    office.person("县经办", "county_clerk", office.county)
    office.person("流程管理员", "process_admin", office.county)
    office.items(f"county_reviewer@{office.county}", [1], initiator="赵敏")
    with office.store.session() as session, session.begin():
        session.execute(update(ProcessDefinition).values(readers="discipline_officer, county_head"))
    return office


def sees(session: Session, office: Office, name: str) -> bool:
    try:
        visible_instance(session, office.actor(name), CASE, NOW)
    except NotFound:
        return False
    return True


@pytest.mark.parametrize("name", ["纪检员", "孙部长"])
def test_a_named_role_reads_the_whole_case_and_finds_it_in_the_list(confidential: Office, name: str) -> None:
    with confidential.store.reading() as session:
        actor = confidential.actor(name)
        instance = visible_instance(session, actor, CASE, NOW)
        assert sees_whole(session, actor, instance)
        assert [row.instance_id for row in all_cases(session, actor).rows] == [CASE]
        assert visible_item(session, actor, CASE, NOW).instance_id == CASE


@pytest.mark.parametrize("name", ["县经办", "流程管理员", "外县纪检员"])
def test_a_supervisor_whom_the_process_does_not_name_learns_nothing(confidential: Office, name: str) -> None:
    with confidential.store.reading() as session:
        actor = confidential.actor(name)
        assert not sees(session, confidential, name)
        assert all_cases(session, actor).rows == ()
        assert all_cases(session, actor, typed="第", cases=[("recruitment_registration", "BM-000001")]).rows == ()
        with pytest.raises(NotFound):
            visible_item(session, actor, CASE, NOW)


@pytest.mark.parametrize("name", ["赵敏", "王芳"])
def test_who_began_or_handles_it_sees_his_own_part_only(confidential: Office, name: str) -> None:
    with confidential.store.reading() as session:
        actor = confidential.actor(name)
        instance = visible_instance(session, actor, CASE, NOW)
        assert not sees_whole(session, actor, instance)
        assert all_cases(session, actor).rows == ()


def test_a_process_that_names_nobody_is_read_by_the_supervisors(office: Office) -> None:
    office.person("纪检员", "discipline_officer", office.county)
    office.items(f"county_reviewer@{office.county}", [1], initiator="赵敏")
    with office.store.reading() as session:
        assert sees(session, office, "孙部长")
        assert not sees(session, office, "纪检员")
        assert sees_whole(session, office.actor("赵敏"), visible_instance(session, office.actor("赵敏"), CASE, NOW))
