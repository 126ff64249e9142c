"""Tables of the workflow room."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.kernel.history import ChainHead
from engine.kernel.store import Base, BigId, Code, EncryptedJson, EncryptedText, PlainJson, UtcDateTime


class Deployment(Base):
    """One upload of diagrams and tables."""

    __tablename__ = "deployment"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    deployed_by: Mapped[int | None]
    approved_by: Mapped[int | None] = mapped_column(comment="the second person; empty for the installation itself")
    checksum: Mapped[str] = mapped_column(String(64), comment="SHA-256 over all files")
    note: Mapped[str] = mapped_column(String(255), default="")


class ProcessDefinition(Base):
    """An immutable version of a diagram's process."""

    __tablename__ = "process_definition"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Code)
    version: Mapped[int]
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"))
    name: Mapped[str] = mapped_column(String(128))
    readers: Mapped[str] = mapped_column(
        String(255), default="", server_default="", comment="roles that read its cases; empty: the supervisors"
    )
    xml: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    checksum: Mapped[str] = mapped_column(String(64))

    __table_args__ = (UniqueConstraint("key", "version"),)


class DecisionDefinition(Base):
    """An immutable version of a file of decision tables."""

    __tablename__ = "decision_definition"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Code, comment="id of the decision")
    version: Mapped[int]
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"), index=True)
    name: Mapped[str] = mapped_column(String(128))
    xml: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    checksum: Mapped[str] = mapped_column(String(64))

    __table_args__ = (UniqueConstraint("key", "version"),)


class ProcessInstance(ChainHead, Base):
    """One case."""

    __tablename__ = "process_instance"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    definition_id: Mapped[int] = mapped_column(ForeignKey("process_definition.id"))
    process_key: Mapped[str] = mapped_column(Code)
    business_key: Mapped[str] = mapped_column(String(64))
    title: Mapped[str] = mapped_column(EncryptedText, comment="shown to those who may see the case; may hold a name")
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    initiator_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    state: Mapped[str] = mapped_column(Code)
    outcome: Mapped[str | None] = mapped_column(String(64), comment="name of the end event, or why it was ended")
    revision: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="since when its clocks stand still")
    marking: Mapped[bytes] = mapped_column(LargeBinary, deferred=True, comment="state of the tokens, authenticated")

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - declarative reads it once
    __table_args__ = (
        UniqueConstraint("process_key", "business_key"),
        Index("ix_process_instance_initiator", "initiator_id", "started_at"),
        Index("ix_process_instance_organisation", "organisation_id", "started_at"),
    )


class Step(Base):
    """One visit of a user task."""

    __tablename__ = "step"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id", ondelete="CASCADE"), index=True)
    token: Mapped[str] = mapped_column(Code, comment="the waiting place in the marking")
    node_id: Mapped[str] = mapped_column(Code)
    name: Mapped[str] = mapped_column(String(128))
    state: Mapped[str] = mapped_column(Code)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    calendar_version: Mapped[str | None] = mapped_column(String(32), comment="the calendar the deadline was made with")
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision: Mapped[str | None] = mapped_column(Code)


class WorkItem(Base):
    """The step as offered to one person or one candidate group; narrow, so that lists are quick."""

    __tablename__ = "work_item"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    step_id: Mapped[int] = mapped_column(ForeignKey("step.id", ondelete="CASCADE"), index=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id", ondelete="CASCADE"), index=True)
    process_key: Mapped[str] = mapped_column(Code)
    node_id: Mapped[str] = mapped_column(Code)
    queue: Mapped[str | None] = mapped_column(Code, comment="open list: role@organisation or user:<id>; empty = closed")
    offered_to: Mapped[str] = mapped_column(Code, comment="the list it was first offered in")
    role: Mapped[str] = mapped_column(
        Code, default="", server_default="", comment="the role by which somebody has it; empty = he was named"
    )
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    state: Mapped[str] = mapped_column(Code)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_order: Mapped[datetime] = mapped_column(UtcDateTime, comment="due date, or far away when there is none")
    position: Mapped[int] = mapped_column(default=0, comment="turn of an ordered countersign")
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    completed_by: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decision: Mapped[str | None] = mapped_column(Code)
    origin: Mapped[str] = mapped_column(Code, default="", comment="how it came to be; empty = as the diagram says")
    parent_id: Mapped[int | None] = mapped_column(
        ForeignKey("work_item.id", ondelete="CASCADE"), index=True, comment="the item that asked for this one"
    )
    added_by: Mapped[int | None] = mapped_column(comment="who added it by hand")
    weight: Mapped[int] = mapped_column(default=1, comment="of its vote")
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="first opened")
    read_by: Mapped[int | None]
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="its people were told that it waits")

    __table_args__ = (
        Index("ix_work_item_untold", "id", sqlite_where=text("told_at IS NULL AND queue IS NOT NULL"),
              postgresql_where=text("told_at IS NULL AND queue IS NOT NULL")),
        Index("ix_work_item_queue_due", "queue", "due_order", "id"),
        Index("ix_work_item_queue_process", "queue", "process_key", "node_id", "due_order", "id"),
        Index("ix_work_item_queue_created", "queue", "created_at", "id"),
        Index("ix_work_item_done", "completed_by", "completed_at"),
    )  # fmt: skip


class Submission(Base):
    """What one person filled in and signed in one work item; never changed."""

    __tablename__ = "submission"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id", ondelete="CASCADE"), index=True)
    work_item_id: Mapped[int | None] = mapped_column(ForeignKey("work_item.id", ondelete="CASCADE"), index=True)
    node_id: Mapped[str] = mapped_column(Code)
    actor_id: Mapped[int | None]
    on_behalf_of: Mapped[int | None] = mapped_column(comment="the principal when a deputy acted")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    operation: Mapped[str] = mapped_column(Code)
    decision: Mapped[str | None] = mapped_column(Code)
    content: Mapped[Any] = mapped_column(EncryptedJson, comment="opinion and values")


