"""Acts that ask for one's own password again: granting roles, resetting passwords."""

from engine.identity.passwords import password_fits
from engine.identity.users import User
from forms.registry import ConfirmedForm
from webapp.visit import actor, reading


def confirmed(form: ConfirmedForm) -> bool:
    """Whether whoever acts typed his own password; otherwise the form says so."""
    with reading() as session:
        user = session.get(User, actor().user_id) if actor().user_id else None
    if password_fits(user.password_hash if user else None, form.own_password.data or ""):
        return True
    form.add_errors({"own_password": "密码不正确，操作没有生效。"})
    return False
