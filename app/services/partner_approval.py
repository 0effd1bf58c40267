"""What two operators do to a partner: take it on, change its terms, give it a key, suspend, resume, let it go live."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.services import partner_going_live, partner_keys, partners
from app.store import oauth
from app.store import partners as store
from app.store.partners import Partner


def status_seen(session: Session, partner_id: str, _: Mapping[str, Any]) -> dict[str, Any]:
    """Whether it serves, its row held. Raises Refusal `not-found`."""
    return {"status": _held(session, partner_id).status}


def terms_seen(session: Session, partner_id: str, data: Mapping[str, Any]) -> dict[str, Any]:
    """The terms that the change is about, as they stand. Raises Refusal `not-found`."""
    partner = _held(session, partner_id)
    return {f"{name}_now": getattr(partner, name) for name in partners.CHANGEABLE if name in data}


def keys_seen(session: Session, partner_id: str, _: Mapping[str, Any]) -> dict[str, Any]:
    """The kids of its active keys. Raises Refusal `not-found`."""
    return {"kids": [jwk.get("kid", "") for jwk in _keys(session, _held(session, partner_id))]}


def live_seen(session: Session, partner_id: str, _: Mapping[str, Any]) -> dict[str, Any]:
    """What it would go live with. Raises Refusal `not-found`, `partner-live-already`, `checklist-open`."""
    return partner_going_live.seen(session, partner_id)


def name(session: Session, partner_id: str, data: Mapping[str, Any]) -> str:
    """What people call it."""
    partner = store.get(session, partner_id)
    return partner.name_zh if partner else str(data["name_zh"])


def take_on(session: Session, _: str, data: Mapping[str, Any], now: datetime) -> dict[str, str]:
    """A new partner of the sandbox, with a client where it brought keys; the ids."""
    terms = {name: value for name, value in data.items() if name != "keys"}
    partner = store.add(session, **terms, livemode=False, now=now)
    given = data.get("keys", [])
    client = {"client_id": _first(session, partner, given, now)} if given else {}
    return {"partner_id": partner.id, **client}


def change(session: Session, partner_id: str, data: Mapping[str, Any], _: datetime) -> dict[str, str]:
    """Give it the terms in `data`."""
    partners.change(session, partner_id, data)
    return {"partner_id": partner_id}


def add_key(session: Session, partner_id: str, data: Mapping[str, Any], now: datetime) -> dict[str, str]:
    """One more key of its own client, which is made with the first. Raises `keys-enough` and `key-known`."""
    partner = partners.found(session, partner_id)
    own = [client for client in oauth.clients_of_partner(session, partner_id, "partner") if client.active]
    if not own:
        return {"partner_id": partner_id, "client_id": _first(session, partner, [data["jwk"]], now)}
    partner_keys.add(session, partner, own[0].client_id, data["jwk"], by=partner_keys.DESK, now=now)
    return {"partner_id": partner_id, "client_id": own[0].client_id}


def switch(
    session: Session, partner_id: str, data: Mapping[str, Any], now: datetime, *, active: bool
) -> dict[str, str]:
    """Suspend it, for the reason in `data`, or let it serve again."""
    partners.set_status(session, partner_id, active=active, reason=data.get("why", ""), now=now)
    return {"partner_id": partner_id}


def go_live(session: Session, partner_id: str, _: Mapping[str, Any], now: datetime) -> dict[str, str]:
    """Make the live partner and its client; their ids."""
    return partner_going_live.go_live(session, partner_id, now)


def _held(session: Session, partner_id: str) -> Partner:
    partner = store.held(session, partner_id)
    if partner is None:
        raise Refusal("not-found")
    return partner


def _keys(session: Session, partner: Partner) -> list[dict[str, Any]]:
    own = oauth.clients_of_partner(session, partner.id, "partner")
    return [jwk for client in own if client.active for jwk in client.jwks["keys"]]


def _first(session: Session, partner: Partner, keys: list[dict[str, Any]], now: datetime) -> str:
    return partner_keys.first_client(session, partner, keys, by=partner_keys.DESK, now=now)
