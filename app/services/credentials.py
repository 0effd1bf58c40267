"""Wallet credentials: asked for with a proof of the phone's key, issued, listed and revoked by their holder.

We keep what a credential can show and its place in a status list, neither the credential nor the key nor the facts.
It says how things stood on its day: a grade that changes later revokes nothing, a role that ends does.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.domain import card, credential
from app.domain.access import SELF
from app.domain.card import Face, Ticks
from app.domain.errors import Refusal
from app.services import cards, credential_format
from app.services.credential_proof import Proven
from app.store import access_log, citizens, codes
from app.store import credentials as store
from app.store.base import new_id
from app.store.codes import MomentCode
from app.store.credentials import Credential
from app.store.keys import SigningKey
from app.store.pii import PiiBox

NONCE_LIFE = timedelta(minutes=5)
_PURPOSE = "credential"


@dataclass(frozen=True, slots=True)
class Held:
    """A credential as its holder reads of it: what it can show, how long it is good, when it was revoked."""

    id: str
    fields: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Issued:
    """A fresh credential with all its disclosures; `face` is the most that it can show. It is told once."""

    held: Held
    text: str
    face: Face
    warnings: tuple[str, ...]


def make_nonce(session: Session, citizen_id: str, now: datetime) -> tuple[str, datetime]:
    """A nonce for one proof of this person, and when it dies."""
    nonce, expires_at = secrets.token_urlsafe(24), now + NONCE_LIFE
    row = MomentCode(digest=_digest(nonce), citizen_id=citizen_id, purpose=_PURPOSE, ticks={}, expires_at=expires_at)
    codes.add(session, row, now)
    return nonce, expires_at


def issue(
    session: Session,
    pii: PiiBox,
    citizen_id: str,
    *,
    ticks: Ticks | None,
    days: int,
    proven: Proven,
    issuer: str,
    key: SigningKey,
    now: datetime,
) -> Issued:
    """A credential that can show `ticks` (None: those of the card that one carries), bound to the proven key.

    Holds the person, so that none is issued while they leave. Raises Refusal `credential-nonce-not-valid`,
    `credential-field-not-carried`, `credentials-full`, and those of `cards.show`.
    """
    ticks = ticks or credential.carried(cards.ticks_of(session, citizen_id))
    credential.check_carried(ticks)
    citizens.hold(session, citizen_id)
    _use(session, citizen_id, proven.nonce, now)
    if store.live(session, citizen_id, now) >= credential.LIVE_MOST:
        raise Refusal("credentials-full", limit=credential.LIVE_MOST)
    ticks, face = cards.show(session, pii, citizen_id, ticks, now)
    _log(session, citizen_id, face, now)
    term = credential.term(now, days)
    list_id, idx = store.allot(session, term.expires_at)
    envelope = credential.envelope(issuer, term, list_id, idx)
    text = credential_format.sign(envelope, credential.claims_of(face), key=key, holder=proven.jwk)
    row = Credential(
        citizen_id=citizen_id,
        id=new_id("crd"),
        list_id=list_id,
        idx=idx,
        fields=list(card.field_names(face)),
        entity_id=face.role.entity if face.role else None,
        issued_at=now,
        expires_at=term.expires_at,
    )
    store.add(session, row)
    return Issued(_held(row), text, face, card.warnings(ticks))


def listed(session: Session, citizen_id: str, *, before: str | None, limit: int) -> Sequence[Held]:
    """A person's credentials that are not over, newest first, older than the id `before`."""
    return [_held(row) for row in store.listed(session, citizen_id, before=before, limit=limit)]


def revoke(session: Session, citizen_id: str, credential_id: str, now: datetime) -> None:
    """Revoke one's own credential for good; twice is once. Raises Refusal `not-found`."""
    if not store.revoke(session, citizen_id, now, credential_id=credential_id):
        raise Refusal("not-found")


def revoke_showing_role(session: Session, citizen_id: str, entity_id: str, now: datetime) -> int:
    """Revoke every credential in which this person speaks for an entity, because they do no longer; how many."""
    return store.revoke(session, citizen_id, now, entity_id=entity_id)


def on_leave(session: Session, citizen_id: str, now: datetime) -> None:
    """Revoke all that a person holds, before leaving deletes what ties the places to them."""
    store.revoke(session, citizen_id, now)


def _held(row: Credential) -> Held:
    return Held(row.id, tuple(row.fields), row.issued_at, row.expires_at, row.revoked_at)


def _use(session: Session, citizen_id: str, nonce: str, now: datetime) -> None:
    row = codes.use(session, _digest(nonce), _PURPOSE, now)
    if row is None or row.citizen_id != citizen_id:
        raise Refusal("credential-nonce-not-valid", field="/proof")


def _digest(nonce: str) -> bytes:
    return hashlib.sha256(f"credential-nonce\n{nonce}".encode()).digest()


def _log(session: Session, citizen_id: str, face: Face, now: datetime) -> None:
    access_log.append(
        session,
        citizen_id,
        now=now,
        actor=SELF,
        action="card.credential",
        purpose="card.wallet",
        fields=card.field_names(face),
    )
