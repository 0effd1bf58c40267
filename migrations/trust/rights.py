"""Exports, corrections and receipts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "deletion_receipts",
        sa.Column("citizen_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted", postgresql.JSONB(), nullable=False),
        sa.Column("kept", postgresql.JSONB(), nullable=False),
        sa.Column("signed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("citizen_id", "id", name=op.f("pk_deletion_receipts")),
    )
    op.create_index(op.f("ix_deletion_receipts_left_at"), "deletion_receipts", ["left_at"])
    _corrections()


def _corrections() -> None:
    op.create_table(
        "corrections",
        sa.Column("citizen_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("about", sa.String(64), nullable=False),
        sa.Column("record_id", sa.String(64)),
        sa.Column("field", sa.String(64), nullable=False),
        sa.Column("sealed_statement", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("remedy", sa.String(64)),
        sa.Column("reason", sa.Text()),
        sa.Column("document", sa.String(120)),
        sa.Column("sealed_answer", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("citizen_id", "id", name=op.f("pk_corrections")),
    )
    waiting = sa.text("status = 'received'")
    op.create_index("ix_corrections_waiting", "corrections", ["id"], postgresql_where=waiting)


def downgrade() -> None:
    """Drop them."""
    op.drop_table("corrections")
    op.drop_table("deletion_receipts")
