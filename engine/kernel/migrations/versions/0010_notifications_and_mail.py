"""notifications and mail."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _notifications()
    _mail()
    _settings()


def _notifications() -> None:
    op.add_column("notification", sa.Column("kind", sa.String(length=64), server_default="case", nullable=False, comment="what the person's settings go by"))
    op.add_column("notification", sa.Column("subject", sa.String(length=160), server_default="", nullable=False, comment="what one unread message is enough for"))
    op.add_column("notification", sa.Column("work_item_id", sa.Integer(), nullable=True, comment="the one item it is about"))
    op.add_column("notification", sa.Column("number", sa.Integer(), server_default="1", nullable=False, comment="of things it speaks of"))
    op.add_column("notification", sa.Column("sorted_at", _MOMENT, nullable=True, comment="the person's settings were applied"))
    op.add_column("work_item", sa.Column("told_at", _MOMENT, nullable=True, comment="its people were told that it waits"))
    # what there is by now is no news
    op.execute("UPDATE notification SET sorted_at = created_at")
    op.execute("UPDATE work_item SET told_at = created_at")
    for table, name, columns, where in (
        ("notification", "ix_notification_unread", ["user_id", "id"], "read_at IS NULL"),
        ("notification", "ix_notification_unsorted", ["id"], "sorted_at IS NULL"),
        ("work_item", "ix_work_item_untold", ["id"], "told_at IS NULL AND queue IS NOT NULL"),
    ):
        op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _mail() -> None:
    op.create_table(
        "outbox_mail",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False, comment="one letter a key; gives its Message-ID"),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False, comment="what it is about, for the list of the system administrator"),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("posted_at", _MOMENT, nullable=False),
        sa.Column("due_at", _MOMENT, nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", _MOMENT, nullable=True),
        sa.Column("worker", sa.String(length=64), nullable=True),
        sa.Column("error", sa.String(length=255), nullable=True, comment="why it did not go through, without addresses"),
        sa.Column("sent_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_outbox_mail_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_mail")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_mail_key")),
    )
    op.create_index(op.f("ix_outbox_mail_user_id"), "outbox_mail", ["user_id"])
    op.create_index("ix_outbox_mail_state", "outbox_mail", ["state", "id"])
    op.create_index("ix_outbox_mail_sent", "outbox_mail", ["sent_at"])
    unsent = sa.text("sent_at IS NULL")
    op.create_index("ix_outbox_mail_open", "outbox_mail", ["due_at", "id"], sqlite_where=unsent, postgresql_where=unsent)
    op.create_table(
        "mail_address_change",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("asked_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_mail_address_change_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_mail_address_change")),
    )
    op.create_index(op.f("ix_mail_address_change_expires_at"), "mail_address_change", ["expires_at"])


def _settings() -> None:
    op.create_table(
        "notification_setting",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("in_site", sa.Boolean(), nullable=False),
        sa.Column("mail", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_notification_setting_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "kind", name=op.f("pk_notification_setting")),
    )
    op.create_table(
        "digest_setting",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=5), nullable=False, comment="hour and minute in China"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_digest_setting_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_digest_setting")),
    )
    op.create_table(
        "digest_sent",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False, comment="in China"),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("posted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_digest_sent_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "day", name=op.f("pk_digest_sent")),
    )
    op.create_table(
        "notice_cursor",
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("chain", name=op.f("pk_notice_cursor")),
    )
