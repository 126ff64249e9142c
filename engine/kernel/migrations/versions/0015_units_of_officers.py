"""an officer's account belongs to a unit."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # by hand: making this table anew, as a batch would on SQLite, takes the rows that point to it along
    op.execute(
        "ALTER TABLE user_account ADD COLUMN home_id INTEGER"
        " CONSTRAINT fk_user_account_home_id REFERENCES organisation (id)"
    )
    op.execute(
        "UPDATE user_account SET home_id = (SELECT MIN(organisation_id) FROM role_membership"
        " WHERE role_membership.user_id = user_account.id)"
    )


def downgrade() -> None:
    op.drop_column("user_account", "home_id")
