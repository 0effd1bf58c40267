"""The keys of partners (api.md, Partner; payscore-anchors.md section 4.5): two at most, so that one can follow another.

What counts at the door is the client's JWKS (oauth_clients), which every change here rewrites in its transaction; the
rows of partner_keys tell who added and revoked what. A revoked key's assertions and the tokens that it led to are
refused from the commit on, in every process: the door asks for the client with each request (app/store/admission.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from joserfc.jwk import JWKRegistry
from sqlalchemy.orm import Session

from app.domain.errors import FieldError, Refusal
from app.domain.partner import PRIVATE_MEMBERS
from app.services import clients
from app.services.clients import CURVES
from app.store import oauth, partner_keys, partners
from app.store.base import new_id
from app.store.oauth import OAuthClient
from app.store.partner_keys import PartnerKey
from app.store.partners import Partner

ACTIVE_MOST = 2
SCOPES = ("partner", "card_scans", "eligibility", "orders", "score:read", "webhooks", "sandbox")
"""What a partner's own client may ask for; the last one in the sandbox only."""
PARTNER, DESK = "partner", "desk"
"""Who added or revoked a key, where no operator is named."""
ALGORITHMS = {"P-256": ("ES256",), "Ed25519": ("EdDSA", "Ed25519")}
_MEMBERS = ("kty", "crv", "x", "y", "n", "e")


def checked(jwk: Mapping[str, Any], pointer: str = "/jwk") -> dict[str, Any]:
    """The public key in the form that is kept, with a `kid` (its thumbprint where it brings none) and `use`.

    Raises Refusal `validation` for private material, which is then in our hands and must never be used, and for
    anything but EC P-256 (ES256) and Ed25519 (EdDSA).
    """
    if secret := sorted(PRIVATE_MEMBERS & set(jwk)):
        said = "This is a private key: keep it, never send it, make a new one and send only its public half."
        raise Refusal("validation", errors=[FieldError(f"{pointer}/{secret[0]}", "private-key", said)])
    if (jwk.get("kty"), jwk.get("crv")) not in CURVES:
        raise _invalid(pointer, "A partner's key is EC P-256 (ES256) or OKP Ed25519 (EdDSA).")
    if fault := clients.public_key_fault({name: jwk[name] for name in _MEMBERS if name in jwk}):
        raise _invalid(pointer, fault)
    known = ALGORITHMS[jwk["crv"]]
    if jwk.get("alg", known[0]) not in known:
        raise _invalid(f"{pointer}/alg", f"A key of {jwk['crv']} signs by {known[0]}.")
    kept = {name: jwk[name] for name in _MEMBERS if name in jwk}
    alg = jwk.get("alg") or (known[0] if len(known) == 1 else None)
    named = {"alg": alg} if alg else {}  # Ed25519 signs under two names (RFC 9864), where the partner chose none
    return {**kept, "kid": jwk.get("kid") or thumbprint(jwk), **named, "use": "sig"}


def checked_set(jwks: Sequence[Mapping[str, Any]], pointer: str) -> list[dict[str, Any]]:
    """Each key of a set by `checked`, all of them different; raises Refusal `validation`."""
    keys = [checked(jwk, f"{pointer}/{place}") for place, jwk in enumerate(jwks)]
    if len({key["kid"] for key in keys}) < len(keys) or len({thumbprint(key) for key in keys}) < len(keys):
        raise _invalid(pointer, "Two of these keys are the same, or have the same kid.")
    return keys


def thumbprint(jwk: Mapping[str, Any]) -> str:
    """The key's thumbprint (RFC 7638)."""
    bare = {name: jwk[name] for name in _MEMBERS if name in jwk}
    return str(JWKRegistry.import_key(bare).thumbprint())


def listed(session: Session, client_id: str, now: datetime) -> list[dict[str, Any]]:
    """The client's keys, newest first, revoked ones too, as it and operators read them."""
    return [view(row) for row in _rows(session, _held(session, client_id), now)]


def of_partner(session: Session, partner: Partner, now: datetime) -> list[dict[str, Any]]:
    """The keys of a partner's own clients, newest first, and with those of a sandbox the one that waits to go live."""
    own = oauth.clients_of_partner(session, partner.id, "partner")
    rows = [view(row) for client in own for row in _rows(session, _held(session, client.client_id), now)]
    waiting = None if partner.livemode else partner_keys.waiting(session, partner.merchant_id)
    return ([view(waiting)] if waiting else []) + rows


def add(
    session: Session, partner: Partner, client_id: str, jwk: Mapping[str, Any], *, by: str, now: datetime
) -> dict[str, Any]:
    """One more key of the client, good at once. `jwk` as `checked` returns it.

    Raises Refusal `keys-enough` where two are active, `key-known` where the merchant used this key or the client this
    `kid` before, in whichever stage.
    """
    client = _held(session, client_id)
    rows = _rows(session, client, now)
    if sum(row.active for row in rows) >= ACTIVE_MOST:
        raise Refusal("keys-enough", field="/jwk")
    row = _added(session, partner.merchant_id, client_id, jwk, by, now)
    _publish(session, client)
    return view(row)


def deposit(session: Session, partner: Partner, jwk: Mapping[str, Any], *, by: str, now: datetime) -> dict[str, Any]:
    """Keep the key with which a merchant of the sandbox wants to go live; it signs nothing until then.

    It follows the one that waited before. Raises Refusal `key-known`, and `partner-live-already` at a live partner.
    """
    if partner.livemode:
        raise Refusal("partner-live-already")
    partners.held(session, partner.id)  # after whoever lets it go live with the key that two operators agreed to
    for client in oauth.clients_of_partner(session, partner.id, "partner"):
        _rows(session, _held(session, client.client_id), now)
    before = partner_keys.waiting(session, partner.merchant_id)
    row = _added(session, partner.merchant_id, None, jwk, by, now)
    if before is not None:
        _revoke(session, before, by, now)
    return view(row)


