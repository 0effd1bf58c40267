"""How rows were sealed before there were data keys, written out, so that they read on whatever the code becomes."""

from __future__ import annotations

import hashlib
import hmac
import os
from datetime import datetime

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.orm import Session

from app.store import outer_ids
from app.store.citizens import Citizen


def derived(secret: str, purpose: bytes) -> bytes:
    """The key of a purpose, straight from the master secret."""
    return HKDF(SHA256(), 32, salt=None, info=b"xinyi-plus/" + purpose).derive(secret.encode())


def sealed(secret: str, text: str, context: str) -> bytes:
    """AES-256-GCM, version 1."""
    nonce = os.urandom(12)
    body = AESGCM(derived(secret, b"field-encryption")).encrypt(nonce, text.encode(), context.encode())
    return bytes((1, 1)) + nonce + body


def add_citizen(session: Session, secret: str, name: str, id_number: str, now: datetime) -> str:
    """A citizen as the first release wrote one; returns the id."""
    key = hmac.new(derived(secret, b"keyed-hash"), id_number.encode(), hashlib.sha256).hexdigest()
    outer_ids.register(session, key, "id_number", "cit_old")
    row = Citizen(
        citizen_id="cit_old",
        city="xiamen",
        assurance_level="al2",
        sealed_name=sealed(secret, name, "name:cit_old"),
        sealed_id_number=sealed(secret, id_number, "id_number:cit_old"),
        created_at=now,
    )
    session.add(row)
    session.flush()
    return "cit_old"
