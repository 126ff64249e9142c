"""离职转办: everything somebody has in hand goes to a successor, with a preview and a list of results."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from engine.identity.organisations import Organisation
from engine.identity.users import RoleMembership, User
from engine.workflow.assignment import user_queue
from engine.workflow.bulk_runs import MOST, BeginBulkRun, NewEntry
from engine.workflow.deputies import manages, possible_deputies
from engine.workflow.handing_over import HANDING_OVER, HandOverRow, preview_hand_over
from engine.workflow.states import WORK_ITEM_LABELS
from engine.workflow.tables import WorkItem
from forms.worklists import HandOverForm
from webapp.binding import bind, status_of
from webapp.permissions import officers, requires
from webapp.resume import resuming
from webapp.visit import actor, found, reading
from webapp.worklist.blueprint import blueprint
from webapp.worklist.bulk import start_run
from webapp.worklist.bulk_plan import LABELS, Act
from webapp.worklist.people import find_among

SHOWN = 30


@dataclass(frozen=True, slots=True)
class Leaver:
    """Somebody whose work may be handed over, and how much he has in hand."""

    id: int
    name: str
    login: str
    active: bool
    open: int


@blueprint.get("/hand-over")
@requires(*HANDING_OVER)
def hand_over_whom() -> ResponseReturnValue:
    """The people whose work the administrator may hand over, by name."""
    typed = request.args.get("q", "").strip()[:40]
    with reading() as session:
        people = _leavers(session, typed)
    return render_template("worklist/hand_over_whom.html", people=people[:SHOWN], typed=typed, more=len(people) > SHOWN)


@blueprint.route("/hand-over/<int:user_id>", methods=["GET", "POST"])
@officers
def hand_over(user_id: int) -> ResponseReturnValue:
    """What somebody has in hand, and who gets it: the person's own, or of somebody he administers."""
    form = bind(HandOverForm)
    with reading() as session:
        mine = user_id == actor().user_id or manages(session, actor(), user_id, HANDING_OVER)
        leaver = found(session.get(User, user_id) if mine else None)
        rows = preview_hand_over(session, actor(), user_id)
        typed = request.form.get("_typed", "").strip()[:40]
        candidates = possible_deputies(session, user_id)
        people = find_among(session, candidates, typed=typed, chosen=form.person.data, near=_places(session, user_id))
        name, active = leaver.name, leaver.active
    if request.method == "POST" and not resuming() and "_find" not in request.form and form.validate():
        if form.person.data[0] in {user.id for user in candidates} and rows:
            return start_run(_run(user_id, rows, form))
        form.add_errors({"person": "只能选择本县在用账号、并担任岗位的人员。" if rows else "没有需要交接的事项。"})
    return render_template(
        "worklist/hand_over.html", form=form, people=people, groups=_grouped(rows), total=len(rows), name=name,
        active=active, own=user_id == actor().user_id, states=WORK_ITEM_LABELS, most=MOST, user_id=user_id,
    ), status_of(form)  # fmt: skip


def _run(user_id: int, rows: Sequence[HandOverRow], form: HandOverForm) -> BeginBulkRun:
    entries = tuple(
        NewEntry(row.instance_id, row.work_item_id, f"{row.title}（{row.business_key}）" if row.title else
                 f"{row.process_name} 一件", row.step_name)
        for row in rows[:MOST]
    )  # fmt: skip
    back = url_for("worklist.hand_over", user_id=user_id)
    return BeginBulkRun(Act.HAND_OVER, LABELS[Act.HAND_OVER], form.reason.data or "", entries, form.person.data[0],
                        user_id, back)  # fmt: skip


def _grouped(rows: Sequence[HandOverRow]) -> Mapping[str, Sequence[HandOverRow]]:
    grouped: dict[str, list[HandOverRow]] = {}
    for row in rows:
        grouped.setdefault(row.process_name, []).append(row)
    return grouped


def _leavers(session: Session, typed: str) -> Sequence[Leaver]:
    """Officers at and below the administrator's organisations, with what lies in their own lists."""
    places = actor().organisations(*HANDING_OVER)
    paths = session.scalars(select(Organisation.path).where(Organisation.id.in_(places)))
    below = or_(*(Organisation.path.startswith(path) for path in paths))
    held = select(RoleMembership.user_id).join(Organisation).where(below)
    query = select(User).where(User.id.in_(held))
    if typed:
        named = or_(User.name.contains(typed, autoescape=True), User.login.startswith(typed, autoescape=True))
        query = query.where(named)
    users = session.scalars(query.order_by(User.sort_key, User.id).limit(SHOWN + 1)).all()
    queues = {user_queue(user.id): user.id for user in users}
    counts = select(WorkItem.queue, func.count()).where(WorkItem.queue.in_(queues)).group_by(WorkItem.queue)
    numbers = {queues[queue]: number for queue, number in session.execute(counts) if queue is not None}
    return [Leaver(user.id, user.name, user.login, user.active, numbers.get(user.id, 0)) for user in users]


def _places(session: Session, user_id: int) -> set[int]:
    return set(session.scalars(select(RoleMembership.organisation_id).where(RoleMembership.user_id == user_id)))
