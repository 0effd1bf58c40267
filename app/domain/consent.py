"""Consents: a citizen lets one partner ask one thing, for one purpose and one term (guardrail 8, api.md Identity)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

ELIGIBILITY, ORDERS = "eligibility:", "orders:"
SCORE_READ = "score:read"
TERM_DAYS = (30, 180, 365)
"""The terms that a citizen may choose from."""
PURPOSES = {ELIGIBILITY: "eligibility", ORDERS: "orders", SCORE_READ: "score"}


@dataclass(frozen=True, slots=True)
class Caps:
    """Up to where orders may start without a confirmation, in fen: each order, and all of one day together."""

    per_order_fen: int
    per_day_fen: int


@dataclass(frozen=True, slots=True)
class Consent:
    """One consent. `scope` is `eligibility:{scenario}`, `orders:{scenario}` or `score:read`.

    `citizen_ref` is pairwise with the partner; `caps` are there where orders may start without a confirmation.
    """

    consent_id: str
    citizen_id: str
    citizen_ref: str
    partner_id: str
    scope: str
    purpose: str
    granted_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    grant_id: str
    caps: Caps | None = None
    livemode: bool = False

    @property
    def scenario(self) -> str | None:
        """The scenario that the partner may ask for; None where the consent is for something else."""
        return scenario_of(self.scope)

    @property
    def service(self) -> str | None:
        """The scenario whose orders it may open; None where it is for the score."""
        return self.scenario or (self.scope.removeprefix(ORDERS) if self.scope.startswith(ORDERS) else None)

    def live(self, now: datetime) -> bool:
        """Whether it holds at this moment."""
        return self.ended_at is None and now < self.expires_at


def scenario_of(scope: str) -> str | None:
    """The scenario in an `eligibility:{scenario}` scope, or None."""
    return scope.removeprefix(ELIGIBILITY) if scope.startswith(ELIGIBILITY) else None


def purpose_of(scope: str) -> str:
    """The one purpose that a scope serves, as a code."""
    return next(purpose for start, purpose in PURPOSES.items() if scope.startswith(start))
