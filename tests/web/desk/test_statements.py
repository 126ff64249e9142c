"""Who decides reads what was brought forward, beside what it is about."""

from engine.delegates.recruitment.commands import RaiseObjection
from engine.personnel.recruitment.notices import latest_notice
from engine.personnel.recruitment.objections import Complaint
from engine.personnel.recruitment.outcomes import NoticeKind
from tests.process.office import Office
from tests.process.recruitment import Recruitment
from tests.web.desk.conftest import Desk


def test_a_defence_and_a_query_stand_before_who_decides_and_the_asker_stays_unnamed(office: Office, desk: Desk) -> None:
    recruitment = Recruitment(office, heads=[1]).open()
    people = [recruitment.admitted(), recruitment.admitted()]
    recruitment.close_registration()
    recruitment.seat()
    recruitment.examine(dict.fromkeys(people, 80))
    recruitment.act("county_clerk", "release_written", "release")
    first = people[0]
    notice = office.read(lambda session: latest_notice(session, recruitment.row.id, NoticeKind.WRITTEN))
    assert notice is not None
    query = Complaint(notice.id, str(first.row.exam_number), "提出的人", "13900000000", "第二大题漏加分")
    objection = office.do(RaiseObjection(query), first.actor)
    office.work()
    recruitment.pass_workdays(3)
    answers = {str(objection): {"finding": "unfounded", "text": "复核无误"}}
    recruitment.act("exam_officer", "answer_queries", "answered", "", answers=answers)
    recruitment.pass_workdays(1)
    first.handled("county_reviewer", "recheck", "fail", "与原件不符")
    first.act("recheck_defence", "defend", "原件已经补办")
    item = office.open_item(first.number, "decide_defence", office.staff["second_reviewer"])
    text = desk("second_reviewer").get(f"/worklist/items/{item}").text
    assert "原件已经补办" in text
    assert "第二大题漏加分" in text
    assert "复核无误" in text
    assert "提出的人" not in text

