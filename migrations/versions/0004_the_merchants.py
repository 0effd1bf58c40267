"""The merchants: offers as versions, places, orders to their end, disputes, standing consents, webhooks, sandbox."""

from __future__ import annotations

from migrations.merchants import (
    offers,
    order_disputes,
    orders,
    partners,
    places,
    quotas,
    sandbox,
    standing,
    statements,
    webhooks,
)

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ROOMS = (partners, offers, places, orders, order_disputes, standing, webhooks, statements, sandbox, quotas)


def upgrade() -> None:
    """Add every subject's part."""
    for room in ROOMS:
        room.upgrade()


def downgrade() -> None:
    """Take them away again; what they held is lost."""
    for room in reversed(ROOMS):
        room.downgrade()
