"""fault tolerance and clearing."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fault_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=True),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("street_id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("opening", sa.String(length=32), nullable=False),
        sa.Column("opened_by", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False, comment="settings it began with"),
        sa.Column("accountability_on", sa.Date(), nullable=True, comment="day of the notice; empty: ex officio"),
        sa.Column("account", sa.LargeBinary(), nullable=False, comment="what happened, and why tolerance is asked for"),
        sa.Column("supplemented", sa.Boolean(), nullable=False, comment="sent back once already"),
        sa.Column("refusal", sa.LargeBinary(), nullable=False, comment="remark of a return, reason of a refusal"),
        sa.Column("days_allowed", sa.Integer(), nullable=False, comment="working days of the investigation"),
        sa.Column("days_used", sa.Integer(), nullable=False),
        sa.Column("running_since", sa.Date(), nullable=True, comment="empty: the clock stands still"),
        sa.Column("extended", sa.Boolean(), nullable=False),
        sa.Column("report", sa.LargeBinary(), nullable=False, comment="what the investigation found"),
        sa.Column("sheet", sa.LargeBinary(), nullable=True, comment="conditions and negative list"),
        sa.Column("proposed", sa.String(length=32), nullable=True, comment="what the table proposed"),
        sa.Column("proposed_reason", sa.String(length=200), nullable=False),
        sa.Column("drafted", sa.String(length=32), nullable=True, comment="what the consultation is about"),
        sa.Column("draft_reason", sa.LargeBinary(), nullable=False),
        sa.Column("conclusion", sa.String(length=32), nullable=True),
        sa.Column("concluded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True, comment="day on which the person got the conclusion"),
        sa.Column("objection_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("objection", sa.LargeBinary(), nullable=False),
        sa.Column("reexamination", sa.LargeBinary(), nullable=False),
        sa.Column("correction", sa.LargeBinary(), nullable=False, comment="what has to be corrected"),
        sa.Column("correction_due", sa.Date(), nullable=True),
        sa.Column("corrected_on", sa.Date(), nullable=True),
        sa.Column("talks", sa.LargeBinary(), nullable=False, comment="follow-up talks"),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "conclusion IS NULL OR proposed IS NOT NULL", name=op.f("ck_fault_case_sheet_before_conclusion")
        ),
        sa.CheckConstraint("days_used >= 0 AND days_allowed >= 0", name=op.f("ck_fault_case_days")),
        sa.ForeignKeyConstraint(["county_id"], ["organisation.id"], name=op.f("fk_fault_case_county_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["user_account.id"], name=op.f("fk_fault_case_opened_by")),
        sa.ForeignKeyConstraint(["street_id"], ["organisation.id"], name=op.f("fk_fault_case_street_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_fault_case_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fault_case")),
        sa.UniqueConstraint("number", name=op.f("uq_fault_case_number")),
    )
    op.create_index(op.f("ix_fault_case_county_id"), "fault_case", ["county_id"], unique=False)
    op.create_index(op.f("ix_fault_case_worker_id"), "fault_case", ["worker_id"], unique=False)
    op.create_table(
        "clearing_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=True),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("street_id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("fault_case_id", sa.Integer(), nullable=True, comment="partly true but tolerated"),
        sa.Column("opened_by", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False, comment="settings it began with"),
        sa.Column("account", sa.LargeBinary(), nullable=False, comment="the report and what it did to the person"),
        sa.Column("finding", sa.String(length=32), nullable=True),
        sa.Column("effect", sa.String(length=32), nullable=True),
        sa.Column("assessment", sa.LargeBinary(), nullable=False),
        sa.Column("refusal", sa.LargeBinary(), nullable=False),
        sa.Column("consented_on", sa.Date(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("way", sa.String(length=32), nullable=True),
        sa.Column("scope", sa.LargeBinary(), nullable=False, comment="before whom the person was cleared"),
        sa.Column("cleared_on", sa.Date(), nullable=True),
        sa.Column("talk", sa.LargeBinary(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "cleared_on IS NULL OR consented_on IS NOT NULL", name=op.f("ck_clearing_case_consent_before_clearing")
        ),
        sa.ForeignKeyConstraint(["county_id"], ["organisation.id"], name=op.f("fk_clearing_case_county_id")),
        sa.ForeignKeyConstraint(["fault_case_id"], ["fault_case.id"], name=op.f("fk_clearing_case_fault_case_id")),
        sa.ForeignKeyConstraint(["opened_by"], ["user_account.id"], name=op.f("fk_clearing_case_opened_by")),
        sa.ForeignKeyConstraint(["street_id"], ["organisation.id"], name=op.f("fk_clearing_case_street_id")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_clearing_case_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clearing_case")),
        sa.UniqueConstraint("fault_case_id", name=op.f("uq_clearing_case_fault_case_id")),
        sa.UniqueConstraint("number", name=op.f("uq_clearing_case_number")),
    )
    op.create_index(op.f("ix_clearing_case_county_id"), "clearing_case", ["county_id"], unique=False)
    op.create_index(op.f("ix_clearing_case_worker_id"), "clearing_case", ["worker_id"], unique=False)


def downgrade() -> None:
    op.drop_table("clearing_case")
    op.drop_table("fault_case")
