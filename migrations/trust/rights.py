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


def downgrade() -> None:
    """Drop them."""
    op.drop_table("deletion_receipts")
