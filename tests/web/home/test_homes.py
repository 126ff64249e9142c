"""The home page of every role: its parts are there, every link on it opens, and nothing leaks."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select, update

from engine.identity.roles import ROLES
from engine.identity.users import RoleMembership
from engine.workflow.tables import ProcessInstance, Step, WorkItem
from seed.county import OFFICERS
from tests.visitor import SignIn
from tests.web.home.conftest import STAFF, START, Town

HOME = "/worklist/home"
LOGINS = {officer.role: officer.login for officer in reversed(OFFICERS)}
PARTS = {
    "street_clerk": ("队伍和用人需求", "年度考核", "借调", "退出", "公开招聘", "用人需求申请", "提出退出"),
    "street_leader": ("时限风险", "年度考核", "借调", "退出"),
    "community_secretary": ("本社区队伍", "民主测评"),
    "community_worker": ("民主测评", "容错申请", "更正档案", "辞职"),
    "resident_delegate": ("民主测评", "不记名"),
    "county_clerk": ("员额和用人需求", "核定员额", "时限风险", "发起公开招聘", "启动年度考核"),
    "county_head": ("员额和用人需求", "容错和澄清案件", "时限风险"),
    "county_reviewer": ("公开招聘",), "exam_officer": ("公开招聘", "考务台"), "medical_officer": ("公开招聘",),
    "background_checker": ("公开招聘",), "city_officer": ("各县（市、区）", "公开招聘"),
    "organisation_officer": ("容错和澄清案件", "员额"),
    "discipline_officer": ("容错和澄清案件", "启动容错", "登记处分和立案"),
    "finance_officer": ("员额", "离职结算和经济补偿"), "political_legal_officer": ("体检考察联审",),
    "union_officer": ("退出通知", "待答复"), "process_admin": ("流程运行", "没有办理人的事项", "流程定义"),
    "system_admin": ("账号和单位", "暂停登录的账号", "开通账号"), "security_admin": ("角色", "待授予角色的账号"),
    "audit_admin": ("例外办理", "核对全部记录是否完整"),
}  # fmt: skip
CONFIDENTIAL = {"discipline_officer", "organisation_officer", "county_head"}


def content_of(page: str) -> str:
    """What stands beside the navigation."""
    return page[page.index('<main id="content"') :]


def links_in(page: str) -> list[str]:
    """Addresses of this site that the content leads to, each once."""
    found = re.findall(r'href="(/[^"#]*)"', content_of(page))
    return list(dict.fromkeys(unescape(address) for address in found))


def figure(page: str, label: str) -> int:
    """The number above a label."""
    found = re.search(rf"<b>(\d+)</b> <span>{label}</span>", page)
    assert found is not None, label
    return int(found[1])


def test_every_role_has_a_home_page_with_parts_of_its_own() -> None:
    assert set(PARTS) == {role.id for role in ROLES} == set(LOGINS)


@pytest.mark.parametrize("role", sorted(PARTS))
def test_a_home_says_what_waits_opens_every_link_and_tells_named_readers_only_of_confidential_cases(
    role: str, sign_in: SignIn, town: Town
) -> None:
    visitor = sign_in(LOGINS[role])
    page = visitor.get(HOME).text
    for words in ("件待办", "件已逾期", "2 个工作日内到期", "等您办理", "昨天以来", *PARTS[role]):
        assert words in content_of(page), words
    if role in CONFIDENTIAL:
        assert figure(page, "容错：待受理") == 1
    else:
        assert "容错和澄清案件" not in content_of(page)
        assert town.fault not in page
    for address in links_in(page):
        assert visitor.get(address).status_code in {200, 302}, address


def test_a_street_counts_its_own_cases_and_no_other_streets(sign_in: SignIn) -> None:
    own, other = sign_in("street_leader").get(HOME).text, sign_in("street_leader2").get(HOME).text
    county = sign_in("county_clerk").get(HOME).text
    for label, number in (("审批中和待借出", 1), ("办理中", 2), ("需求审核中", 1)):
        assert (figure(own, label), figure(county, label), figure(other, label)) == (number, number, 0), label
    assert figure(own, "在岗社区工作者") == len(STAFF)


def test_somebody_with_nothing_to_do_is_told_what_will_appear(sign_in: SignIn) -> None:
    page = sign_in("medical_officer").get(HOME).text
    assert "现在没有待办" in page
    assert "<b>0</b> 件已逾期" in page
    assert "tally-late" not in page


def test_a_delegate_finds_the_ballot_with_one_button(sign_in: SignIn) -> None:
    page = content_of(sign_in("resident_delegate").get(HOME).text)
    assert re.search(r'<a class="btn btn-primary" href="/appraisal/ballots/\d+">去投票</a>', page)


def test_somebody_with_several_roles_sees_them_together_and_everything_once(sign_in: SignIn, town: Town) -> None:
    county = town.story.county
    with town.engine.store.session() as session, session.begin():
        session.add(RoleMembership(user_id=county.officers["street_clerk3"], role="county_clerk",
                                   organisation_id=county.county))  # fmt: skip
    page = content_of(sign_in("street_clerk3").get(HOME).text)
    for words in ("核定员额", "发起公开招聘", "提出退出", "时限风险"):
        assert words in page, words
    for panel in ("借调", "退出", "公开招聘"):
        assert page.count(f'aria-label="{panel}"') == 1, panel


def test_what_arrived_since_yesterday_is_counted_and_older_work_is_not(sign_in: SignIn, town: Town) -> None:
    assert re.search(r"新到 \d+ 件", sign_in("street_leader").get(HOME).text)
    with town.engine.store.session() as session, session.begin():
        session.execute(
            update(WorkItem)
            .where(WorkItem.queue == f"street_leader@{town.story.county.streets[0]}")
            .values(created_at=START - timedelta(days=3))
        )
    assert "新到" not in content_of(sign_in("street_leader").get(HOME).text)


def test_the_numbers_of_deadlines_lead_to_exactly_these_steps_and_to_no_confidential_ones(
    sign_in: SignIn, town: Town
) -> None:
    with town.engine.store.session() as session, session.begin():
        past = START - timedelta(days=3)
        cases = select(ProcessInstance.id).where(ProcessInstance.process_key.in_(("secondment", "fault_tolerance")))
        session.execute(update(WorkItem).where(WorkItem.instance_id.in_(cases)).values(due_order=past))
        session.execute(update(Step).where(Step.instance_id.in_(cases)).values(due_at=past))
    head, clerk = sign_in("county_head"), sign_in("county_clerk")
    assert figure(head.get(HOME).text, "借调逾期") == figure(clerk.get(HOME).text, "借调逾期") == 1
    assert figure(head.get(HOME).text, "容错纠错逾期") == 1
    late = clerk.get("/worklist/at-risk?process=secondment").text
    assert "1 个环节" in late
    assert "本人意见" in late
    assert town.fault not in clerk.get("/worklist/at-risk").text
    assert town.fault in head.get("/worklist/at-risk").text
    assert "已逾期" not in content_of(sign_in("street_leader2").get("/worklist/at-risk").text)
    assert sign_in("community_worker").get("/worklist/at-risk").status_code == 403


def test_the_auditor_reads_when_the_books_were_checked_and_with_what_result(sign_in: SignIn) -> None:
    visitor = sign_in("audit_admin")
    assert "还没有核对过" in visitor.get(HOME).text
    assert visitor.post("/operations/history/verify", page=HOME).status_code == 302
    page = visitor.get(HOME).text
    assert "最近一次核对" in page
    assert "全部完整" in content_of(page)
