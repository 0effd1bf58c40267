"""Signing keys: ES256, held encrypted, shared by all processes, published in the JWKS."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from joserfc.jwk import ECKey
from sqlalchemy import LargeBinary, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, sessionmaker

from app.domain.signing_key import USES, Life, State, states
from app.store.base import Base, Id, Json, Moment, sealed
from app.store.kept import Kept
from app.store.pii import PiiBox

LOCK = 0x6B657973
"""Advisory lock: whoever adds or changes keys is alone."""


class SigningKeyRow(Base):
    """One key pair; its state follows from its times (app/domain/signing_key.py). Withdrawn, it has no private part."""

    __tablename__ = "signing_keys"
    kid: Mapped[Id] = mapped_column(primary_key=True)
    use: Mapped[Id]
    sealed_private: Mapped[bytes | None] = mapped_column(LargeBinary, info=sealed("signing-key:{kid}"))
    public_jwk: Mapped[Json]
    created_at: Mapped[Moment]
    signs_from: Mapped[Moment]
    retired_at: Mapped[Moment | None]
    withdrawn_at: Mapped[Moment | None]

    @property
    def life(self) -> Life:
        """Its times."""
        return Life(self.kid, self.use, self.signs_from, self.retired_at, self.withdrawn_at)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key in memory; `private` is the joserfc key, `public_jwk` what the JWKS shows."""

    kid: str
    use: str
    private: ECKey
    public_jwk: dict[str, Any]
    life: Life


@dataclass(frozen=True, slots=True)
class _View:
    """The keys of one reading at one second: those that sign, by use, and those that are published, by `kid`."""

    keys: Sequence[SigningKey]
    second: datetime
    signing: Mapping[str, SigningKey]
    published: Mapping[str, SigningKey]


class KeyRing:
    """The keys of this deployment, read again every few seconds; the first to need a use makes its key."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        pii: PiiBox,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """`clock` decides which key signs; `ticks`, which is never set back, when to read again."""
        self._sessions, self._pii, self._clock = sessions, pii, clock
        self._opened: dict[str, ECKey] = {}
        self._keys = Kept(self._read, ticks)
        self._view: _View | None = None

    def current(self, use: str) -> SigningKey:
        """The key that signs for `use`, one of USES."""
        found = self._now().signing.get(use)
        if found is None:
            self._keys.renew()
            found = self._now().signing[use]
        return found

    def public(self, kid: str, use: str) -> dict[str, Any] | None:
        """The published key `kid` of this use, or None. An unknown one makes us read ours anew, nothing else."""
        found = self._now().published.get(kid)
        if found is None:
            self._keys.again()
            found = self._now().published.get(kid)
        return found.public_jwk if found and found.use == use else None

    def jwks(self) -> dict[str, Any]:
        """All published keys (RFC 7517)."""
        return {"keys": [key.public_jwk for key in self._now().published.values()]}

    def _now(self) -> _View:
        keys, second = self._keys.get(), self._clock().replace(microsecond=0)
        view = self._view
        if view is None or view.keys is not keys or view.second != second:
            view = self._view = _view_of(keys, self._clock(), second)
        return view

    def _read(self) -> Sequence[SigningKey]:
        with self._sessions.begin() as session:
            rows = ensure_all(session, self._pii, self._clock())
            keys = [self._open(row) for row in rows if row.sealed_private is not None]
        self._opened = {key.kid: key.private for key in keys}
        return keys

    def _open(self, row: SigningKeyRow) -> SigningKey:
        if row.kid not in self._opened:
            private = self._pii.decrypt(row.sealed_private or b"", context=f"signing-key:{row.kid}")
            self._opened[row.kid] = ECKey.import_key(json.loads(private))
        return SigningKey(row.kid, row.use, self._opened[row.kid], row.public_jwk, row.life)


def _view_of(keys: Sequence[SigningKey], now: datetime, second: datetime) -> _View:
    state = states([key.life for key in keys], now)
    signing = {key.use: key for key in keys if state[key.kid] is State.SIGNING}
    published = {key.kid: key for key in keys if state[key.kid] is not State.WITHDRAWN}
    return _View(keys, second, signing, published)


def ensure_all(session: Session, pii: PiiBox, now: datetime) -> Sequence[SigningKeyRow]:
    """All keys, oldest first; a use that has no key to sign with gets one that signs at once."""
    rows = everything(session)
    if not _without_signer(rows, now):
        return rows
    alone(session)
    for use in _without_signer(everything(session), now):
        add(session, pii, use, now, signs_from=now)
    return everything(session)


def _without_signer(rows: Sequence[SigningKeyRow], now: datetime) -> list[str]:
    state = states([row.life for row in rows], now)
    signing = {row.use for row in rows if state[row.kid] is State.SIGNING}
    return [use for use in USES if use not in signing]


def alone(session: Session) -> None:
    """Wait until no one else changes keys, and let no one until this transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(LOCK)))


def add(session: Session, pii: PiiBox, use: str, now: datetime, *, signs_from: datetime) -> SigningKeyRow:
    """A new key pair, its private part sealed; its `kid` is its thumbprint (RFC 7638)."""
    key = _pair()
    kid = key.thumbprint()
    public = {**key.as_dict(private=False), "kid": kid, "alg": "ES256", "use": "sig", "key_ops": ["verify"]}
    private = pii.encrypt(json.dumps(key.as_dict(private=True)), context=f"signing-key:{kid}")
    row = SigningKeyRow(
        kid=kid, use=use, sealed_private=private, public_jwk=public, created_at=now, signs_from=signs_from
    )
    session.add(row)
    session.flush()
    return row


def _pair() -> ECKey:
    """A key pair whose thumbprint is no option to a shell: `xinyi key retire -5oH…` would ask for an option -5."""
    key = ECKey.generate_key("P-256")
    return _pair() if key.thumbprint().startswith("-") else key


def everything(session: Session) -> Sequence[SigningKeyRow]:
    """Every key there ever was, in the order in which they sign, as the database has it now."""
    query = select(SigningKeyRow).order_by(SigningKeyRow.signs_from, SigningKeyRow.kid)
    return session.scalars(query.execution_options(populate_existing=True)).all()
