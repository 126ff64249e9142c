"""Granting and taking away roles; each asks for the security administrator's own password."""

from datetime import timedelta

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from engine.workflow.memberships import GrantRole, RevokeRole
from forms.registry import RoleGrantForm, RoleRevokeForm
from webapp.binding import bind, reasons_above, submitted
from webapp.limits import limited
from webapp.permissions import requires
from webapp.registry.blueprint import blueprint
from webapp.registry.confirmation import confirmed
from webapp.registry.organisations import choices
from webapp.registry.users import user_page
from webapp.rendering import role_label
from webapp.visit import execute, reading


@blueprint.post("/users/<int:user_id>/roles")
@requires("security_admin")
@limited("role-change", most=60, per=timedelta(hours=1))
def grant_role(user_id: int) -> ResponseReturnValue:
    """Give a role at a unit."""
    form = bind(RoleGrantForm)
    with reading() as session:
        form.organisation_id.choices = [(0, "请选择"), *choices(session, "security_admin")]
    if submitted(form) and confirmed(form):
        with reasons_above(form):
            execute(GrantRole(user_id, form.role.data, form.organisation_id.data, form.ends_on.data))
        if not form.errors:
            flash(f"已授予“{role_label(form.role.data)}”，立即生效。", "success")
            return redirect(url_for("registry.user", user_id=user_id))
    return user_page(user_id, grant=form)


@blueprint.post("/users/<int:user_id>/roles/revoke")
@requires("security_admin")
@limited("role-change", most=60, per=timedelta(hours=1))
def revoke_role(user_id: int) -> ResponseReturnValue:
    """Take a role away; claimed items return to their queue."""
    form = bind(RoleRevokeForm)
    if submitted(form) and confirmed(form):
        freed = 0
        with reasons_above(form):
            freed = execute(RevokeRole(user_id, form.role.data or "", int(form.organisation_id.data or 0)))
        if not form.errors:
            back = f"，{freed} 件已认领的事项退回待认领" if freed else ""
            flash(f"已撤销“{role_label(form.role.data or '')}”{back}。", "success")
            return redirect(url_for("registry.user", user_id=user_id))
    return user_page(user_id, revoke=form)
