"""who is found unfit asks for a re-check."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "medical_result",
        sa.Column(
            "recheck_asked_at", sa.DateTime(timezone=True), nullable=True, comment="the person asked for a re-check"
        ),
    )


def downgrade() -> None:
    op.drop_column("medical_result", "recheck_asked_at")
