"""Telling partners what happened: in a list that they read, and by webhook (Standard Webhooks 1.0.0).

Ids and a status only: who needs more asks for it, and that look is logged (guardrails 9, 13).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.access import SYSTEM
from app.domain.errors import Refusal
from app.domain.webhook import DATA, PAYLOAD_MOST, TYPES, payload
from app.store import access_log
from app.store import partner_events as store
from app.store.partner_events import PartnerEvent

__all__ = ["TYPES", "PartnerEvent"]


@dataclass(frozen=True, slots=True)
class Hearer:
    """A partner in one of its modes."""

    partner_id: str
    livemode: bool


def tell(
    session: Session,
    *,
    partner_id: str,
    livemode: bool,
    type: str,
    data: Mapping[str, Any],
    citizen_id: str | None,
    now: datetime,
    order_id: str | None = None,
    sequence: int | None = None,
    logged: bool = True,
    only: str | None = None,
) -> str:
    """Tell a partner, when this transaction commits, of `type`, one of TYPES; the event's id.

    `sequence` counts an order's steps, so that a receiver drops what comes late. What is told of a person is a row of
    their access log; not `logged`: what came of the partner's own act, which is in it already. `only`: by webhook to
    this endpoint alone. Raises ValueError for what partners are never told.
    """
    about = {"order_id": order_id, "sequence": sequence}
    said = {**data, **{name: value for name, value in about.items() if value is not None}}
    _check(type, said, livemode, now)
    ref = order_id or said.get("consent_id") or said.get("decision_id")
    event_id = store.add(
        session, partner_id=partner_id, livemode=livemode, type=type, data=said, now=now,
        citizen_id=citizen_id, ref=ref, only=only,
    )  # fmt: skip
    if citizen_id and logged:
        access_log.append(session, citizen_id, now=now, actor=SYSTEM, action="partner.told", purpose=type, ref=ref)
    return event_id


def _check(type: str, data: Mapping[str, Any], livemode: bool, now: datetime) -> None:
    if type not in TYPES or not set(data) <= set(DATA):
        raise ValueError(f"no partner is told {type} with {sorted(data)} (app/domain/webhook.py)")
    if len(payload("pev_" + "0" * 32, type, now, livemode, data)) >= PAYLOAD_MOST:
        raise ValueError(f"{type} is over {PAYLOAD_MOST} bytes")


def listed(
    session: Session, hearer: Hearer, *, before: str | None, limit: int, now: datetime, types: Sequence[str] = ()
) -> Sequence[PartnerEvent]:
    """A partner's events of the last 30 days that it may still hear, newest first, older than the id `before`."""
    partner_id, livemode = hearer.partner_id, hearer.livemode
    return store.listed(session, partner_id, livemode=livemode, before=before, limit=limit, now=now, types=types)


def get(session: Session, hearer: Hearer, event_id: str, now: datetime) -> PartnerEvent:
    """One event; raises Refusal `not-found` for another partner's, the other mode's and one that is over."""
    found = store.find(session, hearer.partner_id, event_id, livemode=hearer.livemode, now=now)
    if found is None:
        raise Refusal("not-found")
    return found
