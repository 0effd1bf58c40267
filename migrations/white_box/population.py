"""Runs over the whole population."""

from __future__ import annotations


def upgrade() -> None:
    """Make them."""


def downgrade() -> None:
    """Drop them."""
