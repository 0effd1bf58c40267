"""What must never be rewritten refuses to be, and the access log is spread over partitions."""

from __future__ import annotations

from alembic import op

PARTITIONS = 16
REFUSED = {
    "access_chain": "update or delete",
    "access_log": "update",
    "operator_actions": "update or delete",
    "order_transitions": "update",
    "record_events": "update",
}
"""What each ledger refuses. Where leaving deletes a person's rows, deletion is not among it."""


def upgrade() -> None:
    """Make the partitions and the triggers."""
    for number in range(PARTITIONS):
        op.execute(
            f"create table access_log_part_{number:02} partition of access_log "
            f"for values with (modulus {PARTITIONS}, remainder {number})"
        )
    op.execute(
        "create function refuse_change() returns trigger language plpgsql as $$ begin "
        "raise exception '% refused: % is append-only', tg_op, tg_table_name using errcode = 'restrict_violation'; "
        "end $$"
    )
    for table, refused in REFUSED.items():
        op.execute(
            f"create trigger append_only before {refused} on {table} for each row execute function refuse_change()"
        )


def downgrade() -> None:
    """Drop the triggers; the partitions go with their table."""
    for table in REFUSED:
        op.execute(f"drop trigger append_only on {table}")
    op.execute("drop function refuse_change")
