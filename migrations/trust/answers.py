"""Kept answers of idempotent writes know whom they are about."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Add the reference."""
    op.add_column("idempotency_keys", sa.Column("about", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_idempotency_keys_about"), "idempotency_keys", ["about"])


def downgrade() -> None:
    """Take it away."""
    op.drop_index(op.f("ix_idempotency_keys_about"), table_name="idempotency_keys")
    op.drop_column("idempotency_keys", "about")
