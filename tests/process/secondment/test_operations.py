"""Operations that the steps of a secondment offer: sending back, signing behind, taking an act back, delegating."""

from engine.kernel.actor import Actor
from engine.personnel.secondment.states import SecondmentState
from engine.workflow.going_back import SendBack, WithdrawAct
from engine.workflow.handing_over import DelegateWorkItem
from engine.workflow.signers import AddSignersAfter
from engine.workflow.tables import Submission, WorkItem
from tests.process.secondment.village import Case, Village


def item(case: Case, node_id: str, who: Actor | str) -> int:
    actor = case.office.staff[who] if isinstance(who, str) else who
    return case.office.open_item(case.number, node_id, actor)


def second_leader(village: Village) -> Actor:
    """Another leader of the street."""
    return village.officer_at("leader2", "street_leader", village.office.street)


def test_the_county_sends_a_request_straight_back_to_the_street_and_has_it_again(village: Village) -> None:
    case = village.request().to_county()
    back = SendBack(item(case, "county_review", "county_clerk"), "street_committee", "请补充专项工作依据", direct=True)
    village.office.do(back, "county_clerk")
    assert case.open == ["street_committee"]
    case.act("street_leader", "street_committee", "pass", "已补充")
    assert (case.open, case.state) == (["county_review"], SecondmentState.STREET_APPROVED)
    case.act("county_clerk", "county_review", "pass")
    case.act("county_head", "county_approval", "approve")
    assert case.state is SecondmentState.APPROVED


def test_sent_back_step_by_step_everybody_decides_again(village: Village) -> None:
    case = village.request().to_county()
    case.act("county_clerk", "county_review", "pass")
    village.office.do(
        SendBack(item(case, "county_approval", "county_head"), "community_opinion", "请重新核对在岗人员"), "county_head"
    )
    assert case.open == ["community_opinion"]
    case.act(village.secretary, "community_opinion", "support")
    case.act("street_leader", "street_committee", "reject", "不再需要")
    assert (case.state, case.outcome) == (SecondmentState.REJECTED, "借调未获批准")


def test_who_signs_behind_the_leader_can_refuse(village: Village) -> None:
    case, other = village.request(), second_leader(village)
    case.act(case.worker, "worker_consent", "agree")
    case.act(village.secretary, "community_opinion", "support")
    behind = AddSignersAfter(item(case, "street_committee", "street_leader"), (other.user_id or 0,), "pass", "请会签")
    village.office.do(behind, "street_leader")
    assert case.open == ["street_committee"]
    case.act(other, "street_committee", "reject", "编制紧张")
    assert (case.state, case.row.opinion) == (SecondmentState.REJECTED, "编制紧张")


def test_the_secretary_takes_his_opinion_back_while_the_street_has_not_acted(village: Village) -> None:
    case = village.request()
    case.act(case.worker, "worker_consent", "agree")
    mine = item(case, "community_opinion", village.secretary)
    case.act(village.secretary, "community_opinion", "support")
    village.office.do(WithdrawAct(mine, "再核对"), village.secretary)
    assert case.open == ["community_opinion"]
    case.act(village.secretary, "community_opinion", "concern", "年底事务多")
    assert case.open == ["street_committee"]


def test_a_colleague_answers_and_the_leader_decides(village: Village) -> None:
    case, other = village.request(), second_leader(village)
    case.act(case.worker, "worker_consent", "agree")
    case.act(village.secretary, "community_opinion", "support")
    mine = item(case, "street_committee", "street_leader")
    village.office.do(DelegateWorkItem(mine, other.user_id or 0, "请看理由是否充分"), "street_leader")
    case.act(other, "street_committee", "reject", "理由不充分")
    assert (case.state, case.open) == (SecondmentState.CONSENTED, ["street_committee"])
    case.act("street_leader", "street_committee", "pass")
    assert case.open == ["county_review"]


def test_nothing_is_left_open_when_it_is_over(village: Village) -> None:
    case = village.request().to_county()
    case.act("county_clerk", "county_review", "reject", "理由不充分")
    left = village.office.read(lambda session: session.query(WorkItem).filter(WorkItem.queue.is_not(None)).count())
    assert (left, village.office.read(lambda session: session.query(Submission).count())) == (0, 4)
