"""Who collects: the sandbox where nothing is real, else the deployment's provider. Live money is never simulated."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import Refusal
from app.domain.order_terms import Payment
from app.domain.payments import PaymentProvider


@dataclass(frozen=True, slots=True)
class SandboxPayments:
    """Every payment succeeds at once, and no money moves."""

    def collect(self, *, key: str, order_id: str, amount: int, now: datetime) -> Payment:
        """A receipt that says `sandbox`, the same for the same key."""
        receipt = hashlib.sha256(f"{key}\n{order_id}\n{amount}".encode()).hexdigest()[:24]
        return Payment(paid_at=now, reference=f"sandbox-{receipt}")


def provider_for(livemode: bool, live: PaymentProvider | None) -> PaymentProvider:
    """The provider for an order; raises Refusal `payment-provider-missing` for a live one where none is configured."""
    if not livemode:
        return SandboxPayments()
    if live is None:
        raise Refusal("payment-provider-missing")
    return live
