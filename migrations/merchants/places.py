"""Revision 0004: places."""

from __future__ import annotations


def upgrade() -> None:
    """Add this subject's part."""


def downgrade() -> None:
    """Take it away again."""
