"""From the sandbox to live: a checklist that we verify ourselves, and then a partner of its own (api.md, Conventions).

Nobody ticks a box: each item is read from what the partner has done and set up in the sandbox. Going live makes a new
partner of the same merchant with a client and a key of its own, so that nothing of the sandbox ever crosses.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.errors import FieldError, Refusal
from app.domain.partner import CHECKLIST
from app.services import partner_keys, partners
from app.services.partner_observed import EVENTS_READ, REPLAYED, STATEMENT_READ
from app.store import oauth, orders, partner_milestones
from app.store import partner_keys as key_rows
from app.store import partners as store
from app.store.partners import Partner


@dataclass(frozen=True, slots=True)
class Seen:
    """What the checklist is read from."""

    session: Session
    partner: Partner
    reached: Mapping[str, datetime]


def _contacts(seen: Seen) -> bool:
    return seen.partner.sealed_contacts is not None


def _website(seen: Seen) -> bool:
    return seen.partner.website is not None


def _scenarios(seen: Seen) -> bool:
    return bool(seen.partner.scenarios)


def _key(seen: Seen) -> bool:
    own = oauth.clients_of_partner(seen.session, seen.partner.id, "partner")
    return any(client.active and client.jwks["keys"] for client in own)


def _order(seen: Seen) -> bool:
    return bool(orders.listed(seen.session, before=None, limit=1, partner_id=seen.partner.id, status="completed"))


def _replay(seen: Seen) -> bool:
    return REPLAYED in seen.reached


def _hears(seen: Seen) -> bool:
    return EVENTS_READ in seen.reached or partner_milestones.webhook_answered(seen.session, seen.partner.id)


def _statement(seen: Seen) -> bool:
    return STATEMENT_READ in seen.reached


def _live_key(seen: Seen) -> bool:
    merchant = seen.partner.merchant_id
    waits = key_rows.waiting(seen.session, merchant) is not None
    return waits or store.in_stage(seen.session, merchant, livemode=True) is not None


def _serving(seen: Seen) -> bool:
    return seen.partner.active


_FULFILLED = (_contacts, _website, _scenarios, _key, _order, _replay, _hears, _statement, _live_key, _serving)
ITEMS: Mapping[str, Callable[[Seen], bool]] = dict(zip(CHECKLIST, _FULFILLED, strict=True))
"""Item → whether it is fulfilled; its words stand in app/web/texts/partners.toml."""


def checklist(session: Session, partner_id: str) -> dict[str, bool]:
    """Each item in order, and whether it is fulfilled. Raises Refusal `not-found`."""
    partner = partners.found(session, partner_id)
    seen = Seen(session, partner, partner_milestones.reached(session, partner.id))
    return {code: fulfilled(seen) for code, fulfilled in ITEMS.items()}


def stand(session: Session, partner_id: str) -> dict[str, Any]:
    """The merchant's checklist with where it leads; of a live partner that of its sandbox, where it has one.

    `state` of the whole: open | ready | live. Raises Refusal `not-found`.
    """
    partner = partners.found(session, partner_id)
    sandbox = store.in_stage(session, partner.merchant_id, livemode=False) or partner
    live = store.in_stage(session, partner.merchant_id, livemode=True)
    done = checklist(session, sandbox.id)
    state = "live" if live else "ready" if all(done.values()) else "open"
    return {"partner_id": sandbox.id, "state": state, "items": done, "live_partner_id": live.id if live else None}


def seen(session: Session, partner_id: str) -> dict[str, Any]:
    """What two operators decide on, the partner's row held: its terms and the key that it will sign with.

    Raises Refusal `not-found`, `partner-live-already`, and `checklist-open`, which names each item that is open.
    """
    partner = store.held(session, partner_id)
    if partner is None:
        raise Refusal("not-found")
    if partner.livemode or store.in_stage(session, partner.merchant_id, livemode=True):
        raise Refusal("partner-live-already")
    if missing := [code for code, done in checklist(session, partner_id).items() if not done]:
        errors = [FieldError(f"/items/{code}", "open", "Not fulfilled yet; see the checklist.") for code in missing]
        raise Refusal("checklist-open", errors=errors)
    waiting = key_rows.waiting(session, partner.merchant_id)
    caps = {"orders_per_day": partner.orders_per_day, "order_fen": partner.order_fen}
    return {"scenarios": list(partner.scenarios), "live_key": waiting.thumbprint if waiting else "", **caps}


def go_live(session: Session, partner_id: str, now: datetime) -> dict[str, str]:
    """Make the live partner, its client and its first key; returns their ids. Raises as `seen`."""
    seen(session, partner_id)
    sandbox = partners.found(session, partner_id)
    live = store.add_live(session, sandbox, now)
    client_id = partner_keys.take_waiting(session, live, now)
    return {"partner_id": live.id, "client_id": client_id}
