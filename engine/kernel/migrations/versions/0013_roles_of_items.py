"""items know the role by which somebody has them; a key used again with another content is told."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "work_item",
        sa.Column(
            "role",
            sa.String(length=64),
            server_default="",
            nullable=False,
            comment="the role by which somebody has it; empty = he was named",
        ),
    )
    op.add_column(
        "command_receipt",
        sa.Column(
            "content",
            sa.LargeBinary(),
            nullable=True,
            comment="keyed digest of what was asked; empty = unknown",
        ),
    )


def downgrade() -> None:
    op.drop_column("command_receipt", "content")
    op.drop_column("work_item", "role")
