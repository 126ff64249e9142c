"""What somebody wants to hear of, and where his mail goes."""

from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, StringField

from forms.base import BaseForm
from forms.choices import SelectField
from forms.validators import at_most, chosen, required

MAIL_WORDS = (("now", "立即"), ("digest", "每日汇总"), ("never", "不发"))
MOST_KINDS = 20


class KindRow(Form):
    """How one kind of message is told."""

    kind = HiddenField()
    in_site = BooleanField("在站内提醒")
    mail = SelectField("邮件", choices=MAIL_WORDS)


class PreferencesForm(BaseForm):
    """A line for each kind, and the time of the digest."""

    kinds = FieldList(FormField(KindRow), max_entries=MOST_KINDS)
    digest_at = SelectField(
        "每日汇总的发送时间", [chosen("请选择发送时间。")], description="工作日发送；没有内容就不发"
    )


class AddressForm(BaseForm):
    """A new mail address."""

    email = StringField(
        "新的邮箱地址",
        [required("请填写邮箱地址。"), at_most(254)],
        description="先向新地址发送确认链接，点开确认后才生效",
        render_kw={"autocomplete": "email", "inputmode": "email", "autocapitalize": "none", "spellcheck": "false"},
    )
