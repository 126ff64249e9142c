"""我的设置: what the person wants to hear of, in the site and by mail, and where his mail goes."""

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from engine.identity.users import User
from engine.mail.addresses import AddressChange, AskForAddress, ConfirmAddress, RemoveAddress, address_of_link
from engine.workflow.notification_kinds import ALWAYS, FACTS, Choice, MailChoice, NotificationKind
from engine.workflow.preferences import (
    DEFAULT_TIME,
    DIGEST_TIMES,
    SavePreferences,
    digest_time,
    kinds_for,
    preferences_of,
)
from forms.notifications import MAIL_WORDS, AddressForm, PreferencesForm
from webapp.binding import beside_fields, bind, status_of, submitted
from webapp.limits import limited
from webapp.notifications.blueprint import blueprint
from webapp.permissions import signed_in
from webapp.resume import resuming
from webapp.visit import actor, engine, execute, found, reading


@blueprint.route("/settings", methods=["GET", "POST"])
@signed_in
def settings() -> ResponseReturnValue:
    """A line for each kind of message."""
    with reading() as session:
        form = _with_choices(bind(PreferencesForm, **_current(session)))
    if submitted(form):
        with beside_fields(form):
            execute(SavePreferences(_choices(form), form.digest_at.data if "digest_at" in form else DEFAULT_TIME))
        if not form.errors:
            flash("设置已保存。", "success")
            return redirect(url_for("notifications.settings"))
    return _page(form, AddressForm()), status_of(form)


@blueprint.post("/settings/email")
@signed_in
@limited("email", most=10, per=timedelta(hours=1))
def ask_for_address() -> ResponseReturnValue:
    """A link goes to the new address; until it is opened nothing changes."""
    form = bind(AddressForm)
    if submitted(form):
        with beside_fields(form):
            execute(AskForAddress(form.email.data or ""))
        if not form.errors:
            flash("确认邮件已发出，请到新邮箱中点开链接；24 小时内有效。", "success")
            return redirect(url_for("notifications.settings"))
    with reading() as session:
        preferences = _with_choices(PreferencesForm(**_current(session)))
    return _page(preferences, form), status_of(form)


@blueprint.post("/settings/email/remove")
@signed_in
def remove_address() -> ResponseReturnValue:
    """No mail any more."""
    execute(RemoveAddress())
    flash("邮箱地址已删除，今后不再发送邮件。", "success")
    return redirect(url_for("notifications.settings"))


@blueprint.route("/settings/email/<token>", methods=["GET", "POST"])
@signed_in
@limited("email-link", most=20, per=timedelta(hours=1))
def confirm_address(token: str) -> ResponseReturnValue:
    """The link of the letter: the person says once more that the address is his."""
    if request.method == "POST" and not resuming():
        execute(ConfirmAddress(token))
        flash("邮箱地址已确认。", "success")
        return redirect(url_for("notifications.settings"))
    with reading() as session:
        address = address_of_link(session, actor().user_id, token, engine().clock.now()).email
    return render_template("notifications/confirm.html", address=address)


def _current(session: Session) -> dict[str, Any]:
    """What holds now, as the form's values."""
    person = actor()
    wanted = preferences_of(session, [person.user_id or 0])[person.user_id or 0]
    lines = [(kind, wanted.of(kind)) for kind in kinds_for(person) if kind not in ALWAYS]
    return {
        "kinds": [{"kind": kind, "in_site": choice.in_site, "mail": choice.mail} for kind, choice in lines],
        "digest_at": digest_time(session, person.user_id or 0),
    }


def _with_choices(form: PreferencesForm) -> PreferencesForm:
    """Applicants get no digest: they are written to when something happens."""
    form.digest_at.choices = [(text, text) for text in DIGEST_TIMES]
    if not actor().memberships:
        del form.digest_at
        for line in form.kinds:
            line.form.mail.choices = [word for word in MAIL_WORDS if word[0] != MailChoice.DIGEST]
    return form


def _choices(form: PreferencesForm) -> dict[NotificationKind, Choice]:
    """What was chosen, of the kinds that the person can get."""
    mine = set(kinds_for(actor()))
    return {
        NotificationKind(line.form.kind.data): Choice(line.form.in_site.data, MailChoice(line.form.mail.data))
        for line in form.kinds
        if line.form.kind.data in mine
    }


def _page(form: PreferencesForm, address: AddressForm) -> str:
    with reading() as session:
        user = found(session.get(User, actor().user_id))
        waiting = session.get(AddressChange, user.id)
        expected = None if waiting is None or waiting.expires_at <= engine().clock.now() else waiting
        return render_template(
            "notifications/settings.html", form=form, address=address, email=user.email, expected=expected,
            facts=FACTS, always=[FACTS[kind] for kind in kinds_for(actor()) if kind in ALWAYS],
            mail_on=engine().settings.mail.on,
        )  # fmt: skip
