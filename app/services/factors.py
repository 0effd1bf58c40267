"""The operators' second factor: one-time codes (RFC 6238, by pyotp), set up by an invitation, each taken once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.store import factors, oauth, oauth_codes, operators
from app.store.pii import PiiBox

ISSUER = "XinYi+"
STEP_SECONDS = 30
DRIFT_STEPS = 1
"""How far the phone's clock may be off: one time step either way (RFC 6238 section 5.2)."""
INVITATION_LIFE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Invitation:
    """A code that sets up a second factor once; nobody can read it again."""

    operator_id: str
    code: str
    expires_at: datetime


def invite(session: Session, operator_id: str, now: datetime) -> Invitation:
    """A new invitation for an operator, whose factor and sessions of the desk end; raises Refusal `not-found`."""
    operator = operators.get(session, operator_id)
    if operator is None or not operator.active:
        raise Refusal("not-found")
    revoke(session, operator_id, now)
    code, expires_at = base64.b32encode(secrets.token_bytes(15)).decode(), now + INVITATION_LIFE
    factors.add_invitation(session, _hash(code), operator_id, now, expires_at)
    return Invitation(operator_id, "-".join(code[at : at + 4] for at in range(0, len(code), 4)), expires_at)


def revoke(session: Session, operator_id: str, now: datetime) -> None:
    """End an operator's factor, invitations and sessions of the desk, and the codes that would begin one."""
    factors.drop_factor(session, operator_id)
    oauth_codes.drop_codes_of_operator(session, operator_id)
    oauth.end_grants_of_operator(session, operator_id, now)


def open_invitation(
    session: Session, pii: PiiBox, operator_id: str, code: str, *, session_id: str, now: datetime
) -> str | None:
    """A fresh secret (base32) for the operator's phone, told this once; None where the invitation is not good.

    `session_id` names the browser, which alone may confirm it.
    """
    secret = pyotp.random_base32()
    sealed = pii.encrypt(secret, context=_context(operator_id))
    typed = _hash("".join(code.upper().replace("-", " ").split()))
    opened = factors.open_invitation(session, typed, operator_id, session_id=session_id, sealed_secret=sealed, now=now)
    return secret if opened else None


def invited(session: Session, operator_id: str, session_id: str, now: datetime) -> bool:
    """Whether this browser opened an invitation that no code has confirmed yet."""
    return factors.opened_invitation(session, operator_id, session_id, now) is not None


def confirm(session: Session, pii: PiiBox, operator_id: str, otp: str, *, session_id: str, now: datetime) -> bool:
    """Make the secret that was shown the operator's factor, if `otp` is its code; that code is then taken."""
    waiting = factors.opened_invitation(session, operator_id, session_id, now)
    if waiting is None or waiting.sealed_secret is None:
        return False
    step = _step_of(pii.decrypt(waiting.sealed_secret, context=_context(operator_id)), otp, now)
    if step is None or not factors.close_invitation(session, waiting.code_hash):
        return False
    factors.put_factor(session, operator_id, waiting.sealed_secret, step, now)
    return True


def enrol(session: Session, pii: PiiBox, operator_id: str, secret: str, now: datetime) -> None:
    """Give an operator this secret (base32) as factor, where someone with a shell makes a city for trying out."""
    factors.put_factor(session, operator_id, pii.encrypt(secret, context=_context(operator_id)), 0, now)


def has_factor(session: Session, operator_id: str) -> bool:
    """Whether the operator has a second factor."""
    return factors.factor(session, operator_id) is not None


def take(session: Session, pii: PiiBox, operator_id: str, otp: str, now: datetime) -> bool:
    """Take a one-time code: True once for a right one, False for a wrong, repeated or late one."""
    known = factors.factor(session, operator_id)
    if known is None:
        return False
    step = _step_of(pii.decrypt(known.sealed_secret, context=_context(operator_id)), otp, now)
    return step is not None and factors.use_step(session, operator_id, step)


def provisioning_uri(secret: str, name: str) -> str:
    """The `otpauth:` address that an authenticator app reads as a picture; it holds the secret."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).provisioning_uri(name=name, issuer_name=ISSUER)


def code_at(secret: str, seconds: float) -> str:
    """The code of a secret at a moment, in seconds since 1970, as the phone shows it."""
    return pyotp.TOTP(secret, interval=STEP_SECONDS).at(int(seconds))


def _step_of(secret: str, otp: str, now: datetime) -> int | None:
    """The time step whose code this is, of those that a phone may be at; the latest first."""
    present = int(now.timestamp()) // STEP_SECONDS
    typed = "".join(otp.split()).encode()
    steps = range(present + DRIFT_STEPS, present - DRIFT_STEPS - 1, -1)
    codes = [(step, code_at(secret, step * STEP_SECONDS).encode()) for step in steps]
    return next((step for step, code in codes if hmac.compare_digest(code, typed)), None)


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _context(operator_id: str) -> str:
    return factors.CONTEXT.format(operator_id=operator_id)
