"""How money reaches a partner: what a payment provider must offer."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from app.domain.order_terms import Payment


class PaymentProvider(Protocol):
    """Collects from the citizen who pays now."""

    def collect(self, *, key: str, order_id: str, amount: int, now: datetime) -> Payment:
        """Collect `amount` fen for the order; the same `key` never collects twice. Raises Refusal `payment-failed`."""
        ...
