"""Forms of an announcement's user tasks (公开招聘) [N 5.5, domain 1.2]."""

from datetime import datetime
from itertools import pairwise
from typing import Any

from wtforms import DateTimeLocalField, StringField, TextAreaField, widgets
from wtforms.validators import ValidationError

from engine.kernel.clock import CHINA
from forms.base import BaseForm
from forms.choices import SelectMultipleField
from forms.fields import ChineseDateField
from forms.validators import at_most, optional, required
from forms.work_items.base import WorkItemForm, needed_for

DATES = (
    ("reg_opens_at", "报名开始"), ("reg_closes_at", "报名截止"), ("review_closes_at", "资格初审截止"),
    ("appeal_closes_at", "初审申诉截止"), ("tickets_from", "准考证打印开始"), ("tickets_until", "准考证打印截止"),
    ("written_at", "笔试时间"), ("interview_at", "面试时间"),
)  # fmt: skip
"""Dates of an announcement in the order in which they have to follow each other."""


class MomentField(DateTimeLocalField):
    """A moment as it is read on the clock in China; the data is aware."""

    def __init__(self, label: str, **kwargs: Any) -> None:
        super().__init__(
            label, [needed_for("submit", message="请填写日期和时间。")], format=["%Y-%m-%dT%H:%M"], **kwargs
        )

    def process_data(self, value: Any) -> None:
        self.data = value.astimezone(CHINA) if isinstance(value, datetime) else value

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        if valuelist and valuelist[0]:
            try:
                self.data = datetime.strptime(valuelist[0][:16], "%Y-%m-%dT%H:%M").replace(tzinfo=CHINA)
            except ValueError:
                raise ValueError("请填写存在的日期和时间。") from None


class CheckboxesField(SelectMultipleField):
    """Several of a list, each with its box."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()


class CampaignStartForm(BaseForm):
    """发起招聘: a title and the accepted requests that go into the plan."""

    title = StringField(
        "公告标题",
        [required("请填写公告标题。"), at_most(120)],
        description="例如：2026年××区公开招聘社区工作者公告",
    )
    publish_on = ChineseDateField(
        "计划发布日期", [optional()], description="据此推算报名、笔试、面试等日期，之后还可以修改"
    )
    requests = CheckboxesField("列入计划的用人需求", coerce=int)

    def validate_requests(self, field: CheckboxesField) -> None:
        """At least one request is taken in."""
        if not field.data:
            raise ValidationError("请至少选择一份已采纳的用人需求。")

    def validate_publish_on(self, field: ChineseDateField) -> None:
        """An announcement is not published in the past."""
        if field.data and field.data < self.meta.today:
            raise ValidationError("发布日期不能早于今天。")

    def values(self) -> dict[str, Any]:
        """What is kept of the start form."""
        day = self.publish_on.data
        return {
            "title": self.title.data, "publish_on": day.isoformat() if day else None, "requests": self.requests.data,
        }  # fmt: skip


class PlanForm(WorkItemForm):
    """编制招聘方案: title, text and dates of the announcement, above its post table."""

    bulk, placed = False, frozenset({"title", "phone", "announcement", *(name for name, _ in DATES)})

    title = StringField("公告标题", [needed_for("submit", message="请填写公告标题。"), at_most(120)])
    reg_opens_at = MomentField("报名开始")
    reg_closes_at = MomentField("报名截止")
    review_closes_at = MomentField("资格初审截止")
    appeal_closes_at = MomentField("初审申诉截止")
    tickets_from = MomentField("准考证打印开始")
    tickets_until = MomentField("准考证打印截止")
    written_at = MomentField("笔试时间")
    interview_at = MomentField("面试时间")
    phone = StringField("咨询电话", [optional(), at_most(64)], description="公开在公告中")
    announcement = TextAreaField("公告正文", [optional(), at_most(20_000)], render_kw={"rows": 10})

    def validate(self, extra_validators: Any = None) -> bool:
        """The dates follow each other; a plan that is given up is not checked."""
        if self.decision.data == "abandon":
            return bool(self.opinion.data) or super().validate(extra_validators)
        sound = super().validate(extra_validators)
        problems = self._out_of_order()
        self.add_errors(problems)
        return sound and not problems

    def values(self) -> dict[str, Any]:
        """The plan as it is kept; moments as ISO 8601 text; nothing when it is given up."""
        return {} if self.decision.data == "abandon" else super().values()

    def _out_of_order(self) -> dict[str, str]:
        found = {}
        for (earlier, earlier_label), (later, later_label) in pairwise(DATES):
            first, second = self._fields[earlier].data, self._fields[later].data
            if first and second and second < first:
                found[later] = f"{later_label}不能早于{earlier_label}。"
        return found


class RoomsForm(WorkItemForm):
    """编排考场, at the exam desk."""

    bulk, desk = False, "rooms"

    seed = StringField("抽签种子", [optional(), at_most(128)], description="公开产生的号码，留空则由系统生成")


class WrittenScoresForm(WorkItemForm):
    """导入笔试成绩, at the exam desk."""

    bulk, desk = False, "written"


class WrittenReleaseForm(WorkItemForm):
    """公布笔试成绩, at the exam desk."""

    bulk, desk = False, "written"


class ScoreQueriesForm(WorkItemForm):
    """复核查分申请, at the exam desk."""

    bulk, desk = False, "queries"


class InterviewScoresForm(WorkItemForm):
    """录入面试成绩, at the exam desk."""

    bulk, desk = False, "interview"


class ExtraTestForm(WorkItemForm):
    """组织加试, at the exam desk."""

    bulk, desk = False, "extra"


class TotalReleaseForm(WorkItemForm):
    """公布总成绩, at the exam desk."""

    bulk, desk = False, "totals"


class PublicityForm(WorkItemForm):
    """拟定公示名单, at the exam desk."""

    bulk, desk = False, "publicity"


class CampaignDecisionForm(WorkItemForm):
    """A decision about a whole announcement that needs nothing but an opinion; never taken in bulk."""

    bulk = False
