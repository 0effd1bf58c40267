"""How money reaches a partner and comes back: what a payment provider must offer."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from app.domain.order_terms import Payment


class PaymentProvider(Protocol):
    """Moves money between the citizen and the partner; all amounts in fen.

    The same `key` never moves money twice: asked again, the provider tells what became of it. It raises Refusal
    `payment-failed` where no money moved and none will under this key; anything else that it raises means that nobody
    knows yet, and it is asked again with the same key.
    """

    def collect(self, *, key: str, order_id: str, amount: int, now: datetime) -> Payment:
        """Collect from the citizen; the receipt."""
        ...

    def refund(self, *, key: str, order_id: str, reference: str, amount: int, now: datetime) -> Payment:
        """Give back a part of the payment whose receipt is `reference`; the receipt of that."""
        ...
