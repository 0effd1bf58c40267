"""People's second looks at decisions and score items."""

from __future__ import annotations


def upgrade() -> None:
    """Make them."""


def downgrade() -> None:
    """Drop them."""
