"""Personal data at rest: each field encrypted under a versioned key, found by a keyed hash (architecture.md, Storage).

Cipher: AES-256-GCM; the algorithm is named in every ciphertext's first byte, so that another (SM4) can be added.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

AES_256_GCM = 1
_NONCE = 12


class PiiBox:
    """Encrypts, decrypts and finds personal data; knows the keys, which never leave it."""

    def __init__(self, master_secrets: dict[int, str]) -> None:
        """`master_secrets`: key version → secret; the highest version encrypts."""
        self.version = max(master_secrets)
        self._ciphers = {v: AESGCM(_derive(secret, b"field-encryption")) for v, secret in master_secrets.items()}
        first = master_secrets[min(master_secrets)]
        self._hash_key = _derive(first, b"keyed-hash")
        self._pairwise_key = _derive(first, b"pairwise-subject")

    def encrypt(self, text: str, *, context: str) -> bytes:
        """Ciphertext of `text`, bound to `context` (table, column and row), so that it cannot be moved elsewhere."""
        nonce = os.urandom(_NONCE)
        header = bytes((AES_256_GCM, self.version))
        return header + nonce + self._ciphers[self.version].encrypt(nonce, text.encode(), context.encode())

    def decrypt(self, sealed: bytes, *, context: str) -> str:
        """The text again; raises cryptography's InvalidTag where ciphertext or context was changed."""
        nonce, body = sealed[2 : 2 + _NONCE], sealed[2 + _NONCE :]
        return self._ciphers[sealed[1]].decrypt(nonce, body, context.encode()).decode()

    def keyed_hash(self, text: str) -> str:
        """A stable look-up key for `text`, useless to one who lacks our secret."""
        return hmac.new(self._hash_key, text.encode(), hashlib.sha256).hexdigest()

    def pairwise_subject(self, sector: str, citizen_id: str) -> str:
        """The pairwise `sub` of a citizen for one sector, a partner's id (OpenID Connect Core 8.1)."""
        digest = hmac.new(self._pairwise_key, f"{sector}\n{citizen_id}".encode(), hashlib.sha256).digest()
        return "ctz_" + base64.b32encode(digest[:20]).decode().lower()


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"xinyi-plus/" + purpose).derive(secret.encode())
