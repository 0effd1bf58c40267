"""Who moves money: the sandbox where nothing is real, else the deployment's provider. Live money is never simulated."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from app.domain.errors import Refusal
from app.domain.order_terms import Payment
from app.domain.payments import PaymentProvider


@dataclass(frozen=True, slots=True)
class SandboxPayments:
    """Every payment succeeds at once, or `fails` where a partner wants to see that; no money moves."""

    fails: bool = False

    def collect(self, *, key: str, order_id: str, amount: int, now: datetime) -> Payment:
        """A receipt that says `sandbox`, the same for the same key; raises Refusal `payment-failed`."""
        return self._receipt(f"{key}\n{order_id}\n{amount}", now)

    def refund(self, *, key: str, order_id: str, reference: str, amount: int, now: datetime) -> Payment:
        """As `collect`."""
        return self._receipt(f"{key}\n{order_id}\n{reference}\n{amount}", now)

    def _receipt(self, said: str, now: datetime) -> Payment:
        if self.fails:
            raise Refusal("payment-failed")
        return Payment(paid_at=now, reference=f"sandbox-{hashlib.sha256(said.encode()).hexdigest()[:24]}")


def provider_for(livemode: bool, live: PaymentProvider | None, *, fails: bool = False) -> PaymentProvider:
    """The provider for an order; raises Refusal `payment-provider-missing` for a live one where none is configured.

    `fails` lets a sandbox payment fail; a live one knows nothing of it.
    """
    if not livemode:
        return SandboxPayments(fails)
    if live is None:
        raise Refusal("payment-provider-missing")
    return live
