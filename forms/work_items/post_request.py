"""Forms of a street's request for posts (用人需求) [N 5.5]."""

from typing import Any

from wtforms import FieldList, FormField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import NumberRange, ValidationError

from engine.personnel.vocabulary import Education, Target
from forms.base import BaseForm
from forms.choices import SelectField
from forms.validators import at_most, chosen, optional, required
from forms.work_items.base import WorkItemForm, plain

MOST_LINES = 30


def _community(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


class WantedPostForm(BaseForm):
    """Posts of one kind in one community."""

    name = StringField("岗位名称", [required("请填写岗位名称。"), at_most(64)], default="社区工作者")
    heads = IntegerField(
        "人数",
        [required("请填写人数。"), NumberRange(1, 200, message="人数应为 1 至 200 的整数。")],
        render_kw={"inputmode": "numeric", "min": 1, "max": 200},
    )
    community_id = SelectField("所在社区", coerce=_community, choices=[("", "由街道统筹分配")], default="")
    target = SelectField("招聘对象", [chosen()], choices=Target.choices(), default=Target.OPEN.value)
    education = SelectField("学历要求", [chosen()], choices=Education.choices(), default=Education.COLLEGE.value)
    duties = TextAreaField("岗位职责", [optional(), at_most(500)], render_kw={"rows": 2})


class WantedPosts:
    """Reason and lines of a request, shared by the first submission and the correction."""

    reason = TextAreaField(
        "用人理由",
        [required("请填写用人理由。"), at_most(1000)],
        description="说明缺编、退休、撤并新设社区等情况",
        render_kw={"rows": 4},
    )
    lines = FieldList(FormField(WantedPostForm), "所需岗位", min_entries=1, max_entries=MOST_LINES)


class PostRequestForm(WantedPosts, BaseForm):
    """用人需求申请."""

    def values(self) -> dict[str, Any]:
        """Reason and lines as they are kept."""
        return {"reason": self.reason.data, "lines": wanted_lines(self.lines)}


class CorrectionForm(WantedPosts, WorkItemForm):
    """补正用人需求: the request again, or giving it up."""

    bulk, placed = False, frozenset({"reason", "lines"})

    def validate(self, extra_validators: Any = None) -> bool:
        """Who gives the request up need not mend it."""
        if self.decision.data == "give_up":
            return all([self.decision.validate(self), self.opinion.validate(self)])
        return super().validate(extra_validators)

    def values(self) -> dict[str, Any]:
        """Reason and lines as they are kept; nothing when the request is given up."""
        if self.decision.data == "give_up":
            return {}
        return {"reason": self.reason.data, "lines": wanted_lines(self.lines)}


class AcceptedLineForm(BaseForm):
    """Heads that the county accepts for one line; `wanted` only says what was asked for."""

    line = HiddenField()
    wanted = HiddenField()
    heads = IntegerField(
        "核定人数",
        [required("请填写核定人数，不同意的填 0。"), NumberRange(0, 200, message="人数应为 0 至 200 的整数。")],
        render_kw={"inputmode": "numeric", "min": 0, "max": 200},
    )


class CountyReviewForm(WorkItemForm):
    """县级社会工作部审核: the request may be accepted with fewer heads."""

    placed = frozenset({"accepted"})

    accepted = FieldList(FormField(AcceptedLineForm), "核定人数", max_entries=MOST_LINES)

    def validate_accepted(self, field: "FieldList[Any]") -> None:
        """Accepting nobody at all is a refusal."""
        if self.decision.data == "accept" and len(field) and not any(line.heads.data for line in field):
            raise ValidationError("核定人数合计为 0，请改为“不予采纳”。")

    def values(self) -> dict[str, Any]:
        """`accepted`: line id -> heads, when the request is accepted."""
        if self.decision.data != "accept":
            return {}
        lines = [entry for entry in self.accepted if str(entry.line.data or "").isdigit()]
        return {"accepted": {str(entry.line.data): entry.heads.data for entry in lines}}


def wanted_lines(lines: Any) -> list[dict[str, Any]]:
    """The lines as they are kept: name, heads, community_id, target, education, duties."""
    return [plain(entry.data) for entry in lines]
