"""roles may end behind a day."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What is held now is held until it is taken away."""
    op.add_column(
        "role_membership",
        sa.Column("ends_on", sa.Date(), nullable=True, comment="last day; empty = until it is taken away"),
    )


def downgrade() -> None:
    op.drop_column("role_membership", "ends_on")
