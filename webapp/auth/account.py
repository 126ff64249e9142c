"""The person's own account."""

from datetime import timedelta

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engine.identity.accounts import change_password
from forms.account import PasswordForm
from webapp.auth.blueprint import blueprint
from webapp.binding import beside_fields, bind, status_of, submitted
from webapp.limits import limited
from webapp.login import sign_in_as
from webapp.permissions import signed_in
from webapp.visit import actor, engine


@blueprint.route("/account/password", methods=["GET", "POST"])
@signed_in
@limited("password", most=20, per=timedelta(hours=1))
def password() -> ResponseReturnValue:
    """Change the password; everywhere else the person is signed out."""
    form = bind(PasswordForm)
    if submitted(form):
        with beside_fields(form):
            sign_in_as(change_password(engine(), actor(), old=form.old.data or "", new=form.new.data or ""))
        if not form.errors:
            flash("密码已修改，其他设备上的登录已全部退出。", "success")
            return redirect(url_for("auth.home"))
    return render_template("auth/password.html", form=form), status_of(form)
