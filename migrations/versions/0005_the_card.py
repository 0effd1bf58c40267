"""The name card and the credit report: ticked fields, the holder, shakes, legal entities, credentials, reports."""

from __future__ import annotations

from migrations.cards import card, credentials, entities, holder, reports, shakes

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ROOMS = (entities, card, holder, shakes, credentials, reports)


def upgrade() -> None:
    """Add every subject's part."""
    for room in ROOMS:
        room.upgrade()


def downgrade() -> None:
    """Take them away again; what they held is lost."""
    for room in reversed(ROOMS):
        room.downgrade()
