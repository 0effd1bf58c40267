"""The house: every table of the first release."""

from __future__ import annotations

from migrations.house import access, cards, checks, identity, ledgers, orders, people, records, scores, work

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ROOMS = (identity, people, access, records, scores, checks, orders, cards, work, ledgers)


def upgrade() -> None:
    """Make every room; the ledgers close the door."""
    for room in ROOMS:
        room.upgrade()


def downgrade() -> None:
    """Leave nothing."""
    for room in reversed(ROOMS):
        room.downgrade()
