"""The counters of the abuse limits: unlogged, with room in each page to count without growing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "limit_counters",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("hits", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_limit_counters")),
        prefixes=["UNLOGGED"],
        postgresql_with={"fillfactor": "50"},
    )
    op.create_index(op.f("ix_limit_counters_ends_at"), "limit_counters", ["ends_at"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_table("limit_counters")
