"""An example of each event that partners are told, for trying out a webhook: made up, and of nobody."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.errors import Refusal
from app.domain.webhook import DECISION_RECONSIDERED, SCORE_CHANGED, TYPES
from app.services import consents, partner_events
from app.store import decisions, sandbox
from app.store.partner_events import PartnerEvent

_NOBODY = "0" * 32
_STATUS = {
    "order.created": "pending_confirmation",
    "order.confirmed": "active",
    "order.declined": "declined",
    "order.canceled": "canceled",
    "order.expired": "expired",
    "order.completed": "completed",
    **dict.fromkeys(("order.payment_due", "order.adjusted"), "payment_due"),
    **dict.fromkeys(("order.collection_failed", "order.overdue"), "overdue"),
    **dict.fromkeys(("order.extension_proposed", "order.extended", "order.extension_refused"), "active"),
    "order.paid": "completed",
    "order.end_passed": "active",
    "order.written_off": "written_off",
    "refund.succeeded": "completed",
    "refund.failed": "completed",
    "dispute.opened": "open",
    "dispute.answered": "answered",
    "dispute.resolved": "resolved",
    "consent.created": "live",
    "consent.ended": "ended",
}
"""What the example's subject is after the event."""
_ABOUT = {
    "order": ("order_id",),
    "refund": ("order_id", "refund_id"),
    "dispute": ("order_id", "dispute_id"),
    "consent": ("consent_id", "citizen_ref"),
    "statement": ("statement_id",),
    "endpoint": ("endpoint_id",),
    "scenario": (),
}
_PREFIXES = {
    "order_id": "ord",
    "refund_id": "rfd",
    "dispute_id": "odp",
    "consent_id": "cns",
    "citizen_ref": "ctz",
    "statement_id": "stm",
    "endpoint_id": "whe",
}


def trigger(
    session: Session,
    partner_id: str,
    kind: str,
    now: datetime,
    *,
    consent_id: str | None = None,
    decision_id: str | None = None,
) -> PartnerEvent:
    """Tell the partner's sandbox of an example of `kind`, one of TYPES, with ids that nothing has.

    `score.changed` is told of a test citizen's consent to read the score only, and `decision.reconsidered` of a
    decision about one while it is valid; raises Refusal `validation` naming the id that is missing, `consent-not-found`
    or `not-found`.
    """
    citizen_id = None
    if kind == SCORE_CHANGED:
        citizen_id, data = _of_consent(session, partner_id, _needed(consent_id, "/consent_id"), now)
    elif kind == DECISION_RECONSIDERED:
        citizen_id, data = _of_decision(session, partner_id, _needed(decision_id, "/decision_id"))
    else:
        data = _example(kind, now)
    event_id = partner_events.tell(
        session, partner_id=partner_id, livemode=False, type=kind, data=data, citizen_id=citizen_id, now=now
    )
    return partner_events.get(session, partner_events.Hearer(partner_id, False), event_id, now)


def _needed(given: str | None, field: str) -> str:
    if given is None:
        raise Refusal("validation", field=field)
    return given


def _of_consent(session: Session, partner_id: str, consent_id: str, now: datetime) -> tuple[str, Mapping[str, Any]]:
    consent = consents.live(session, partner_id, consent_id, now, livemode=False)
    if not sandbox.is_test(consent.citizen_id):
        raise Refusal("consent-not-found")
    return consent.citizen_id, {"consent_id": consent_id, "citizen_ref": consent.citizen_ref}


def _of_decision(session: Session, partner_id: str, decision_id: str) -> tuple[str, Mapping[str, Any]]:
    decision = decisions.of_partner(session, partner_id, False, decision_id)
    if decision is None or not sandbox.is_test(decision.citizen_id):
        raise Refusal("not-found", field="/decision_id")
    return decision.citizen_id, {"decision_id": decision_id, "citizen_ref": decision.citizen_ref}


def _example(kind: str, now: datetime) -> Mapping[str, Any]:
    room = kind.partition(".")[0]
    data: dict[str, Any] = {name: f"{_PREFIXES[name]}_{_NOBODY}" for name in _ABOUT[room]}
    if kind in _STATUS:
        data["status"] = _STATUS[kind]
    if room == "order":
        data["sequence"] = 1
    if room in ("statement", "scenario"):
        data["date"] = day_of(now).isoformat()
    if room == "scenario":
        data["scenario"] = "example"
    return data


__all__ = ["TYPES", "trigger"]
