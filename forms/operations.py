"""Forms of the approval operations: who gets the work, why, and where it goes."""

from typing import Any

from wtforms import Field, MultipleFileField, TextAreaField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from forms.base import BaseForm
from forms.choices import RadioField, SelectField, SelectMultipleField
from forms.fields import MEBIBYTE
from forms.validators import at_most, chosen, optional, required

LONGEST = 500
MOST_FILES = 5
"""Files of one comment."""
FILE_TYPES = (".jpg", ".jpeg", ".png", ".pdf")
BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"%PDF-")
LARGEST_FILE = 5 * MEBIBYTE
_LONGEST_NUMBER = 12


class PeopleField(Field):
    """People by their user ids; data is a list of ids, each once."""

    data: list[int]

    def __init__(self, label: str | None = None, validators: Any = None, *, several: bool = False, **more: Any) -> None:
        super().__init__(label, validators, **more)
        self.several = several

    def process_data(self, value: Any) -> None:
        self.data = list(value or ())

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = [str(value) for value in valuelist]
        ids = [int(text) for text in typed if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER]
        self.data = list(dict.fromkeys(ids))

    def pre_validate(self, form: Any) -> None:
        if not self.several and len(self.data) > 1:
            raise ValidationError("只能选择一个人。")


def somebody(message: str) -> Any:
    """At least one person is chosen."""

    def check(_form: BaseForm, field: Field) -> None:
        if not field.data:
            raise ValidationError(message)

    return check


def _text(label: str, message: str = "", rows: int = 3, hint: str = "") -> TextAreaField:
    checks = [required(message) if message else optional(), at_most(LONGEST)]
    return TextAreaField(label, checks, description=hint, render_kw={"rows": rows, "maxlength": LONGEST})


class TransferForm(BaseForm):
    """转办."""

    person = PeopleField("转办给谁", [somebody("请选择接办的同事。")])
    reason = _text("转办的原因", "请填写转办的原因。")


class DelegateForm(BaseForm):
    """委派."""

    person = PeopleField("委派给谁", [somebody("请选择要委派的同事。")])
    request = _text("请对方做什么", "请写明要对方做什么，对方会看到。")


class AddSignersForm(BaseForm):
    """前加签, 并加签."""

    person = PeopleField("加签人员", [somebody("请选择加签人员。")], several=True)
    reason = _text("加签的原因", "请写明请他们看什么。", hint="加签人员会看到")


class RemoveSignerForm(BaseForm):
    """减签."""

    signer = RadioField("减去哪一位", [chosen("请选择要减去的人员。")])
    reason = _text("减签的原因", "请填写减签的原因。")


class SendBackForm(BaseForm):
    """退回."""

    target = RadioField("退回到", [chosen("请选择退回到哪个环节。")])
    way = RadioField(
        "改好以后", [chosen()], default="again",
        choices=[
            ("again", "逐级重审：该环节之后的环节全部重新办理"),
            ("direct", "直达：直接回到您这里，已有的同意意见仍然有效"),
        ],
    )  # fmt: skip
    opinion = TextAreaField(
        "退回的原因", [required("请填写退回的原因，让对方知道要改什么。"), at_most(1000)],
        render_kw={"rows": 4, "maxlength": 1000},
    )  # fmt: skip


class CopyForm(BaseForm):
    """抄送."""

    person = PeopleField("抄送给谁", [somebody("请选择抄送人员。")], several=True)
    note = _text("附言")


class WithdrawActForm(BaseForm):
    """撤回."""

    reason = _text("撤回的原因")


class UrgeForm(BaseForm):
    """催办."""

    note = _text("要说的话", hint="可以不写；办理人会收到提醒")


class WithdrawCaseForm(BaseForm):
    """撤销."""

    reason = _text("撤销的原因", "请填写撤销的原因。")


class ReasonForm(BaseForm):
    """终止, 挂起, 激活: each needs a reason."""

    reason = _text("理由", "请填写理由，会记入办理过程。")


class ChooseHandlersForm(BaseForm):
    """自选: the initiator ticks people for later steps."""

    handlers = SelectMultipleField(
        "后面环节的办理人", [optional()], widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
        description="不勾选的环节由全部候选人共同待办",
    )  # fmt: skip


class JumpForm(BaseForm):
    """跳转: first a preview, then it is done."""

    target = SelectField("跳转到", [chosen("请选择跳转到哪个环节。")])
    cancel = SelectMultipleField(
        "取消哪些正在等待的环节", [optional()], widget=ListWidget(prefix_label=False), option_widget=CheckboxInput(),
        description="不勾选的继续等待；都不勾选就是只增加一个环节",
    )  # fmt: skip
    reason = _text("跳转的理由", "请填写跳转的理由，会作为例外操作记入办理过程。")


class CommentForm(BaseForm):
    """沟通."""

    text = TextAreaField(
        "说点什么", [required("请填写沟通内容。"), at_most(2000)], render_kw={"rows": 3, "maxlength": 2000},
    )  # fmt: skip
    files = MultipleFileField(
        "附件", [optional()], description=f"图片或 PDF，最多 {MOST_FILES} 个，每个不超过 5 MB",
        render_kw={"accept": "image/jpeg,image/png,application/pdf", "multiple": True},
    )  # fmt: skip
    person = PeopleField("提醒谁看", several=True)

    def validate_files(self, field: Field) -> None:
        """Photos and PDF only, by name and by content, not too many and not too large."""
        uploads = self.uploads()
        if len(uploads) > MOST_FILES:
            raise ValidationError(f"一次最多附 {MOST_FILES} 个文件。")
        for upload in uploads:
            size = upload.stream.seek(0, 2)
            upload.stream.seek(0)
            beginning = upload.stream.read(16)
            upload.stream.seek(0)
            if not upload.filename.lower().endswith(FILE_TYPES) or not beginning.startswith(BEGINNINGS):
                raise ValidationError(f"“{upload.filename[:60]}”不是图片或 PDF，请转换后再传。")
            if size > LARGEST_FILE:
                raise ValidationError(f"“{upload.filename[:60]}”{size / MEBIBYTE:.1f} MB，超过 5 MB，请缩小后再传。")

    def uploads(self) -> list[Any]:
        """The files that were really chosen."""
        return [one for one in self.files.data or () if getattr(one, "filename", None)]
