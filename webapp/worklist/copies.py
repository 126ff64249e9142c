"""抄送我的: cases that were sent to the person to know about."""

from collections.abc import Sequence

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from engine.kernel.errors import NotFound
from engine.workflow.copies import CopyRow, MarkAllCopiesRead, MarkCopyRead, copy_of, my_copies, unread_copies
from engine.workflow.worklist import process_names
from webapp.numbers import LARGEST
from webapp.paging import after_key, page_of
from webapp.permissions import officers
from webapp.visit import actor, execute, reading
from webapp.worklist.blueprint import blueprint
from webapp.worklist.lists import SIZE, column
from webapp.worklist.naming import named_cases
from webapp.worklist.narrowing import asked_here


@blueprint.get("/copies")
@officers
def copies() -> ResponseReturnValue:
    """The copies, the newest first; all of them or those that were not opened yet."""
    asked, before = asked_here(), after_key()
    last = before if isinstance(before, int) and 0 < before <= LARGEST else None
    with reading() as session:
        found = named_cases(session, asked.typed) if asked.typed else ()
        rows: Sequence[CopyRow] = my_copies(
            session, actor(), unread_only=asked.unread, typed=asked.typed, cases=found, before=last, limit=SIZE + 1
        )
        names = process_names(session)
        return render_template(
            "worklist/copies.html", page=page_of(rows, size=SIZE, key=lambda row: row.copy_id), asked=asked,
            unread=unread_copies(session, actor()), processes=names,
            column=column(session, "copies", asked, names),
        )  # fmt: skip


@blueprint.post("/copies/<int:copy_id>/open")
@officers
def open_copy(copy_id: int) -> ResponseReturnValue:
    """Notes that the copy has been seen, and shows its case."""
    execute(MarkCopyRead(copy_id))
    with reading() as session:
        instance_id = copy_of(session, actor(), copy_id)
    if instance_id is None:
        raise NotFound()
    return redirect(url_for("worklist.case", instance_id=instance_id))


@blueprint.post("/copies/read")
@officers
def read_all_copies() -> ResponseReturnValue:
    """Everything that was sent so far counts as seen."""
    number = execute(MarkAllCopiesRead())
    flash(f"{number} 件抄送已全部标为已阅。" if number else "没有未阅的抄送。", "success")
    return redirect(url_for("worklist.copies", **asked_here().address()))
