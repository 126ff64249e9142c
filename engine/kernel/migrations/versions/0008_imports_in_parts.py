"""imports of spreadsheets go part by part."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sheet_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column(
            "run", sa.Integer(), nullable=False, comment="parts handed out for an earlier run are not worked on"
        ),
        sa.Column("headings", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False, comment="rows"),
        sa.Column("checked", sa.Integer(), nullable=False, comment="rows"),
        sa.Column("saved", sa.Integer(), nullable=False, comment="rows"),
        sa.Column("wrong", sa.Integer(), nullable=False, comment="mistakes found"),
        sa.Column(
            "reason", sa.String(length=300), nullable=False, comment="why it stopped or is to be looked at again"
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False, comment="last progress"),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_sheet_import_campaign_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user_account.id"], name=op.f("fk_sheet_import_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_import")),
    )
    op.create_index("ix_sheet_import_campaign_kind", "sheet_import", ["campaign_id", "kind", "state"], unique=False)
    op.create_table(
        "sheet_import_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False, comment="number of its first row in the spreadsheet"),
        sa.Column("rows", sa.LargeBinary(), nullable=False),
        sa.Column("repeated", sa.JSON(), nullable=False, comment="[row, earlier row]"),
        sa.Column("errors", sa.LargeBinary(), nullable=False, comment="[row, column, message]"),
        sa.Column("checked", sa.Boolean(), nullable=False),
        sa.Column("saved", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"], ["sheet_import.id"], name=op.f("fk_sheet_import_part_import_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet_import_part")),
        sa.UniqueConstraint("import_id", "position", name=op.f("uq_sheet_import_part_import_id_position")),
    )
    for table in ("written_score", "interview_score"):
        with op.batch_alter_table(table) as batch:
            batch.add_column(
                sa.Column(
                    "import_id", sa.Integer(), nullable=True,
                    comment="counts once that import is done; empty: at once",
                )
            )  # fmt: skip
            batch.create_foreign_key(op.f(f"fk_{table}_import_id"), "sheet_import", ["import_id"], ["id"])
            batch.create_index(op.f(f"ix_{table}_import_id"), ["import_id"], unique=False)


def downgrade() -> None:
    for table in ("interview_score", "written_score"):
        with op.batch_alter_table(table) as batch:
            batch.drop_index(op.f(f"ix_{table}_import_id"))
            batch.drop_constraint(op.f(f"fk_{table}_import_id"), type_="foreignkey")
            batch.drop_column("import_id")
    op.drop_table("sheet_import_part")
    op.drop_index("ix_sheet_import_campaign_kind", table_name="sheet_import")
    op.drop_table("sheet_import")
