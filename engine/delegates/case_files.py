"""Files that come with acts on a case, in the act's transaction: attachments of comments, signatures by hand."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.identity.users import holders, load_actor
from engine.kernel.command import CommandContext
from engine.kernel.errors import Invalid
from engine.personnel.documents.scans import scan
from engine.personnel.documents.signatures import signature_picture
from engine.personnel.files import StoredFile, erase_content, store_file
from engine.workflow.case_trace import may_see, timeline, visible_instance
from engine.workflow.informing import AddComment, notes_of
from engine.workflow.instances import find_instance
from engine.workflow.tables import CaseCopy, ProcessInstance, WorkItem


@dataclass(frozen=True)
class CommentOnCase:
    """Says something about a case, with files: pictures are encoded anew, everything is stored encrypted."""

    instance_id: int
    text: str
    files: tuple[tuple[str, bytes], ...] = ()
    """(name, content) pairs as they were uploaded."""
    tell: tuple[int, ...] = ()

    def execute(self, context: CommandContext) -> None:
        instance = visible_instance(context.session, context.actor, self.instance_id, context.now)
        for user_id in self.tell:
            if not may_see(context.session, load_actor(context.session, user_id), instance, context.now):
                raise Invalid(fields={"person": "只能提醒能看到此件的人员；要让其他人看，请先抄送给他。"})
        kept = tuple((_keep(context, name, content), name[:120]) for name, content in self.files)
        AddComment(self.instance_id, self.text, kept, self.tell).execute(context)


def _keep(context: CommandContext, name: str, content: bytes) -> int:
    try:
        return store_file(context, context.actor.user_id, name, scan(content)).id
    except Invalid as error:
        raise Invalid(fields={"files": f"“{name[:60]}”：{error.message}"}) from error


def erase_attachments(context: CommandContext, process_key: str, business_key: str) -> int:
    """Removes the contents of what was attached to the comments of a case, when the time to keep them is over; answers
    how many."""
    session = context.session
    instance = find_instance(session, process_key, business_key)
    found = [session.get(StoredFile, file_id) for file_id in files_of_comments(session, instance.id)]
    kept = [file for file in found if file is not None and file.deleted_at is None]
    for file in kept:
        erase_content(context, file)
    return len(kept)


def participants(session: Session, instance: ProcessInstance) -> frozenset[int]:
    """The people who have had, have or could have a part in the case, and those it was copied to."""
    copied = select(CaseCopy.user_id).where(CaseCopy.instance_id == instance.id)
    found = {instance.initiator_id, *session.scalars(copied)}
    for item in session.scalars(select(WorkItem).where(WorkItem.instance_id == instance.id)):
        found |= {item.assignee_id, item.completed_by}
        role, _, place = (item.queue or "").partition("@")
        found |= {user.id for user in holders(session, role, int(place))} if place else set()
    return frozenset(user_id for user_id in found if user_id is not None)


def keep_signature(context: CommandContext, content: bytes) -> int:
    """Stores a hand-written signature of the actor; the id of its file."""
    return store_file(context, context.actor.user_id, "手写签名.png", signature_picture(content)).id


def files_of_comments(session: Session, instance_id: int) -> Mapping[int, str]:
    """File id -> name of everything attached to the comments of a case."""
    return {file_id: name for note in notes_of(session, instance_id) for file_id, name in note.attachments}


def signatures_of_case(session: Session, instance_id: int) -> frozenset[int]:
    """The files of the signatures by hand in a case."""
    return frozenset(entry.signature for entry in timeline(session, instance_id) if entry.signature is not None)
