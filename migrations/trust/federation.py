"""People known by a network identity: the platform's word on their being adults stands where no number is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op


def upgrade() -> None:
    """Add the column; everyone so far has a number."""
    op.add_column("citizens", sa.Column("adult", sa.Boolean(), nullable=True))


def downgrade() -> None:
    """Drop it. People without a number stay, as if they had left: their next login needs the newer version."""
    op.drop_column("citizens", "adult")
