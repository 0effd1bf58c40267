"""Partner merchants: taking them on, their terms, suspension, and pairing a counter (api.md, Identity).

A partner begins in the sandbox; how it goes live is in partner_going_live.py, its keys are in partner_keys.py.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.domain.errors import FieldError, Refusal
from app.domain.scenario import Registry
from app.services import clients
from app.store import oauth, partners
from app.store.base import new_id
from app.store.oauth import OAuthClient
from app.store.partners import Partner

PAIRING_LIFE = timedelta(minutes=15)
COUNTER_SCOPES = ("partner", "card_scans", "eligibility", "orders")
CHANGEABLE = ("scenarios", "website", "orders_per_day", "order_fen")
"""A partner's terms that two operators may change."""


@dataclass(frozen=True, slots=True)
class PairingLink:
    """A token that pairs one counter once; nobody can read it again."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class CounterDevice:
    """A counter: an OAuth client of its partner with narrow scopes (private_key_jwt, ES256)."""

    client_id: str
    name: str
    partner: dict[str, Any]
    scopes: tuple[str, ...]
    livemode: bool


def create(
    session: Session,
    registry: Registry,
    *,
    name_zh: str,
    name_en: str,
    scenarios: Sequence[str],
    livemode: bool,
    now: datetime,
) -> dict[str, Any]:
    """Take on a partner; raises Refusal `validation` with the pointer of each scenario that does not exist."""
    check_scenarios(registry, scenarios)
    partner = partners.add(session, name_zh=name_zh, name_en=name_en, scenarios=scenarios, livemode=livemode, now=now)
    return view(partner)


def check_scenarios(registry: Registry, scenarios: Sequence[str]) -> None:
    """Raise Refusal `validation` with the pointer of each scenario that does not exist."""
    unknown = [place for place, code in enumerate(scenarios) if code not in registry]
    if unknown:
        raise Refusal(
            "validation",
            errors=[FieldError(f"/scenarios/{at}", "scenario-unknown", "No such scenario.") for at in unknown],
        )


def get(session: Session, partner_id: str) -> dict[str, Any]:
    """The partner; raises Refusal `not-found`."""
    return view(found(session, partner_id))


def listed(session: Session, *, before: str | None, limit: int) -> list[dict[str, Any]]:
    """Partners, newest first, up to `limit` and one more."""
    return [view(partner) for partner in partners.listed(session, before=before, limit=limit + 1)]


def set_status(
    session: Session, partner_id: str, *, active: bool, reason: str = "", now: datetime | None = None
) -> dict[str, Any]:
    """Suspend a partner or let it serve again; its open orders run to their end either way. Raises `not-found`.

    It holds in every process from the moment this commits: whoever asks for something new reads the partner's row in
    the transaction of its answer, and no process remembers it.
    """
    partner = found(session, partner_id)
    partner.status = "active" if active else "suspended"
    partner.suspended_reason = None if active else reason or None
    partner.suspended_at = None if active else now
    session.flush()
    return view(partner)


def change(session: Session, partner_id: str, terms: Mapping[str, Any]) -> None:
    """Give a partner other terms, those of CHANGEABLE that `terms` names. Raises Refusal `not-found`."""
    partner = found(session, partner_id)
    for name in set(CHANGEABLE) & set(terms):
        setattr(partner, name, sorted(set(terms[name])) if name == "scenarios" else terms[name])
    session.flush()


def itself(session: Session, client_id: str) -> OAuthClient:
    """The partner's own client; raises Refusal `counter-may-not` for a counter, which anyone at the till can use."""
    client = oauth.client(session, client_id)
    if client is None or client.kind != "partner":
        raise Refusal("counter-may-not")
    return client


def pairing_link(session: Session, partner_id: str, now: datetime, *, life: timedelta = PAIRING_LIFE) -> PairingLink:
    """A one-time link for a counter of this partner; only its hash is kept. Raises Refusal `not-found`."""
    partner = found(session, partner_id)
    token = secrets.token_urlsafe(24)
    partners.add_link(session, _hash(token), partner.id, now=now, expires_at=now + life)
    return PairingLink(token, now + life)


def pair_device(
    session: Session, token: str, public_jwk: Mapping[str, Any], label: str, now: datetime
) -> CounterDevice:
    """Register the counter that holds the link and this public key (ES256, P-256).

    Raises Refusal `pairing-link-not-valid`, one and the same for a link that is used, over or unknown or whose partner
    is suspended, and `validation` for a key that is not a public P-256 key; the link then stays good.
    """
    if fault := clients.public_key_fault(dict(public_jwk)) or _not_es256(public_jwk):
        raise Refusal("validation", errors=[FieldError("/jwk", "invalid", fault)])
    partner_id = partners.use_link(session, _hash(token), now)
    partner = partners.get(session, partner_id) if partner_id else None
    if partner is None or not partner.active:
        raise Refusal("pairing-link-not-valid", field="/token")
    client_id = clients.register_client(
        session,
        client_id=new_id("ctr"),
        kind="counter",
        profile="fapi2",
        jwks={"keys": [dict(public_jwk)]},
        redirect_uris=[],
        scopes=COUNTER_SCOPES,
        name=f"{partner.name_zh} · {label}",
        partner_id=partner.id,
        livemode=partner.livemode,
        now=now,
    )
    return CounterDevice(client_id, label, view(partner), COUNTER_SCOPES, partner.livemode)


def counters(session: Session, partner_id: str) -> list[dict[str, Any]]:
    """The partner's paired counters, newest first. Raises Refusal `not-found`."""
    return [
        {"client_id": row.client_id, "name": row.name, "active": row.active, "created_at": row.created_at}
        for row in oauth.clients_of_partner(session, found(session, partner_id).id, "counter")
    ]


def unpair(session: Session, partner_id: str, client_id: str, now: datetime) -> None:
    """End a counter, such as one that was lost; raises Refusal `not-found`."""
    known = {row["client_id"] for row in counters(session, partner_id)}
    if client_id not in known:
        raise Refusal("not-found")
    clients.disable_client(session, client_id, now=now)


def view(partner: Partner) -> dict[str, Any]:
    """The partner as operators and itself read it, but for its contacts."""
    named = (
        "id", "name_zh", "name_en", "status", "stage", "livemode", "created_at", "website", "suspended_reason",
        "suspended_at",
    )  # fmt: skip
    return {name: getattr(partner, name) for name in named} | {
        "merchant_id": partner.merchant_id,
        "scenarios": list(partner.scenarios),
        "caps": {"orders_per_day": partner.orders_per_day, "order_fen": partner.order_fen},
    }


def found(session: Session, partner_id: str) -> Partner:
    """The partner's row; raises Refusal `not-found`."""
    partner = partners.get(session, partner_id)
    if partner is None:
        raise Refusal("not-found")
    return partner


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _not_es256(jwk: Mapping[str, Any]) -> str | None:
    return None if jwk.get("kty") == "EC" and jwk.get("crv") == "P-256" else "A counter's key is EC P-256 (ES256)."
