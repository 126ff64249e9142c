"""secondment."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "secondment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=True),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("street_id", sa.Integer(), nullable=False),
        sa.Column("community_id", sa.Integer(), nullable=False, comment="that lends"),
        sa.Column("borrower_id", sa.Integer(), nullable=False),
        sa.Column(
            "office", sa.String(length=64), nullable=False, comment="office of the street where the worker will be"
        ),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("duties", sa.String(length=500), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False, comment="last day, included; moved once by an extension"),
        sa.Column("opinion", sa.LargeBinary(), nullable=False, comment="why it came to nothing"),
        sa.Column("notice_year", sa.Integer(), nullable=True),
        sa.Column("notice_serial", sa.Integer(), nullable=True, comment="per county and year"),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("early_reason", sa.LargeBinary(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=True),
        sa.Column("performance", sa.String(length=32), nullable=True),
        sa.Column("evaluation", sa.LargeBinary(), nullable=False, comment="the borrower's words (鉴定)"),
        sa.Column("handover", sa.LargeBinary(), nullable=False),
        sa.Column("overdue_workdays", sa.Integer(), nullable=False),
        sa.Column("violation", sa.Boolean(), nullable=False, comment="more than five working days late"),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_secondment_span")),
        sa.ForeignKeyConstraint(["borrower_id"], ["organisation.id"], name=op.f("fk_secondment_borrower_id")),
        sa.ForeignKeyConstraint(["community_id"], ["organisation.id"], name=op.f("fk_secondment_community_id")),
        sa.ForeignKeyConstraint(["county_id"], ["organisation.id"], name=op.f("fk_secondment_county_id")),
        sa.ForeignKeyConstraint(["created_by"], ["user_account.id"], name=op.f("fk_secondment_created_by")),
        sa.ForeignKeyConstraint(["street_id"], ["organisation.id"], name=op.f("fk_secondment_street_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_secondment_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secondment")),
        sa.UniqueConstraint(
            "county_id", "notice_year", "notice_serial", name=op.f("uq_secondment_county_id_notice_year_notice_serial")
        ),
        sa.UniqueConstraint("number", name=op.f("uq_secondment_number")),
    )
    op.create_index(op.f("ix_secondment_community_id"), "secondment", ["community_id"], unique=False)
    op.create_index(op.f("ix_secondment_county_id"), "secondment", ["county_id"], unique=False)
    op.create_index(op.f("ix_secondment_state"), "secondment", ["state"], unique=False)
    op.create_index(op.f("ix_secondment_street_id"), "secondment", ["street_id"], unique=False)
    op.create_index(op.f("ix_secondment_worker_id"), "secondment", ["worker_id"], unique=False)
    op.create_index(
        "uq_secondment_one_at_a_time",
        "secondment",
        ["worker_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('active', 'due_soon', 'overdue')"),
        postgresql_where=sa.text("state IN ('active', 'due_soon', 'overdue')"),
    )
    op.create_table(
        "secondment_extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=True),
        sa.Column("secondment_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("before", sa.Date(), nullable=False, comment="last day without the extension"),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("opinion", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_on > before", name=op.f("ck_secondment_extension_longer")),
        sa.ForeignKeyConstraint(
            ["secondment_id"], ["secondment.id"], name=op.f("fk_secondment_extension_secondment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secondment_extension")),
        sa.UniqueConstraint("number", name=op.f("uq_secondment_extension_number")),
    )
    op.create_index(
        op.f("ix_secondment_extension_secondment_id"), "secondment_extension", ["secondment_id"], unique=False
    )