class ChosenHandler(Base):
    """Somebody chosen to handle a later node of a case."""

    __tablename__ = "chosen_handler"
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id", ondelete="CASCADE"), primary_key=True)
    node_id: Mapped[str] = mapped_column(Code, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    chosen_by: Mapped[int | None]


class CaseCopy(Base):
    """A case sent to somebody to know about (抄送); it never blocks."""

    __tablename__ = "case_copy"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    node_id: Mapped[str] = mapped_column(Code)
    step_name: Mapped[str] = mapped_column(String(128))
    sent_by: Mapped[int | None] = mapped_column(comment="empty = as the diagram says")
    note: Mapped[str] = mapped_column(EncryptedText, default="")
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_case_copy_user", "user_id", "id"),
        Index("ix_case_copy_instance", "instance_id", "user_id"),
        Index("ix_case_copy_unread", "user_id", sqlite_where=text("read_at IS NULL"),
              postgresql_where=text("read_at IS NULL")),
    )  # fmt: skip


class CaseNote(Base):
    """Something said about a case without moving it: a comment (沟通) or a reminder (催办)."""

    __tablename__ = "case_note"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Code)
    user_id: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(EncryptedText)
    attachments: Mapped[Any | None] = mapped_column(EncryptedJson, comment="(file id, name) pairs; empty = none")

    __table_args__ = (Index("ix_case_note_instance", "instance_id", "kind", "at"),)


class WorkItemDraft(Base):
    """What somebody has typed so far in an open work item."""

    __tablename__ = "work_item_draft"
    work_item_id: Mapped[int] = mapped_column(ForeignKey("work_item.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    content: Mapped[Any] = mapped_column(EncryptedJson)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Job(Base):
    """Something to do later: a timer, a failed service task, a message to correlate, a chunk of a batch."""

    __tablename__ = "job"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(Code)
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id", ondelete="CASCADE"), index=True)
    token: Mapped[str | None] = mapped_column(Code)
    node_id: Mapped[str | None] = mapped_column(Code)
    payload: Mapped[Any] = mapped_column(PlainJson, default=dict)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(Code, default="ready")
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    worker: Mapped[str | None] = mapped_column(String(64))
    error: Mapped[str | None] = mapped_column(EncryptedText)

    __table_args__ = (Index("ix_job_due", "state", "due_at", "id"), {"sqlite_autoincrement": True})


class MessageSubscription(Base):
    """A waiting place for a message."""

    __tablename__ = "message_subscription"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id", ondelete="CASCADE"), index=True)
    token: Mapped[str] = mapped_column(Code)
    node_id: Mapped[str] = mapped_column(Code)
    name: Mapped[str] = mapped_column(Code)
    correlation_key: Mapped[str] = mapped_column(String(128))

    __table_args__ = (Index("ix_message_subscription_key", "name", "correlation_key"),)


class Message(Base):
    """A published message that nobody has taken yet; deleted when taken or when its time is over."""

    __tablename__ = "message"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    name: Mapped[str] = mapped_column(Code)
    correlation_key: Mapped[str] = mapped_column(String(128))
    payload: Mapped[Any] = mapped_column(EncryptedJson)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    __table_args__ = (Index("ix_message_key", "name", "correlation_key", "id"), {"sqlite_autoincrement": True})


class Batch(Base):
    """A service task over many things, done in chunks; its step goes on when the last chunk is through."""

    __tablename__ = "batch"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[str] = mapped_column(Code)
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id", ondelete="CASCADE"), index=True)
    token: Mapped[str | None] = mapped_column(Code)
    data: Mapped[Any] = mapped_column(PlainJson, default=dict)
    total: Mapped[int]
    done: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Incident(Base):
    """Something that cannot move without a person."""

    __tablename__ = "incident"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id", ondelete="CASCADE"), index=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"))
    node_id: Mapped[str | None] = mapped_column(Code)
    kind: Mapped[str] = mapped_column(Code)
    message: Mapped[str] = mapped_column(EncryptedText)
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_by: Mapped[int | None]

    __table_args__ = (Index("ix_incident_open", "raised_at", sqlite_where=text("resolved_at IS NULL"),
                            postgresql_where=text("resolved_at IS NULL")),)  # fmt: skip


class Notification(Base):
    """A message to a person inside the site."""

    __tablename__ = "notification"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    template: Mapped[str] = mapped_column(Code)
    kind: Mapped[str] = mapped_column(Code, server_default="case", comment="what the person's settings go by")
    title: Mapped[str] = mapped_column(EncryptedText)
    body: Mapped[str] = mapped_column(EncryptedText)
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id", ondelete="CASCADE"))
    subject: Mapped[str] = mapped_column(
        String(160), default="", server_default="", comment="what one unread message is enough for"
    )
    work_item_id: Mapped[int | None] = mapped_column(comment="the one item it is about")
    number: Mapped[int] = mapped_column(default=1, server_default="1", comment="of things it speaks of")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sorted_at: Mapped[datetime | None] = mapped_column(UtcDateTime, comment="the person's settings were applied")
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_notification_user", "user_id", "id"),
        Index("ix_notification_unread", "user_id", "id", sqlite_where=text("read_at IS NULL"),
              postgresql_where=text("read_at IS NULL")),
        Index("ix_notification_unsorted", "id", sqlite_where=text("sorted_at IS NULL"),
              postgresql_where=text("sorted_at IS NULL")),
    )  # fmt: skip
