"""Grants, refresh tokens, and since when used ones are remembered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Let a refresh token know what it was replaced by; those replaced so far are past their grace."""
    op.create_table(
        "used_tokens_since",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_used_tokens_since")),
        prefixes=["UNLOGGED"],
    )
    op.execute("insert into used_tokens_since (id, since) values (1, 'epoch')")
    op.add_column("refresh_tokens", sa.Column("successor", sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("refresh_tokens", "successor")
    op.drop_table("used_tokens_since")
