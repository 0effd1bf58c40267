"""Score packs as they were published, with their simulations and notices."""

from __future__ import annotations


def upgrade() -> None:
    """Make them."""


def downgrade() -> None:
    """Drop them."""
