"""Operators' second factor."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "operator_factors",
        sa.Column("operator_id", sa.String(length=64), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("operator_id", name=op.f("pk_operator_factors")),
    )
    op.create_table(
        "operator_invitations",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("operator_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("session_id", sa.String(length=64), nullable=True),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_operator_invitations")),
    )
    for column in ("operator_id", "expires_at"):
        op.create_index(op.f(f"ix_operator_invitations_{column}"), "operator_invitations", [column])
    op.add_column("browser_sessions", sa.Column("wrong_codes", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("browser_sessions", "wrong_codes")
    op.drop_table("operator_invitations")
    op.drop_table("operator_factors")
