"""Credit reports that others may check, and the records that each shows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "reports",
        sa.Column("citizen_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("entity_id", sa.String(64)),
        sa.Column("entity_state", sa.String(64)),
        sa.Column("falls_on", sa.Date()),
        sa.Column("language", sa.String(64), nullable=False),
        sa.Column("shows", sa.String(64), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.Column("sealed_code", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_document", sa.LargeBinary()),
        sa.Column("sealed_paper", sa.LargeBinary()),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("over_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_because", sa.String(64)),
        sa.Column("checks", sa.Integer(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("citizen_id", "id", name=op.f("pk_reports")),
    )
    op.create_index("ix_reports_over_at", "reports", ["over_at"])
    op.create_index("ix_reports_entity_id", "reports", ["entity_id"])
    with_text = sa.text("sealed_document is not null")
    op.create_index("ix_reports_documents", "reports", ["citizen_id", "id"], postgresql_where=with_text)
    op.create_index("ix_reports_falls_on", "reports", ["falls_on"], postgresql_where=with_text)
    op.create_table(
        "report_records",
        sa.Column("citizen_id", sa.String(64), nullable=False),
        sa.Column("report_id", sa.String(64), nullable=False),
        sa.Column("record_id", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("stated", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("citizen_id", "report_id", "record_id", name=op.f("pk_report_records")),
    )


def downgrade() -> None:
    """Drop both; the reports are lost."""
    op.drop_table("report_records")
    op.drop_table("reports")
