"""The tables of entities."""

from __future__ import annotations


def upgrade() -> None:
    """Add them."""


def downgrade() -> None:
    """Take them away."""
