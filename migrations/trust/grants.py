"""Grants and refresh tokens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Let a refresh token know what it was replaced by; those replaced so far are past their grace."""
    op.add_column("refresh_tokens", sa.Column("successor", sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("refresh_tokens", "successor")
