"""objections to appraisals, refused attempts, all-round certificates, monthly returns."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "appraisal_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True, comment="in whose name"),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("wanted", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["organisation.id"], name=op.f("fk_appraisal_attempt_county_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_appraisal_attempt_organisation_id")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_appraisal_attempt_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_attempt")),
    )
    op.create_index(op.f("ix_appraisal_attempt_county_id"), "appraisal_attempt", ["county_id"], unique=False)
    op.create_table(
        "secondment_return",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("street_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False, comment="its first day"),
        sa.Column("carried", sa.Integer(), nullable=False),
        sa.Column("begun", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=False),
        sa.Column("away", sa.Integer(), nullable=False),
        sa.Column("overdue", sa.Integer(), nullable=False),
        sa.Column("reported_by", sa.Integer(), nullable=True),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["reported_by"], ["user_account.id"], name=op.f("fk_secondment_return_reported_by")),
        sa.ForeignKeyConstraint(["street_id"], ["organisation.id"], name=op.f("fk_secondment_return_street_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_secondment_return")),
        sa.UniqueConstraint("street_id", "month", name=op.f("uq_secondment_return_street_id_month")),
    )
    op.create_table(
        "all_round_certificate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("certified_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False, comment="last day, included"),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("valid_until > certified_on", name=op.f("ck_all_round_certificate_span")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["user_account.id"], name=op.f("fk_all_round_certificate_recorded_by")
        ),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_all_round_certificate_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_all_round_certificate")),
        sa.UniqueConstraint("worker_id", "certified_on", name=op.f("uq_all_round_certificate_worker_id_certified_on")),
    )
    op.create_index(op.f("ix_all_round_certificate_worker_id"), "all_round_certificate", ["worker_id"], unique=False)
    op.create_table(
        "appraisal_objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True, comment="empty: from the public"),
        sa.Column("from_name", sa.LargeBinary(), nullable=False),
        sa.Column("from_phone", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finding", sa.LargeBinary(), nullable=False),
        sa.Column("settled_by", sa.Integer(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["appraisal_case.id"], name=op.f("fk_appraisal_objection_case_id")),
        sa.ForeignKeyConstraint(["plan_id"], ["appraisal_plan.id"], name=op.f("fk_appraisal_objection_plan_id")),
        sa.ForeignKeyConstraint(["settled_by"], ["user_account.id"], name=op.f("fk_appraisal_objection_settled_by")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_appraisal_objection_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appraisal_objection")),
    )
    op.create_index(op.f("ix_appraisal_objection_plan_id"), "appraisal_objection", ["plan_id"], unique=False)
