"""Signing keys: ES256, held encrypted, shared by all processes, published in the JWKS."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Any

from joserfc.jwk import ECKey
from sqlalchemy import LargeBinary, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, sessionmaker

from app.store.base import Base, Id, Json, Moment
from app.store.pii import PiiBox

USES = ("token", "decision", "card", "upstream", "receipt")
"""What keys sign, one a purpose: tokens, decisions, offline cards, what the real-name platform reads, receipts."""
CACHE_SECONDS = 60.0


class SigningKeyRow(Base):
    """One key pair. The newest of a use signs; all published ones verify."""

    __tablename__ = "signing_keys"
    kid: Mapped[Id] = mapped_column(primary_key=True)
    use: Mapped[Id]
    sealed_private: Mapped[bytes] = mapped_column(LargeBinary)
    public_jwk: Mapped[Json]
    created_at: Mapped[Moment]
    retired_at: Mapped[Moment | None]


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key in memory; `private` is the joserfc key, `public_jwk` what the JWKS shows."""

    kid: str
    use: str
    private: ECKey
    public_jwk: dict[str, Any]


class KeyRing:
    """The keys of this deployment, read again every minute; the first to need a use makes its key."""

    def __init__(self, sessions: sessionmaker[Session], pii: PiiBox) -> None:
        self._sessions, self._pii = sessions, pii
        self._keys: dict[str, SigningKey] = {}
        self._read_at = -CACHE_SECONDS
        self._lock = Lock()

    def current(self, use: str) -> SigningKey:
        """The key that signs for `use`, one of USES."""
        return [key for key in self._all() if key.use == use][-1]

    def public(self, kid: str, use: str) -> dict[str, Any] | None:
        """The published key `kid` of this use, or None; an unknown one never makes us look elsewhere."""
        found = {key.kid: key for key in self._all()}.get(kid)
        return found.public_jwk if found and found.use == use else None

    def jwks(self) -> dict[str, Any]:
        """All published keys (RFC 7517)."""
        return {"keys": [key.public_jwk for key in self._all()]}

    def _all(self) -> list[SigningKey]:
        with self._lock:
            if time.monotonic() - self._read_at > CACHE_SECONDS:
                self._keys = {key.kid: key for key in self._read()}
                self._read_at = time.monotonic()
            return list(self._keys.values())

    def _read(self) -> list[SigningKey]:
        with self._sessions.begin() as session:
            session.execute(select(func.pg_advisory_xact_lock(0x6B657973)))
            rows = _published(session)
            missing = [use for use in USES if use not in {row.use for row in rows}]
            session.add_all(self._fresh(use) for use in missing)
            session.flush()
            return [self._open(row) for row in _published(session)]

    def _fresh(self, use: str) -> SigningKeyRow:
        key = ECKey.generate_key("P-256")
        kid = key.thumbprint()
        public = {**key.as_dict(private=False), "kid": kid, "alg": "ES256", "use": "sig", "key_ops": ["verify"]}
        sealed = self._pii.encrypt(json.dumps(key.as_dict(private=True)), context=f"signing-key:{kid}")
        return SigningKeyRow(kid=kid, use=use, sealed_private=sealed, public_jwk=public, created_at=datetime.now(UTC))

    def _open(self, row: SigningKeyRow) -> SigningKey:
        private = json.loads(self._pii.decrypt(row.sealed_private, context=f"signing-key:{row.kid}"))
        return SigningKey(row.kid, row.use, ECKey.import_key(private), row.public_jwk)


def _published(session: Session) -> list[SigningKeyRow]:
    query = select(SigningKeyRow).where(SigningKeyRow.retired_at.is_(None))
    return list(session.scalars(query.order_by(SigningKeyRow.created_at, SigningKeyRow.kid)))
