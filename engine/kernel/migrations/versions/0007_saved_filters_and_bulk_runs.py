"""saved filters and bulk runs."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BigId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("view", sa.String(length=64), nullable=False, comment="the list it narrows"),
        sa.Column("asked", sa.LargeBinary(), nullable=False, comment="what the list is narrowed to; may hold a name"),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_saved_filter_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_saved_filter_user_id_name")),
    )
    op.create_table(
        "bulk_run",
        sa.Column("id", BigId, nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=64), nullable=False),
        sa.Column("label", sa.String(length=64), nullable=False, comment="what the act is called on its pages"),
        sa.Column("text", sa.LargeBinary(), nullable=False, comment="the common opinion or reason"),
        sa.Column("to_user_id", sa.Integer(), nullable=True, comment="who gets the things, where the act hands them on"),
        sa.Column("from_user_id", sa.Integer(), nullable=True, comment="whose things they are, when he leaves"),
        sa.Column("back", sa.String(length=512), nullable=False, comment="the list that the run was begun from"),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_bulk_run_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_run")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_bulk_run_user", "bulk_run", ["user_id", "id"], unique=False)
    op.create_table(
        "bulk_entry",
        sa.Column("run_id", BigId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("instance_id", BigId, nullable=False),
        sa.Column("work_item_id", BigId, nullable=True),
        sa.Column("title", sa.LargeBinary(), nullable=False),
        sa.Column("step_name", sa.String(length=128), nullable=False),
        sa.Column("choice", sa.String(length=64), nullable=False, comment="the decision, or the way of sending back"),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_bulk_entry_instance_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["bulk_run.id"], name=op.f("fk_bulk_entry_run_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["work_item_id"], ["work_item.id"], name=op.f("fk_bulk_entry_work_item_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "position", name=op.f("pk_bulk_entry")),
    )
    op.create_index(op.f("ix_bulk_entry_instance_id"), "bulk_entry", ["instance_id"], unique=False)
    op.create_index("ix_bulk_entry_state", "bulk_entry", ["run_id", "state", "position"], unique=False)
    op.create_index(op.f("ix_bulk_entry_work_item_id"), "bulk_entry", ["work_item_id"], unique=False)


def downgrade() -> None:
    op.drop_table("bulk_entry")
    op.drop_table("bulk_run")
    op.drop_table("saved_filter")
