"""Revision 0004: the places of limited offers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Add this subject's part."""
    op.create_table(
        "offer_quotas",
        sa.Column("scenario", sa.String(length=64), nullable=False),
        sa.Column("room", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("scenario", "room", "day", "place", name=op.f("pk_offer_quotas")),
    )
    op.create_index(
        "ix_offer_quotas_free",
        "offer_quotas",
        ["scenario", "room", "day", "place"],
        unique=False,
        postgresql_where=sa.text("order_id is null"),
    )
    op.create_index("uq_offer_quotas_order", "offer_quotas", ["order_id"], unique=True)


def downgrade() -> None:
    """Take it away again."""
    op.drop_table("offer_quotas")
