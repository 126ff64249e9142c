"""What the forms of all user tasks share: decision, opinion, and what is kept of the fields of the step."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar

from wtforms import Field, FieldList, Form, FormField, StringField, TextAreaField
from wtforms.validators import Optional, StopValidation, ValidationError

from forms.base import BaseForm, trimmed
from forms.validators import at_most, optional
from forms.work_items.refilling import refill

OWN_FIELDS = ("decision", "opinion")
LONGEST_REMARK = 200
MOST_REMARKS = 80


class WorkItemForm(BaseForm):
    """The form of a user task; the node says which decisions there are and which need an opinion."""

    bulk: ClassVar[bool] = True
    """Whether many items may be decided at once: nothing has to be filled in besides the opinion."""
    desk: ClassVar[str] = ""
    """The step is worked on at a page of its own (a stage of the exam desk); empty: here."""

    keeps_seen: ClassVar[bool] = False
    """What was judged is kept with the decision, so that the next reviewer sees what has changed since."""
    placed: ClassVar[frozenset[str]] = frozenset()
    """Fields that stand among what is judged, where they belong; the others stand beside the decision."""

    decision = StringField("办理结果", [optional()])
    opinion = TextAreaField("办理意见", [optional(), at_most(1000)], render_kw={"rows": 4})

    decisions: Mapping[str, str] = {}
    opinion_required: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()
    """Fields that the node lets nobody fill in: shown only, or not even that."""
    hidden: frozenset[str] = frozenset()

    def offer(self, decisions: Mapping[str, str], opinion_required: frozenset[str]) -> None:
        """What the node allows: decision -> label, and which decisions need an opinion."""
        self.decisions, self.opinion_required = decisions, opinion_required

    def begin_with(self, kept: Mapping[str, Any]) -> None:
        """Fills the fields with what was submitted before, as `values` kept it; what no longer fits is left out."""
        for one in self:
            if one.name != "decision" and one.name in kept:
                refill(one, kept[one.name])

    def restrict(self, rights: Mapping[str, str]) -> None:
        """Field rights of the node: `hidden` fields vanish, `read` ones keep their value, `required` ones need one."""
        self.hidden = frozenset(name for name, right in rights.items() if right == "hidden")
        self.closed = self.hidden | frozenset(name for name, right in rights.items() if right == "read")
        for one in [one for one in self if one.name in rights]:
            if one.name in self.hidden and one.name not in OWN_FIELDS:
                del self[one.name]
            elif one.name in self.closed:
                _close(one)
            elif rights[one.name] == "required" and not isinstance(one, FieldList):
                one.validators = [_filled, *(v for v in one.validators if not isinstance(v, Optional))]
                one.flags.required = True

    def validate_decision(self, field: Field) -> None:
        """One of the node's decisions."""
        if self.decisions and field.data not in self.decisions:
            raise ValidationError("请选择办理结果：" + "、".join(self.decisions.values()) + "。")

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        """Also asks for the opinion where the decision needs one."""
        sound = super().validate(extra_validators)
        if self.decision.data in self.opinion_required and not self.opinion.data:
            label = self.decisions.get(self.decision.data or "", "")
            self.add_errors({"opinion": f"选择“{label}”必须填写意见。"})
            return False
        return sound

    def step_fields(self) -> list[Field]:
        """The fields of this step, besides decision and opinion."""
        return [field for field in self if field.name not in OWN_FIELDS]

    def panel_fields(self) -> list[Field]:
        """The fields that stand beside the decision."""
        return [field for field in self.step_fields() if field.name not in self.placed]

    def values(self) -> dict[str, Any]:
        """What is kept of the step's fields, as plain data."""
        fields = [field for field in self.step_fields() if field.name not in self.closed]
        return {field.name: plain(field.data) for field in fields if field.data not in (None, "")}


def _filled(_form: Form, field: Field) -> None:
    """Blanks are nothing; a zero is something."""
    if field.data in (None, "", []) and not field.errors:
        raise StopValidation("请填写此项。")


def _close(field: Field) -> None:
    """The field shows what it had before anything was posted, and takes nothing."""
    if isinstance(field, FormField):
        for inner in field.form:
            _close(inner)
        return
    if isinstance(field, FieldList):
        for entry in field:
            _close(entry)
        return
    field.data, field.raw_data, field.validators = field.object_data, None, ()
    field.process_errors = []
    field.render_kw = {**(field.render_kw or {}), "disabled": True}


def plain(value: Any) -> Any:
    """The value as it is kept: dates and numbers with decimals as text."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


@dataclass(frozen=True)
class Needed:
    """Must be filled in when one of the decisions is taken; may stay empty otherwise."""

    decisions: tuple[str, ...]
    message: str
    field_flags: Mapping[str, bool] = field(default_factory=lambda: {"required": True})

    def __call__(self, form: Form, field: Field) -> None:
        if field.data in (None, "", []) and not field.errors:
            raise StopValidation(self.message if form["decision"].data in self.decisions else "")


def needed_for(*decisions: str, message: str = "请填写。") -> Needed:
    """A check that asks for the field when one of the decisions is taken."""
    return Needed(decisions, message)


class RemarksField(Field):
    """Remarks of a reviewer on single fields of what he reviews: inputs `<name>-<field>`, data field -> remark."""

    def process(
        self, formdata: Any, data: Any = None, extra_filters: Sequence[Callable[[Any], Any]] | None = None
    ) -> None:
        """Reads every input that belongs to this field."""
        self.process_errors = []
        self.object_data = data
        self.data = dict(data) if isinstance(data, Mapping) else {}
        prefix = f"{self.name}-"
        names = [] if formdata is None else [name for name in formdata if name.startswith(prefix)]
        for name in names[:MOST_REMARKS]:
            key, text = name.removeprefix(prefix), trimmed(formdata.getlist(name)[0])
            if text and re.fullmatch(r"[a-z][a-z0-9_]{0,39}", key):
                self.data[key] = text

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        """No remark is longer than it can be shown beside a field."""
        if any(len(text) > LONGEST_REMARK for text in self.data.values()):
            raise ValidationError(f"每条批注最多 {LONGEST_REMARK} 个字。")
