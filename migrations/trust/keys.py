"""Data keys and the life of signing keys."""

from __future__ import annotations


def upgrade() -> None:
    """Make them."""


def downgrade() -> None:
    """Drop them."""
