"""Data keys: what seals personal data is random, kept wrapped under the master secret, and replaced by versions.

An envelope of key-wrapping and data-encryption keys (NIST SP 800-57 part 1, section 5): a new master secret wraps a
few keys anew and touches no person's row; a new data key writes from its first second and leaves old rows readable.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Integer, LargeBinary, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column, sessionmaker

from app.domain.errors import PlainFailure
from app.store.base import Base, Id, Moment

FIELD, LOOKUP, PAIRWISE = "field", "lookup", "pairwise"
DERIVED = {FIELD: b"field-encryption", LOOKUP: b"keyed-hash", PAIRWISE: b"pairwise-subject"}
"""Purpose → what its key was derived by before there were data keys: a database from then keeps these as version 1."""
MOST_VERSIONS = 255
"""A ciphertext tells its version in one byte."""
_NONCE, _BYTES = 12, 32
_LOCK = 0x646B6579

Opened = dict[tuple[str, int], bytes]
"""(purpose, version) → key."""


class WrongMasterSecret(PlainFailure):
    """The data keys of this database were wrapped under a master secret that we do not have."""


class DataKey(Base):
    """One data key, wrapped. Of `field` the highest version writes; `lookup` and `pairwise` have one version for ever.

    `wrapped_by` names the master secret without telling it; `emptied_at` is when its last row was re-encrypted.
    """

    __tablename__ = "data_keys"
    purpose: Mapped[Id] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary, info={"at_rest": "wrapped"})
    wrapped_by: Mapped[Id]
    created_at: Mapped[Moment]
    emptied_at: Mapped[Moment | None]


class KeyChest:
    """Opens the data keys of one deployment; each is unwrapped once in a process, so it outlives a change of master."""

    def __init__(self, sessions: sessionmaker[Session], secrets: Sequence[str]) -> None:
        """`secrets`: the master secret, then those before it under which keys may still be wrapped."""
        self._sessions, self.secrets = sessions, [secret for secret in secrets if secret]
        self._opened: Opened = {}

    def read(self) -> Opened:
        """Every key; the first to ask makes them. Raises WrongMasterSecret."""
        with self._sessions.begin() as session:
            for row in everything(session) or begin(session, self.secrets):
                if (row.purpose, row.version) not in self._opened:
                    self._opened[row.purpose, row.version] = unwrap(row, self.secrets)
        return dict(self._opened)


def everything(session: Session) -> Sequence[DataKey]:
    """Every data key, as the database has it now."""
    query = select(DataKey).order_by(DataKey.purpose, DataKey.version)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def begin(session: Session, secrets: Sequence[str]) -> Sequence[DataKey]:
    """The first version of each key: random, or, where something was sealed before there were any, the one derived."""
    alone(session)
    if not (found := everything(session)):
        derived = _in_use(session)
        for purpose, info in DERIVED.items():
            key = _derive(secrets[-1], info) if derived else os.urandom(_BYTES)
            _add(session, secrets[0], purpose, 1, key)
        found = everything(session)
    return found


def _in_use(session: Session) -> bool:
    """Whether anyone was ever known here, or a key made."""
    return any(
        session.scalar(text(f"select exists (select from {table})"))  # noqa: S608 - the names are ours
        for table in ("citizens", "operators", "signing_keys")
    )


def alone(session: Session) -> None:
    """Wait until no one else changes data keys, and let no one until this transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def add_version(session: Session, secrets: Sequence[str], version: int) -> None:
    """A new random key for the fields; it writes as soon as it is committed and seen."""
    _add(session, secrets[0], FIELD, version, os.urandom(_BYTES))


def _add(session: Session, secret: str, purpose: str, version: int, key: bytes) -> None:
    row = DataKey(purpose=purpose, version=version, created_at=session.scalar(select(func.now())))
    _wrap(row, key, secret)
    session.add(row)
    session.flush()


def rewrap(session: Session, secrets: Sequence[str]) -> int:
    """Wrap every key under the first of `secrets`; returns how many were not. Raises WrongMasterSecret."""
    alone(session)
    old = [row for row in everything(session) if row.wrapped_by != name_of(secrets[0])]
    for row in old:
        _wrap(row, unwrap(row, secrets), secrets[0])
    session.flush()
    return len(old)


def mark_emptied(session: Session, below: int, now: datetime) -> None:
    """Note that no row is left under the field keys older than the version `below`."""
    for row in everything(session):
        if row.purpose == FIELD and row.version < below and row.emptied_at is None:
            row.emptied_at = now
    session.flush()


def unwrap(row: DataKey, secrets: Sequence[str]) -> bytes:
    """The key itself; raises WrongMasterSecret where none of `secrets` wrapped it."""
    for secret in secrets:
        if name_of(secret) == row.wrapped_by:
            nonce, body = row.wrapped[:_NONCE], row.wrapped[_NONCE:]
            return AESGCM(_derive(secret, b"key-wrapping")).decrypt(nonce, body, _label(row))
    raise WrongMasterSecret(
        "XINYI_MASTER_SECRET is not the one that this database was sealed with (nor is XINYI_MASTER_SECRET_OLD)"
    )


def _wrap(row: DataKey, key: bytes, secret: str) -> None:
    nonce = os.urandom(_NONCE)
    row.wrapped = nonce + AESGCM(_derive(secret, b"key-wrapping")).encrypt(nonce, key, _label(row))
    row.wrapped_by = name_of(secret)


def name_of(secret: str) -> str:
    """A name of a master secret that tells nothing about it."""
    return _derive(secret, b"master-secret-name")[:8].hex()


def _label(row: DataKey) -> bytes:
    return f"data-key:{row.purpose}:{row.version}".encode()


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(SHA256(), _BYTES, salt=None, info=b"xinyi-plus/" + purpose).derive(secret.encode())
