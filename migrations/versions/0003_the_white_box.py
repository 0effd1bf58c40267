"""The white box: packs as data, files that resume, remedies, reviews, deletions with a proof, population runs."""

from __future__ import annotations

from migrations.white_box import intake, nicknames, packs, population, remedies, retention, reviews

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ROOMS = (packs, intake, remedies, reviews, retention, nicknames, population)


def upgrade() -> None:
    """Add every subject's part."""
    for room in ROOMS:
        room.upgrade()


def downgrade() -> None:
    """Take them away again; what they held is lost."""
    for room in reversed(ROOMS):
        room.downgrade()
