"""Codes of a moment: opaque, sixty seconds, one purpose, one use (api.md, guardrail 9). They tell nothing."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.store import codes as store
from app.store.codes import Reach

PURPOSES = ("check", "exchange")
LIFETIME = timedelta(seconds=60)
LENGTH = 16
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("OIL", "011", " -")


@dataclass(frozen=True, slots=True)
class Redeemed:
    """Whose code it was, and the ticks that it carried."""

    citizen_id: str
    ticks: Mapping[str, Any]


def fresh() -> str:
    """A random code of 80 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(LENGTH))


def as_made(code: str) -> str:
    """A code as a person may type it, in any case, with spaces and hyphens, O for 0, I or L for 1: as it was made."""
    return code.upper().translate(_LOOKALIKES)


def make(
    session: Session, citizen_id: str, purpose: str, ticks: Mapping[str, Any], now: datetime
) -> tuple[str, datetime]:
    """A fresh code and when it dies. `ticks` is what an exchange gives ({} for a check); anyone with a login may."""
    code = fresh()
    expires_at = now + LIFETIME
    row = store.MomentCode(
        digest=_digest(code), citizen_id=citizen_id, purpose=purpose, ticks=dict(ticks), expires_at=expires_at
    )
    store.add(session, row, now)
    return code, expires_at


def owner(session: Session, code: str, purpose: str, now: datetime) -> str:
    """Whose live code this is, without using it; raises Refusal `code-not-valid` as `redeem` does."""
    found = store.owner(session, _digest(code), purpose, now)
    if found is None:
        raise Refusal("code-not-valid", field="/code")
    return found


def redeem(session: Session, code: str, purpose: str, now: datetime, reach: Reach | None = None) -> Redeemed:
    """Use `code` once, however many try at once; `reach`: the partner that does, where one does.

    Raises Refusal `code-not-valid`, one and the same for a code that is used, over, for another purpose or never was.
    """
    row = store.use(session, _digest(code), purpose, now, reach)
    if row is None:
        raise Refusal("code-not-valid", field="/code")
    return Redeemed(row.citizen_id, row.ticks)


def _digest(code: str) -> bytes:
    return hashlib.sha256(as_made(code).encode()).digest()