def revoke(session: Session, client_id: str, key_id: str, *, now: datetime) -> dict[str, Any]:
    """Let the client's key sign nothing from now on, by the client itself; once more is the same answer.

    Raises Refusal `not-found`, and `key-last` for the last one: the client could never come back.
    """
    client = _held(session, client_id)
    rows = _rows(session, client, now)
    row = next((row for row in rows if row.id == key_id), None)
    if row is None:
        raise Refusal("not-found")
    if row.active and sum(one.active for one in rows) == 1:
        raise Refusal("key-last")
    if row.active:
        _revoke(session, row, PARTNER, now)
        _publish(session, client)
    return view(row)


def revoke_for(session: Session, partner: Partner, key_id: str, *, by: str, now: datetime) -> dict[str, Any]:
    """The same by an operator `by`, the last one too, such as after a theft. Raises Refusal `not-found`."""
    of_partner(session, partner, now)
    row = partner_keys.get(session, partner.merchant_id, key_id)
    client = _held(session, row.client_id) if row and row.client_id else None
    if row is None or (client is not None and client.partner_id != partner.id):
        raise Refusal("not-found")
    if row.active:
        _revoke(session, row, by, now)
    if client is not None:
        _publish(session, client)
    return view(row)


def first_client(
    session: Session, partner: Partner, jwks: Sequence[Mapping[str, Any]], *, by: str, now: datetime
) -> str:
    """The partner's own client, made with these keys (as `checked` returns them); its id says the stage it is of.

    Raises Refusal `key-known`.
    """
    client_id = _registered(session, partner, jwks, now)
    for jwk in jwks:
        _added(session, partner.merchant_id, client_id, jwk, by, now)
    return client_id


def take_waiting(session: Session, live: Partner, now: datetime) -> str:
    """The client of a partner that goes live, made with the key that waited; raises Refusal `checklist-open`."""
    waiting = partner_keys.waiting(session, live.merchant_id)
    if waiting is None:
        raise Refusal("checklist-open")
    waiting.client_id = client_id = _registered(session, live, [waiting.jwk], now)
    session.flush()
    return client_id


def view(row: PartnerKey) -> dict[str, Any]:
    """A key as the partner and operators read it. `status`: active | waiting (to go live) | revoked."""
    status = "revoked" if not row.active else "active" if row.client_id else "waiting"
    named = ("id", "client_id", "kid", "thumbprint", "jwk", "added_by", "added_at", "revoked_by", "revoked_at")
    return {name: getattr(row, name) for name in named} | {"status": status}


def _registered(session: Session, partner: Partner, jwks: Sequence[Mapping[str, Any]], now: datetime) -> str:
    return clients.register_client(
        session,
        client_id=new_id("live" if partner.livemode else "test"),
        kind="partner",
        profile="fapi2",
        jwks={"keys": list(jwks)},
        redirect_uris=[],
        scopes=[scope for scope in SCOPES if scope != "sandbox" or not partner.livemode],
        name=partner.name_zh,
        partner_id=partner.id,
        livemode=partner.livemode,
        now=now,
    )


def _held(session: Session, client_id: str) -> OAuthClient:
    client = oauth.held_client(session, client_id)
    if client is None:
        raise Refusal("not-found")
    return client


def _rows(session: Session, client: OAuthClient, now: datetime) -> Sequence[PartnerKey]:
    """The client's keys, brought in line with its JWKS: one that was registered otherwise has no row yet."""
    rows = partner_keys.of_client(session, client.client_id)
    published = {thumbprint(jwk): dict(jwk) for jwk in client.jwks["keys"]}
    if {row.thumbprint for row in rows if row.active} == set(published):
        return rows
    for row in rows:
        if row.active and row.thumbprint not in published:
            _revoke(session, row, DESK, now)
    merchant = _merchant(session, client)
    known = {row.thumbprint for row in partner_keys.of_merchant(session, merchant)}
    for print_, jwk in published.items():
        if print_ not in known:
            adopted = {**jwk, "kid": jwk.get("kid") or print_}
            partner_keys.add(
                session, merchant_id=merchant, client_id=client.client_id, jwk=adopted, thumbprint=print_,
                added_by=DESK, now=client.created_at,
            )  # fmt: skip
    return partner_keys.of_client(session, client.client_id)


def _merchant(session: Session, client: OAuthClient) -> str:
    partner = partners.get(session, client.partner_id or "")
    return partner.merchant_id if partner else client.client_id


def _added(
    session: Session, merchant_id: str, client_id: str | None, jwk: Mapping[str, Any], by: str, now: datetime
) -> PartnerKey:
    print_ = thumbprint(jwk)
    for row in partner_keys.of_merchant(session, merchant_id):
        if row.thumbprint == print_ or (row.client_id == client_id and row.kid == jwk["kid"]):
            raise Refusal("key-known", field="/jwk")
    return partner_keys.add(
        session, merchant_id=merchant_id, client_id=client_id, jwk=dict(jwk), thumbprint=print_, added_by=by, now=now
    )


def _revoke(session: Session, row: PartnerKey, by: str, now: datetime) -> None:
    row.revoked_by, row.revoked_at = by, now
    session.flush()


def _publish(session: Session, client: OAuthClient) -> None:
    active = [row.jwk for row in partner_keys.of_client(session, client.client_id) if row.active]
    client.jwks = {"keys": active}
    session.flush()


def _invalid(pointer: str, said: str) -> Refusal:
    return Refusal("validation", errors=[FieldError(pointer, "invalid", said)])
