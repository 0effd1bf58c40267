"""The tables of shakes."""

from __future__ import annotations


def upgrade() -> None:
    """Add them."""


def downgrade() -> None:
    """Take them away."""
