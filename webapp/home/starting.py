"""What a person may begin, by the permissions of the pages that begin it."""

from dataclasses import dataclass

from sqlalchemy import select

from engine.personnel.workers import Worker
from webapp.home.panels import Look


@dataclass(frozen=True, slots=True)
class Startable:
    """Something that the person may begin."""

    label: str
    text: str
    href: str
    basis: str


STARTS = (
    (("street_clerk",), "用人需求申请", "街道向县级社会工作部申报缺编岗位", "worklist.start_post_request", "第5条"),
    (("street_clerk",), "借调申请", "街道借调所属社区的工作者，最长 6 个月", "secondment.start", "第9条"),
    (("street_clerk",), "制定考核方案", "按县级指导方案组织本街道年度考核", "appraisal.start_plan", "第9条"),
    (("street_clerk",), "提出退出", "收集证据、核查法定限制后按程序退出", "exits.start", "第11条"),
    (("street_clerk",), "登记旷工", "登记后自动预警，达到规定天数时提示", "exits.absence", "第11条"),
    (("street_clerk",), "登记培训和考勤", "年度考核据此核算", "appraisal.ledger", "第6条、第9条"),
    (("county_clerk",), "发起公开招聘", "从已采纳的用人需求编制招聘公告", "worklist.start_campaign", "第5条"),
    (("county_clerk",), "启动年度考核", "拟定并发布年度考核指导方案", "appraisal.start_guide", "第9条"),
    (("county_clerk",), "统一启动考核", "为尚未启动的街道一次启动年度考核", "appraisal.start_plans", "第9条"),
    (("discipline_officer",), "启动容错", "依职权启动容错案件", "fault_tolerance.start_fault", "第10条"),
    (("discipline_officer",), "启动澄清", "对失实举报启动澄清正名", "fault_tolerance.start_clearing", "第10条"),
    (("discipline_officer",), "登记处分和立案", "年度考核据此处理", "appraisal.conduct", "第9条"),
    (("community_worker", "community_secretary", "street_clerk"), "容错申请", "工作失误或程序瑕疵，申请容错",
     "fault_tolerance.start_fault", "第10条"),
    (("community_worker", "community_secretary", "street_clerk"), "澄清申请", "反映问题失实的，申请澄清正名",
     "fault_tolerance.start_clearing", "第10条"),
    (("community_worker", "community_secretary"), "更正档案", "档案内容有误，请街道核对更正", "worker.correction", ""),
    (("community_worker", "community_secretary"), "弹性退休", "自愿提前或延后，提前三个月提出",
     "exits.choose_retirement", "渐进式延迟退休办法"),
    (("community_worker", "community_secretary"), "辞职", "提前 30 日书面通知，试用期内提前 3 日", "worker.resignation",
     "劳动合同法第37条"),
    (("system_admin",), "开通账号", "登录名、姓名和初始密码；角色由安全管理员授予", "registry.new_user", ""),
    (("system_admin",), "添加单位", "街道、社区或部门", "registry.new_organisation", ""),
)  # fmt: skip
"""Roles that may begin it, what it is called, what it is for, its page, and its basis."""


OWN = frozenset({"worker.correction", "worker.resignation", "exits.choose_retirement"})
"""Pages for somebody whose account belongs to the record of a worker in service."""


def startable(look: Look) -> list[Startable]:
    """What the person may begin, each page once."""
    found: dict[str, Startable] = {}
    closed = frozenset[str]() if _in_service(look) else OWN
    for roles, label, text, endpoint, basis in STARTS:
        href = look.address(endpoint) if look.actor.has_role(*roles) and endpoint not in closed else None
        if href is not None:
            found.setdefault(href, Startable(label, text, href, basis))
    return list(found.values())


def _in_service(look: Look) -> bool:
    """Whether the person's account belongs to a worker's record."""
    if not look.actor.has_role("community_worker", "community_secretary"):
        return False
    query = select(Worker.id).where(Worker.user_id == look.actor.user_id, Worker.active)
    return look.session.scalar(query) is not None
