"""Coming in and going out."""

from datetime import datetime, timedelta

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from engine.identity.accounts import Refused, RegisterAccount, sign_in
from engine.identity.passwords import hash_password, weakness
from engine.identity.sessions import SignOut
from forms.account import LoginForm, RegisterForm
from webapp.auth.blueprint import blueprint
from webapp.binding import beside_fields, bind, status_of, submitted
from webapp.limits import limited
from webapp.login import forget_session, sign_in_as
from webapp.navigation import lines
from webapp.permissions import public, signed_in
from webapp.rendering import cn_time
from webapp.resume import local_path, unseal
from webapp.visit import engine, execute

TOO_MANY = 429


@blueprint.route("/login", methods=["GET", "POST"])
@public
def login() -> ResponseReturnValue:
    """Sign in, then go on to where one wanted to go."""
    form = bind(LoginForm)
    if not submitted(form):
        return _login_page(form, status_of(form))
    answer = sign_in(
        engine(), login=form.login.data or "", password=form.password.data or "", address=request.remote_addr or ""
    )
    if isinstance(answer, Refused):
        form.add_errors({"": _refusal(answer.until)})
        return _login_page(form, TOO_MANY if answer.until else status_of(form))
    if current_user.is_authenticated:
        execute(SignOut(current_user.get_id()))
    sign_in_as(answer.token)
    kept = unseal(request.form.get("_kept", ""))
    if kept:
        return render_template("resume.html", kept=kept)
    return redirect(local_path(request.form.get("next")) or url_for("auth.home"))


@blueprint.post("/logout")
@public
def logout() -> ResponseReturnValue:
    """End the session."""
    if current_user.is_authenticated:
        execute(SignOut(current_user.get_id()))
    forget_session()
    answer = make_response(redirect(url_for("public.index")))
    answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


@blueprint.route("/register", methods=["GET", "POST"])
@public
@limited("register", most=60, per=timedelta(hours=1))
def register() -> ResponseReturnValue:
    """Open an account as an applicant."""
    form = bind(RegisterForm)
    if submitted(form):
        password = form.password.data or ""
        problem = weakness(password, form.phone.data or "")
        if problem:
            form.add_errors({"password": problem})
        else:
            with beside_fields(form):
                execute(RegisterAccount(form.name.data or "", form.phone.data or "", hash_password(password)))
        if not form.errors:
            return _first_sign_in(form.phone.data or "", password)
    return render_template("auth/register.html", form=form), status_of(form)


@blueprint.get("/home")
@signed_in
def home() -> ResponseReturnValue:
    """The first page of a person's work."""
    return redirect(next((line.href for line in lines()), url_for("public.index")))


def _first_sign_in(phone: str, password: str) -> ResponseReturnValue:
    answer = sign_in(engine(), login=phone, password=password, address=request.remote_addr or "")
    if isinstance(answer, Refused):
        return redirect(url_for("auth.login"))
    sign_in_as(answer.token)
    flash("注册成功，您已登录。", "success")
    return redirect(local_path(request.args.get("next")) or url_for("auth.home"))


def _login_page(form: LoginForm, status: int) -> ResponseReturnValue:
    going = local_path(request.values.get("next")) or ""
    kept = request.form.get("_kept", "")
    return render_template("auth/login.html", form=form, kept=kept, next=going, expired=bool(kept)), status


def _refusal(until: datetime | None) -> str:
    if until is None:
        return "登录名或密码不正确，请核对后重试。"
    return f"尝试次数过多，请在 {cn_time(until + timedelta(minutes=1))} 以后再试。忘记密码请联系管理员重置。"
