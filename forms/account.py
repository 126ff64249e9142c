"""Forms about one's own account."""

from wtforms import BooleanField, PasswordField, StringField

from forms.base import BaseForm
from forms.fields import PhoneField
from forms.validators import accepted, at_most, person_name, required, same_as


class LoginForm(BaseForm):
    """Signing in."""

    login = StringField(
        "登录名或手机号码",
        [required("请填写登录名或手机号码。"), at_most(64)],
        render_kw={"autocomplete": "username", "autocapitalize": "none"},
    )
    password = PasswordField(
        "密码", [required("请填写密码。"), at_most(128)], render_kw={"autocomplete": "current-password"}
    )


class RegisterForm(BaseForm):
    """Opening an account as an applicant."""

    name = StringField(
        "姓名", [required("请填写姓名。"), person_name], description="与身份证一致", render_kw={"autocomplete": "name"}
    )
    phone = PhoneField(
        "手机号码",
        [required("请填写手机号码。")],
        description="用来登录和接收通知",
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )
    password = PasswordField(
        "密码",
        [required("请设置密码。"), at_most(128)],
        description="至少 8 个字符，可以是一句容易记住的话",
        render_kw={"autocomplete": "new-password"},
    )
    repeated = PasswordField(
        "再输入一次密码",
        [required("请再输入一次密码。"), same_as("password", "两次输入的密码不一致。")],
        render_kw={"autocomplete": "new-password"},
    )
    consent = BooleanField("我已阅读并同意《个人信息处理说明》", [accepted("请阅读并同意个人信息处理说明后再注册。")])


class PasswordForm(BaseForm):
    """Changing the password."""

    old = PasswordField(
        "原密码", [required("请填写原密码。"), at_most(128)], render_kw={"autocomplete": "current-password"}
    )
    new = PasswordField(
        "新密码",
        [required("请填写新密码。"), at_most(128)],
        description="至少 8 个字符，可以是一句容易记住的话",
        render_kw={"autocomplete": "new-password"},
    )
    repeated = PasswordField(
        "再输入一次新密码",
        [required("请再输入一次新密码。"), same_as("new", "两次输入的密码不一致。")],
        render_kw={"autocomplete": "new-password"},
    )
