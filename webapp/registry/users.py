"""Officers' accounts: list, opening, closing, passwords."""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.identity.administration import CreateUser, EnableUser, Guardian, ResetPassword, guardian_roles
from engine.identity.passwords import hash_password, weakness
from engine.kernel.errors import ShegongError
from engine.personnel.worker_accounts import JoinWorkerAccount
from engine.workflow.memberships import DisableUser
from forms.registry import PasswordResetForm, RoleGrantForm, RoleRevokeForm, UserForm, WorkerAccountForm
from webapp.binding import beside_fields, bind, status_of, submitted
from webapp.limits import limited
from webapp.numbers import whole
from webapp.paging import after_key, page_of
from webapp.permissions import requires
from webapp.registry.blueprint import blueprint
from webapp.registry.confirmation import confirmed
from webapp.registry.organisations import ADMINISTRATORS, choices
from webapp.registry.people import OfficerRow, officer_row, officer_rows, record_of, roles_held, work_in_hand
from webapp.visit import actor, execute, found, reading

PAGE = 50


@blueprint.get("/users")
@requires(*ADMINISTRATORS)
def users() -> str:
    """Officers by name, searched by name or sign-in name."""
    words = request.args.get("q", "").strip()
    place = request.args.get("organisation", type=whole)
    with reading() as session:
        rows = officer_rows(session, actor(), words, place, after_key(), PAGE + 1)
        places = choices(session, *ADMINISTRATORS)
    page = page_of(rows, size=PAGE, key=lambda row: [row.sort_key, row.user_id])
    return render_template("registry/users.html", page=page, words=words, place=place, places=places)


@blueprint.route("/users/new", methods=["GET", "POST"])
@requires("system_admin")
def new_user() -> ResponseReturnValue:
    """Open an account."""
    form = bind(UserForm)
    with reading() as session:
        form.home.choices = choices(session, "system_admin")
    if submitted(form):
        password = form.password.data or ""
        problem = weakness(password, form.login.data or "", form.phone.data or "")
        if problem:
            form.add_errors({"password": problem})
        else:
            with beside_fields(form):
                user_id = execute(CreateUser(
                    form.login.data or "", form.name.data or "", form.phone.data or None, hash_password(password),
                    form.home.data,
                ))  # fmt: skip
        if not form.errors:
            flash(f"已开通 {form.name.data} 的账号，请安全管理员授予角色。", "success")
            return redirect(url_for("registry.user", user_id=user_id))
    return render_template("registry/user_new.html", form=form), status_of(form)


@blueprint.get("/users/<int:user_id>")
@requires(*ADMINISTRATORS)
def user(user_id: int) -> ResponseReturnValue:
    """An account with its roles and what may be done with it."""
    return user_page(user_id)


@blueprint.post("/users/<int:user_id>/disable")
@requires("system_admin")
def disable_user(user_id: int) -> ResponseReturnValue:
    """Close an account."""
    _officer(user_id)
    freed = execute(DisableUser(user_id))
    flash(f"账号已停用，已退出登录，角色已撤销{f'，{freed} 件认领的事项已退回' if freed else ''}。", "success")
    return redirect(url_for("registry.user", user_id=user_id))


@blueprint.post("/users/<int:user_id>/enable")
@requires("system_admin")
def enable_user(user_id: int) -> ResponseReturnValue:
    """Open a closed account again."""
    _officer(user_id)
    execute(EnableUser(user_id))
    flash("账号已启用，角色需由安全管理员重新授予。", "success")
    return redirect(url_for("registry.user", user_id=user_id))


@blueprint.post("/users/<int:user_id>/record")
@requires("system_admin")
def join_record(user_id: int) -> ResponseReturnValue:
    """Join the account to the record of a community worker."""
    _officer(user_id)
    form = bind(WorkerAccountForm)
    if submitted(form):
        name = ""
        with beside_fields(form):
            name = execute(JoinWorkerAccount(user_id, form.number.data or ""))
        if not form.errors:
            flash(f"账号已关联{name}的档案。请安全管理员授予“社区工作者”角色。", "success")
            return redirect(url_for("registry.user", user_id=user_id))
    return user_page(user_id, record=form)


@blueprint.route("/users/<int:user_id>/password", methods=["GET", "POST"])
@requires("system_admin", "security_admin")
@limited("role-change", most=60, per=timedelta(hours=1))
def reset_password(user_id: int) -> ResponseReturnValue:
    """Replace a forgotten password."""
    row = _officer(user_id)
    form = bind(PasswordResetForm)
    if submitted(form) and confirmed(form):
        problem = weakness(form.password.data or "", row.login)
        if problem:
            form.add_errors({"password": problem})
        else:
            _reset(form, user_id)
        if not form.errors:
            flash("密码已重置，对方已在所有设备上退出登录。", "success")
            return redirect(url_for("registry.user", user_id=user_id))
    return render_template("registry/user_password.html", form=form, row=row), status_of(form)


def user_page(
    user_id: int, grant: RoleGrantForm | None = None, revoke: RoleRevokeForm | None = None,
    record: WorkerAccountForm | None = None,
) -> ResponseReturnValue:  # fmt: skip
    """The page of an account, with a form that came back with errors if there is one."""
    row = _officer(user_id)
    grant = grant or RoleGrantForm()
    with reading() as session:
        grant.organisation_id.choices = [(0, "请选择"), *choices(session, "security_admin")]
        held = roles_held(session, user_id)
        guarded = bool(guardian_roles(session, user_id) & {Guardian.SECURITY, Guardian.AUDIT})
        worker = record_of(session, user_id)
        in_hand = work_in_hand(session, user_id)
    wrong = any(form is not None and bool(form.errors) for form in (grant, revoke, record))
    page = render_template(
        "registry/user.html", row=row, held=held, grant=grant, revoke=revoke or RoleRevokeForm(), guarded=guarded,
        own=user_id == actor().user_id, worker=worker, record=record or WorkerAccountForm(), in_hand=in_hand,
    )  # fmt: skip
    return page, 422 if wrong else 200


def _reset(form: PasswordResetForm, user_id: int) -> None:
    try:
        execute(ResetPassword(user_id, hash_password(form.password.data or "")))
    except ShegongError as error:
        form.add_errors({"": error.message})


def _officer(user_id: int) -> OfficerRow:
    with reading() as session:
        return found(officer_row(session, actor(), user_id))
