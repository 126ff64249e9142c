"""confidential processes name their readers."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "process_definition",
        sa.Column(
            "readers",
            sa.String(length=255),
            server_default="",
            nullable=False,
            comment="roles that read its cases; empty: the supervisors",
        ),
    )


def downgrade() -> None:
    op.drop_column("process_definition", "readers")
