"""Identity to the letter: limits, key versions, the second factor, approvals, rights, network identities."""

from __future__ import annotations

from migrations.trust import answers, approvals, factors, federation, grants, keys, limits, rights

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ROOMS = (limits, keys, factors, approvals, rights, federation, grants, answers)


def upgrade() -> None:
    """Add every subject's part."""
    for room in ROOMS:
        room.upgrade()


def downgrade() -> None:
    """Take them away again; what they held is lost."""
    for room in reversed(ROOMS):
        room.downgrade()
