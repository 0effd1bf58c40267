"""Decisions as their citizen reads them, with plain reasons and their last review (guardrails 10, 11)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.domain.decision import Decision
from app.domain.errors import Refusal
from app.domain.offer import Offer
from app.domain.scenario import Registry
from app.domain.wording import Words
from app.services import reviews
from app.services.reviews import Review
from app.store import decisions as store
from app.store.pii import PiiBox


@dataclass(frozen=True, slots=True)
class OwnDecision:
    """A decision with what its citizen may know: the reasons in words, the offer while there is one, the review."""

    decision: Decision
    reasons: tuple[tuple[str, Words], ...]
    offer: Offer | None
    review: Review | None = None


def listed(
    session: Session, registry: Registry, citizen_id: str, *, before: str | None, limit: int
) -> list[OwnDecision]:
    """One's own decisions, newest first, up to one more than `limit`; without their reviews."""
    found = store.listed(session, citizen_id, before=before, limit=limit + 1)
    return [_own(registry, decision, None) for decision in found]


def one(session: Session, pii: PiiBox, registry: Registry, citizen_id: str, decision_id: str) -> OwnDecision:
    """One's own decision with its last review. Raises Refusal `not-found`."""
    decision = store.of_citizen(session, citizen_id, decision_id)
    if decision is None:
        raise Refusal("not-found")
    return _own(registry, decision, reviews.last_about(session, pii, citizen_id, decision_id))


def _own(registry: Registry, decision: Decision, review: Review | None) -> OwnDecision:
    code = decision.scenario
    reasons = tuple((reason.code, registry.explain(code, reason)) for reason in decision.reasons)
    return OwnDecision(decision, reasons, registry.offer(code) if code in registry else None, review)
