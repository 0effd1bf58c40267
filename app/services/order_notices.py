"""What a step says to its citizen beside its name: the amount, and the day on which something comes next.

No attempt to collect comes without a word before it: what announces it names the first day on which it may come.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.domain.calendar import day_of
from app.domain.order import Order, Transition
from app.domain.order_clocks import COLLECTION_DAYS, NOTICE, collection_ends_at
from app.store.order_rows import OrderRow

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip


def data_of(row: OrderRow, taken: Transition) -> dict[str, Any]:
    """The parameters of the words of an event in the citizen's inbox; `day` is there in both languages."""
    order = taken.order
    return {
        "order_id": row.id,
        "partner_id": row.partner_id,
        "title": row.title,
        "status": order.status.value,
        "sequence": order.version,
        "amount": order.amount_due if order.bill else row.amount,
    } | _in_words(_next(taken.event, order))


def _next(event: str, order: Order) -> datetime | None:
    match event:
        case "order.payment_due":
            return order.due_at
        case "order.overdue" | "order.collection_failed" if order.told_at and order.attempts < len(COLLECTION_DAYS):
            return order.told_at + NOTICE
        case "order.collection_failed":
            return collection_ends_at(order)
        case "order.extension_proposed":
            return order.proposed_end_by
        case "order.extended":
            return order.terms.service_end_by
    return None


def _in_words(moment: datetime | None) -> dict[str, str]:
    if moment is None:
        return {}
    day = day_of(moment)
    return {"day_zh": f"{day.month}月{day.day}日", "day_en": f"{day.day} {MONTHS[day.month - 1]}"}
