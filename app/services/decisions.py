"""Decisions as their citizen reads them, with plain reasons, and the call for a person to look (guardrails 10, 11)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.decision import Decision, Review
from app.domain.errors import Refusal
from app.domain.offer import Offer
from app.domain.scenario import Registry
from app.domain.wording import Words
from app.store import decisions as store
from app.store.base import new_id

RECEIVED = "received"


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


def one(session: Session, registry: Registry, citizen_id: str, decision_id: str) -> OwnDecision:
    """One's own decision with its review. Raises Refusal `not-found`."""
    decision = store.of_citizen(session, citizen_id, decision_id)
    if decision is None:
        raise Refusal("not-found")
    return _own(registry, decision, store.review_of(session, citizen_id, decision_id))


def ask_review(session: Session, citizen_id: str, decision_id: str, text: str, now: datetime) -> Review:
    """Ask that a person looks at a decision; the ordinary path runs meanwhile.

    Raises Refusal `not-found`, or `review-open` where the decision has been sent to one already.
    """
    if store.of_citizen(session, citizen_id, decision_id) is None:
        raise Refusal("not-found")
    review = Review(new_id("rev"), decision_id, text, RECEIVED, now)
    if not store.ask_review(session, citizen_id, review):
        raise Refusal("review-open")
    return review


def _own(registry: Registry, decision: Decision, review: Review | None) -> OwnDecision:
    code = decision.scenario
    reasons = tuple((reason.code, registry.explain(code, reason)) for reason in decision.reasons)
    return OwnDecision(decision, reasons, registry.offer(code) if code in registry else None, review)
