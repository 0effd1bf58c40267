"""Revision 0004: what each step of an order moved, until it stands in its day's statement; and the statements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB


def upgrade() -> None:
    """Make both. What moved before this revision stands in no statement: the order's history has it."""
    op.create_table(
        "statement_lines",
        sa.Column("partner_id", sa.String(64), nullable=False),
        sa.Column("order_id", sa.String(64), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("external_order_no", sa.String(64), nullable=False),
        sa.Column("scenario", sa.String(64), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("partner_id", "order_id", "sequence", "type", name=op.f("pk_statement_lines")),
    )
    op.create_index("ix_statement_lines_day", "statement_lines", ["day", "partner_id", "livemode"])
    op.create_table(
        "partner_statements",
        sa.Column("partner_id", sa.String(64), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("totals", JSONB(), nullable=False),
        sa.Column("csv", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("partner_id", "livemode", "day", name=op.f("pk_partner_statements")),
    )


def downgrade() -> None:
    """Drop both."""
    op.drop_table("partner_statements")
    op.drop_table("statement_lines")
