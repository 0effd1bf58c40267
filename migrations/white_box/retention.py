"""Proofs of records that were deleted at the end of their term."""

from __future__ import annotations


def upgrade() -> None:
    """Make them."""


def downgrade() -> None:
    """Drop them."""
