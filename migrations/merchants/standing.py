"""Revision 0004: consents under which orders start without a confirmation, with their caps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

_STARTED = sa.text("standing_on is not null")


def upgrade() -> None:
    """Add the caps of a consent (fen), and the day on whose cap an order counts."""
    op.add_column("consents", sa.Column("per_order_fen", sa.BigInteger()))
    op.add_column("consents", sa.Column("per_day_fen", sa.BigInteger()))
    op.add_column("orders", sa.Column("standing_on", sa.Date()))
    op.create_index("ix_orders_standing", "orders", ["citizen_id", "consent_id"], postgresql_where=_STARTED)


def downgrade() -> None:
    """Take them away again."""
    op.drop_index("ix_orders_standing", "orders")
    op.drop_column("orders", "standing_on")
    op.drop_column("consents", "per_day_fen")
    op.drop_column("consents", "per_order_fen")
