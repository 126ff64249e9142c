"""Forms of the lists of work: one opinion for many, saved filters, deputies, handing over on leaving."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired

from engine.workflow.bulk_returns import Way
from engine.workflow.saved_filters import LONGEST_NAME
from forms.base import BaseForm
from forms.choices import RadioField, SelectField
from forms.fields import ChineseDateField
from forms.operations import PeopleField, somebody
from forms.validators import at_most, chosen, optional, required

LONGEST_OPINION = 1000


class BulkForm(BaseForm):
    """What is said once for many things, and to whom they go; the act says which of it is asked."""

    person = PeopleField("转办给谁")
    way = RadioField(
        "退回到", [optional()], default=Way.PREVIOUS.value,
        choices=[(Way.PREVIOUS.value, "各件的上一环节"), (Way.FIRST.value, "各件最初的环节，由其补正后重新办理")],
    )  # fmt: skip
    opinion = StringField(
        "共同的意见", [optional(), at_most(LONGEST_OPINION)],
        render_kw={"maxlength": LONGEST_OPINION, "autocomplete": "off", "autofocus": True, "list": "phrases"},
    )  # fmt: skip

    asked: frozenset[str] = frozenset()
    opinion_needed: str = ""
    """The message when the opinion is missing; empty: it may be."""

    def ask(self, fields: frozenset[str], label: str, needed: str) -> None:
        """Which fields the act asks for, what its text is called, and what is said when it is missing."""
        self.asked, self.opinion_needed, self.opinion.label.text = fields, needed, label
        self.opinion.flags.required = bool(needed)

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Also asks for the words and the person that the act needs."""
        super().validate(extra_validators)
        if self.opinion_needed and not self.opinion.data:
            self.add_errors({"opinion": self.opinion_needed})
        if "person" in self.asked and not self.person.data:
            self.add_errors({"person": "请选择接办的同事。"})
        return not self.errors


class FilterNameForm(BaseForm):
    """The name of a saved filter."""

    name = StringField(
        "名称", [DataRequired("请填写名称。"), at_most(LONGEST_NAME)], render_kw={"maxlength": LONGEST_NAME}
    )


class DeputyForm(BaseForm):
    """代理: who stands in, from when until when, for what."""

    principal = HiddenField("被代理人")
    deputy = PeopleField("代理人", [somebody("请选择代理人。")])
    starts_on = ChineseDateField("开始日期", [required("请填写开始日期。")], description="含当日")
    ends_on = ChineseDateField("结束日期", [required("请填写结束日期。")], description="含当日，最长一年")
    scope = SelectField("代理范围", [chosen("请选择代理范围。")], description="全部事项含直接派给本人的事项")

    def offer(self, scopes: Sequence[tuple[str, str]]) -> None:
        """The scopes there are: (value, label)."""
        self.scope.choices = list(scopes)

    def period(self) -> tuple[date, date]:
        """From and until; read after validation."""
        today: date = self.meta.today
        return self.starts_on.data or today, self.ends_on.data or today


class HandOverForm(BaseForm):
    """离职转办: who takes over, and why."""

    person = PeopleField("接手人", [somebody("请选择接手人。")])
    reason = StringField("交接的原因", [DataRequired("请填写交接的原因，会记入每件的办理过程。"), at_most(200)])
