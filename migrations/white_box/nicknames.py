"""Nicknames sealed at rest; those there are wait in the outbox until the worker, who has the keys, has sealed them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

HAND_OVER = """
    insert into outbox (id, topic, citizen_id, data, created_at, due_at, attempts)
    select 'msg_' || replace(gen_random_uuid()::text, '-', ''), 'card.seal-nickname', citizen_id,
           jsonb_build_object('nickname', nickname), updated_at, updated_at, 0
    from name_cards where nickname is not null
"""


def upgrade() -> None:
    """Seal them."""
    op.add_column("name_cards", sa.Column("sealed_nickname", sa.LargeBinary()))
    op.execute(HAND_OVER)
    op.drop_column("name_cards", "nickname")


def downgrade() -> None:
    """In clear again; what was sealed is lost."""
    op.add_column("name_cards", sa.Column("nickname", sa.String(40)))
    op.drop_column("name_cards", "sealed_nickname")
