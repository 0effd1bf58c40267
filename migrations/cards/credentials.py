"""The tables of credentials."""

from __future__ import annotations


def upgrade() -> None:
    """Add them."""


def downgrade() -> None:
    """Take them away."""
