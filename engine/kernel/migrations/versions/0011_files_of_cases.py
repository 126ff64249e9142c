"""files of exit and fault-tolerance cases, what an exit decides besides, choices of retirement."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "retirement_alert",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("retires_on", sa.Date(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_retirement_alert_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retirement_alert")),
        sa.UniqueConstraint("worker_id", "retires_on", name=op.f("uq_retirement_alert_worker_id_retires_on")),
    )
    op.create_index(op.f("ix_retirement_alert_worker_id"), "retirement_alert", ["worker_id"], unique=False)
    op.create_table(
        "retirement_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("worker_id", sa.Integer(), nullable=False),
        sa.Column("statutory_on", sa.Date(), nullable=False),
        sa.Column("chosen_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["recorded_by"], ["user_account.id"], name=op.f("fk_retirement_choice_recorded_by")),
        sa.ForeignKeyConstraint(["worker_id"], ["worker.id"], name=op.f("fk_retirement_choice_worker_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retirement_choice")),
    )
    op.create_index(op.f("ix_retirement_choice_worker_id"), "retirement_choice", ["worker_id"], unique=False)
    _create_case_files()
    for column in _exit_case():
        op.add_column("exit_case", column)
    for column in _exit_pay():
        op.add_column("exit_pay", column)
    op.add_column(
        "fault_case",
        sa.Column("material_request", sa.LargeBinary(), nullable=True, comment="what the person is asked for"),
    )
    _replace_open_index("'closed', 'converted', 'reinstated', 'withdrawn'")


def _replace_open_index(ended: str) -> None:
    """One open exit a person; an exit that a court undid is over."""
    where = sa.text(f"state NOT IN ({ended})")
    op.drop_index("uq_exit_case_open", table_name="exit_case")
    op.create_index(
        "uq_exit_case_open", "exit_case", ["worker_id"], unique=True, sqlite_where=where, postgresql_where=where
    )


def _exit_case() -> list[sa.Column[object]]:
    return [
        sa.Column("parameters", sa.JSON(), server_default="{}", nullable=False, comment="settings it began with"),
        sa.Column(
            "conflict_choice", sa.String(length=32), nullable=True,
            comment="what the officer chose where notice and law differ",
        ),
        sa.Column("conflict_reason", sa.LargeBinary(), nullable=True),
        sa.Column("hearing_requested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hearing", sa.LargeBinary(), nullable=True, comment="record of the hearing"),
        sa.Column(
            "roles_held", sa.LargeBinary(), nullable=True,
            comment="(role, organisation) taken with the access; given back on revocation",
        ),
        sa.Column("retained_until", sa.Date(), nullable=True, comment="contract text, two years [L50]"),
        sa.Column("by_election_due", sa.Date(), nullable=True, comment="elected post, 90 days [N 5.3]"),
    ]  # fmt: skip


def _exit_pay() -> list[sa.Column[object]]:
    return [
        sa.Column("served", sa.BigInteger(), server_default="0", nullable=False, comment="N before the cap"),
        sa.Column(
            "average", sa.BigInteger(), server_default="0", nullable=False,
            comment="gross of the last 12 months, a month",
        ),
        sa.Column("city_average", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("minimum", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_month", sa.BigInteger(), server_default="0", nullable=False),
    ]  # fmt: skip


def _create_case_files() -> None:
    op.create_table(
        "case_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exit_case_id", sa.Integer(), nullable=True),
        sa.Column("fault_case_id", sa.Integer(), nullable=True),
        sa.Column("clearing_case_id", sa.Integer(), nullable=True),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column(
            "kind", sa.String(length=32), nullable=False,
            comment="kind of evidence, stage of the case, or kind of paper",
        ),
        sa.Column("label", sa.LargeBinary(), nullable=False),
        sa.Column("issuer_id", sa.Integer(), nullable=True, comment="office of a paper"),
        sa.Column("series", sa.String(length=32), nullable=True, comment="beginning of the document number"),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("serial", sa.Integer(), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("added_by", sa.Integer(), nullable=True),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(exit_case_id IS NOT NULL AND fault_case_id IS NULL AND clearing_case_id IS NULL)"
            " OR (exit_case_id IS NULL AND fault_case_id IS NOT NULL AND clearing_case_id IS NULL)"
            " OR (exit_case_id IS NULL AND fault_case_id IS NULL AND clearing_case_id IS NOT NULL)",
            name=op.f("ck_case_file_one_case"),
        ),
        sa.ForeignKeyConstraint(["added_by"], ["user_account.id"], name=op.f("fk_case_file_added_by")),
        sa.ForeignKeyConstraint(["clearing_case_id"], ["clearing_case.id"], name=op.f("fk_case_file_clearing_case_id")),
        sa.ForeignKeyConstraint(["exit_case_id"], ["exit_case.id"], name=op.f("fk_case_file_exit_case_id")),
        sa.ForeignKeyConstraint(["fault_case_id"], ["fault_case.id"], name=op.f("fk_case_file_fault_case_id")),
        sa.ForeignKeyConstraint(["file_id"], ["stored_file.id"], name=op.f("fk_case_file_file_id")),
        sa.ForeignKeyConstraint(["issuer_id"], ["organisation.id"], name=op.f("fk_case_file_issuer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
        sa.UniqueConstraint("file_id", name=op.f("uq_case_file_file_id")),
        sa.UniqueConstraint(
            "issuer_id", "series", "year", "serial", name=op.f("uq_case_file_issuer_id_series_year_serial")
        ),
    )
    op.create_index(op.f("ix_case_file_clearing_case_id"), "case_file", ["clearing_case_id"], unique=False)
    op.create_index(op.f("ix_case_file_exit_case_id"), "case_file", ["exit_case_id"], unique=False)
    op.create_index(op.f("ix_case_file_fault_case_id"), "case_file", ["fault_case_id"], unique=False)


def downgrade() -> None:
    _replace_open_index("'closed', 'converted', 'withdrawn'")
    op.drop_column("fault_case", "material_request")
    for column in _exit_pay():
        op.drop_column("exit_pay", column.name)
    for column in _exit_case():
        op.drop_column("exit_case", column.name)
    for table in ("case_file", "retirement_choice", "retirement_alert"):
        op.drop_table(table)
