"""Organisations: the tree, a unit with its people, adding and changing units."""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.identity.administration import (
    AddOrganisation,
    ChangeOrganisation,
    served_organisations,
    serves,
)
from engine.identity.organisations import Organisation, OrganisationKind
from engine.identity.users import RoleMembership
from engine.workflow.memberships import members
from forms.registry import KIND_LABELS, OrganisationChangeForm, OrganisationForm
from webapp.binding import beside_fields, bind, status_of, submitted
from webapp.numbers import whole
from webapp.permissions import requires
from webapp.registry.blueprint import blueprint
from webapp.visit import actor, execute, found, reading

ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")


@dataclass(frozen=True, slots=True)
class OrganisationRow:
    """A line of the tree."""

    id: int
    name: str
    kind: str
    code: str
    depth: int
    people: int
    active: bool


@blueprint.get("/organisations")
@requires(*ADMINISTRATORS)
def organisations() -> str:
    """The tree of units that the administrator serves."""
    with reading() as session:
        rows = tree_rows(session)
    return render_template("registry/organisations.html", rows=rows)


@blueprint.route("/organisations/new", methods=["GET", "POST"])
@requires("system_admin")
def new_organisation() -> ResponseReturnValue:
    """Add a unit."""
    form = bind(OrganisationForm, parent_id=request.args.get("parent", type=whole))
    with reading() as session:
        form.parent_id.choices = choices(session, "system_admin")
    if submitted(form):
        with beside_fields(form):
            execute(AddOrganisation(
                form.parent_id.data, OrganisationKind(form.kind.data), form.code.data or "", form.name.data or ""
            ))  # fmt: skip
        if not form.errors:
            flash(f"已添加“{form.name.data}”。", "success")
            return redirect(url_for("registry.organisations"))
    return render_template("registry/organisation_new.html", form=form), status_of(form)


@blueprint.route("/organisations/<int:organisation_id>", methods=["GET", "POST"])
@requires(*ADMINISTRATORS)
def organisation(organisation_id: int) -> ResponseReturnValue:
    """A unit: its people, and its name for who may change it."""
    unit = _served(organisation_id)
    form = bind(OrganisationChangeForm, unit)
    if actor().has_role("system_admin") and submitted(form):
        with beside_fields(form):
            execute(ChangeOrganisation(organisation_id, form.name.data or "", bool(form.active.data)))
        if not form.errors:
            flash("已保存。", "success")
            return redirect(url_for("registry.organisations"))
    with reading() as session:
        people = members(session, organisation_id)
    kind = KIND_LABELS[OrganisationKind(unit.kind)]
    page = render_template("registry/organisation.html", unit=unit, kind=kind, form=form, people=people)
    return page, status_of(form)


def tree_rows(session: Session) -> list[OrganisationRow]:
    """The units the actor serves, indented by their depth, with how many roles are held there."""
    units = served_organisations(session, actor(), *ADMINISTRATORS)
    counted = select(RoleMembership.organisation_id, func.count(RoleMembership.user_id.distinct()))
    people: dict[int, int] = dict(session.execute(counted.group_by(RoleMembership.organisation_id)).all())
    top = min((len(unit.lineage) for unit in units), default=0)
    return [
        OrganisationRow(
            unit.id, unit.name, KIND_LABELS[OrganisationKind(unit.kind)], unit.code, len(unit.lineage) - top,
            people.get(unit.id, 0), unit.active,
        )
        for unit in units
    ]  # fmt: skip


def choices(session: Session, *roles: str) -> list[tuple[int, str]]:
    """Units in use for a list to choose from, indented."""
    units = [unit for unit in served_organisations(session, actor(), *roles) if unit.active]
    top = min((len(unit.lineage) for unit in units), default=0)
    return [(unit.id, "\u3000" * (len(unit.lineage) - top) + unit.name) for unit in units]


def _served(organisation_id: int) -> Organisation:
    with reading() as session:
        known = serves(session, actor(), organisation_id, *ADMINISTRATORS)
        unit = session.get(Organisation, organisation_id) if known else None
        if unit is not None:
            session.expunge(unit)
    return found(unit)
