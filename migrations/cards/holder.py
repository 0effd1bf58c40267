"""Revision 0005: cards that people hold: a term, a note, what was ticked, and what is left of one that is withdrawn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

ONE_OF_EACH = """
    delete from held_cards as older using held_cards as newer
    where older.citizen_id = newer.citizen_id and older.given_by = newer.given_by and older.id < newer.id
"""
AS_PAIRS = """
    update held_cards set exchange_id = 'xch_' || md5(least(citizen_id, given_by) || greatest(citizen_id, given_by))
"""


def upgrade() -> None:
    """Add them; a card from before lives twelve months from its day, and two people are a pair without a number."""
    op.add_column("held_cards", sa.Column("source", sa.String(64), server_default="exchange", nullable=False))
    op.add_column("held_cards", sa.Column("sealed_known_as", sa.LargeBinary()))
    op.add_column("held_cards", sa.Column("sealed_ticks", sa.LargeBinary()))
    op.add_column("held_cards", sa.Column("shown_entity", sa.String(64)))
    op.add_column("held_cards", sa.Column("sealed_note", sa.LargeBinary()))
    for name in ("expires_at", "updated_at", "withdrawn_at"):
        op.add_column("held_cards", sa.Column(name, sa.DateTime(timezone=True)))
    op.execute("update held_cards set expires_at = received_at + interval '12 months'")
    op.alter_column("held_cards", "expires_at", nullable=False)
    op.alter_column("held_cards", "sealed_face", nullable=True)
    op.execute(ONE_OF_EACH)
    op.drop_index("ix_held_cards_given_by", "held_cards")
    op.drop_column("held_cards", "exchange_id")
    op.create_unique_constraint("uq_held_cards_given_by_citizen_id", "held_cards", ["given_by", "citizen_id"])
    op.create_index("ix_held_cards_expires_at", "held_cards", ["expires_at"])


def downgrade() -> None:
    """Take them away: notes are lost, and cards that showed nothing any more."""
    op.execute("delete from held_cards where sealed_face is null")
    op.drop_index("ix_held_cards_expires_at", "held_cards")
    op.drop_constraint("uq_held_cards_given_by_citizen_id", "held_cards")
    op.add_column("held_cards", sa.Column("exchange_id", sa.String(64)))
    op.execute(AS_PAIRS)
    op.alter_column("held_cards", "exchange_id", nullable=False)
    op.create_index("ix_held_cards_exchange_id", "held_cards", ["exchange_id"])
    op.create_index("ix_held_cards_given_by", "held_cards", ["given_by"])
    op.alter_column("held_cards", "sealed_face", nullable=False)
    for name in ("withdrawn_at", "updated_at", "expires_at", "sealed_note", "shown_entity", "sealed_ticks"):
        op.drop_column("held_cards", name)
    for name in ("sealed_known_as", "source"):
        op.drop_column("held_cards", name)
