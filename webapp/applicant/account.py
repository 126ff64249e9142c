"""The applicant's account."""

from flask import render_template
from sqlalchemy import func, select

from engine.identity.users import User
from engine.kernel.errors import NotFound
from engine.personnel.recruitment.registrations import Registration
from webapp.applicant.blueprint import blueprint
from webapp.permissions import signed_in
from webapp.visit import actor, reading


@blueprint.get("/account")
@signed_in
def account() -> str:
    """What is known of the person."""
    with reading() as session:
        user = session.get(User, actor().user_id)
        if user is None:
            raise NotFound()
        count = session.scalar(select(func.count(Registration.id)).where(Registration.user_id == user.id))
        return render_template("applicant/account.html", user=user, count=count)
