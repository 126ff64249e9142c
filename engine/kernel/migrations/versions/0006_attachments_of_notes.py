"""files of comments stand encrypted with their names."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No file could be attached so far, so nothing is carried over."""
    op.drop_column("case_note", "attachments")
    op.add_column(
        "case_note",
        sa.Column("attachments", sa.LargeBinary(), nullable=True, comment="(file id, name) pairs; empty = none"),
    )


def downgrade() -> None:
    op.drop_column("case_note", "attachments")
    op.add_column(
        "case_note",
        sa.Column(
            "attachments", sa.JSON(), nullable=False, server_default="[]", comment="references into the file store"
        ),
    )
