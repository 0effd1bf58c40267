"""Personal data at rest: each field encrypted under a versioned key, found by a keyed hash (architecture.md, Storage).

Cipher: AES-256-GCM; the algorithm is named in every ciphertext's first byte, so that another (SM4) can be added, and
the version of its data key in the second.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session, sessionmaker

from app.store.data_keys import FIELD, LOOKUP, PAIRWISE, KeyChest
from app.store.kept import Kept

AES_256_GCM = 1
VERSION_BYTE = 1
"""Where a ciphertext tells the version of its data key."""
_NONCE = 12


@dataclass(frozen=True, slots=True)
class _Keys:
    version: int
    ciphers: Mapping[int, AESGCM]
    lookup: bytes
    pairwise: bytes


class PiiBox:
    """Encrypts, decrypts and finds personal data; knows the keys, which never leave it.

    Its keys are read when first needed and again every few seconds. Every method raises WrongMasterSecret where they
    were wrapped under a master secret that is not ours.
    """

    def __init__(
        self,
        sessions: sessionmaker[Session],
        master_secret: str,
        old_secret: str = "",
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        """`old_secret`: the master secret before this one, while keys may still be wrapped under it."""
        self._chest = KeyChest(sessions, [master_secret, old_secret])
        self._keys = Kept(self._read, ticks)

    @property
    def version(self) -> int:
        """The version of the data key that encrypts."""
        return self._keys.get().version

    @property
    def master_secrets(self) -> list[str]:
        """The master secret and the one before it, for those who wrap keys."""
        return list(self._chest.secrets)

    def renew(self) -> int:
        """Read the keys now, for one who changed them; the version that encrypts."""
        return self._keys.renew().version

    def encrypt(self, text: str, *, context: str) -> bytes:
        """Ciphertext of `text`, bound to `context` (table, column and row), so that it cannot be moved elsewhere."""
        keys, nonce = self._keys.get(), os.urandom(_NONCE)
        header = bytes((AES_256_GCM, keys.version))
        return header + nonce + keys.ciphers[keys.version].encrypt(nonce, text.encode(), context.encode())

    def decrypt(self, sealed: bytes, *, context: str) -> str:
        """The text again; raises cryptography's InvalidTag where ciphertext or context was changed."""
        nonce, body = sealed[2 : 2 + _NONCE], sealed[2 + _NONCE :]
        if sealed[0] != AES_256_GCM:
            raise InvalidTag
        return self._cipher(sealed[VERSION_BYTE]).decrypt(nonce, body, context.encode()).decode()

    def keyed_hash(self, text: str) -> str:
        """A stable look-up key for `text`, useless to one who lacks our secret."""
        return hmac.new(self._keys.get().lookup, text.encode(), hashlib.sha256).hexdigest()

    def pairwise_subject(self, sector: str, citizen_id: str) -> str:
        """The pairwise `sub` of a citizen for one sector, a partner's id (OpenID Connect Core 8.1)."""
        digest = hmac.new(self._keys.get().pairwise, f"{sector}\n{citizen_id}".encode(), hashlib.sha256).digest()
        return "ctz_" + base64.b32encode(digest[:20]).decode().lower()

    def _cipher(self, version: int) -> AESGCM:
        """The cipher of a version; one that another process just began is read at once. Raises InvalidTag."""
        found = self._keys.get().ciphers.get(version) or self._keys.renew().ciphers.get(version)
        if found is None:
            raise InvalidTag
        return found

    def _read(self) -> _Keys:
        opened = self._chest.read()
        ciphers = {version: AESGCM(key) for (purpose, version), key in opened.items() if purpose == FIELD}
        return _Keys(max(ciphers), ciphers, opened[LOOKUP, 1], opened[PAIRWISE, 1])
