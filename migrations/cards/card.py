"""Revision 0005: what a card shows more exactly (which honours, in which entity), an avatar, presets of one's own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

NEW_FIELDS = ("legal_role", "report", "avatar")


def upgrade() -> None:
    """Add them; a card from before shows what it showed."""
    op.add_column("name_cards", sa.Column("honours", postgresql.ARRAY(sa.String(64))))
    op.add_column("name_cards", sa.Column("entity", sa.String(64)))
    op.create_table(
        "card_avatars",
        sa.Column("citizen_id", sa.String(64), nullable=False),
        sa.Column("sealed_avatar", sa.LargeBinary(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("citizen_id", name=op.f("pk_card_avatars")),
    )
    op.create_table(
        "card_presets",
        sa.Column("citizen_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("ticks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("citizen_id", "id", name=op.f("pk_card_presets")),
    )


def downgrade() -> None:
    """Take them away: avatars and presets are lost, and a card shows none of the fields that came with them."""
    op.drop_table("card_presets")
    op.drop_table("card_avatars")
    op.drop_column("name_cards", "entity")
    op.drop_column("name_cards", "honours")
    for field in NEW_FIELDS:
        op.execute(sa.text("update name_cards set fields = array_remove(fields, :field)").bindparams(field=field))
