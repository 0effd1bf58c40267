"""Reviews: sealed texts, deadlines and answers; those asked for before are taken over by the worker, who has the keys.

Their texts wait in the outbox until the worker has sealed them (seconds), and are nowhere in clear afterwards.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

TAKE_OVER = """
    insert into outbox (id, topic, citizen_id, data, created_at, due_at, attempts)
    select 'msg_' || replace(gen_random_uuid()::text, '-', ''), 'review.take-over', citizen_id,
           jsonb_build_object('id', id, 'decision_id', decision_id, 'text', text, 'asked_at', to_jsonb(asked_at)),
           asked_at, asked_at, 0
    from decision_reviews
"""


def upgrade() -> None:
    """Add them, and hand over what was asked for before."""
    op.create_table(
        "reviews",
        sa.Column("citizen_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("topic", sa.String(64), nullable=False),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True)),
        sa.Column("sealed_reason", sa.LargeBinary()),
        sa.Column("sealed_answer", sa.LargeBinary()),
        sa.Column("holds_until", sa.Date()),
        sa.Column("led_to", sa.String(64)),
        sa.PrimaryKeyConstraint("citizen_id", "id", name=op.f("pk_reviews")),
    )
    waiting = sa.text("status = 'received'")
    op.create_index("ix_reviews_waiting", "reviews", ["id"], postgresql_where=waiting)
    keys = ["citizen_id", "subject"]
    op.create_index("uq_reviews_waiting", "reviews", keys, unique=True, postgresql_where=waiting)
    op.execute(TAKE_OVER)
    op.drop_table("decision_reviews")


def downgrade() -> None:
    """Take them away again."""
    op.drop_table("reviews")
    op.create_table(
        "decision_reviews",
        sa.Column("citizen_id", sa.String(64), nullable=False),
        sa.Column("decision_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("status", sa.String(64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("citizen_id", "decision_id", name=op.f("pk_decision_reviews")),
    )
