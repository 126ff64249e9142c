"""registrations entered at the counter."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # by hand: making this table anew, as a batch would on SQLite, takes the rows that point to it along
    op.execute(
        "ALTER TABLE registration ADD COLUMN entered_by INTEGER"
        " CONSTRAINT fk_registration_entered_by REFERENCES user_account (id)"
    )


def downgrade() -> None:
    op.drop_column("registration", "entered_by")
