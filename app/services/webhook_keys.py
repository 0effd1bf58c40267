"""The keys of a webhook endpoint: an HMAC secret that its partner holds too, and an Ed25519 pair."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.webhook import SECRET_BYTES, hmac_signature, public_text, secret_text, signed_text
from app.store.pii import PiiBox

CONTEXT, OLD_CONTEXT = "webhook-keys:{}", "webhook-old-keys:{}"


@dataclass(frozen=True, slots=True)
class Keys:
    """What signs for an endpoint: 32 random bytes each. Each endpoint has its own, so that none speaks for another."""

    secret: bytes
    seed: bytes

    @property
    def public(self) -> str:
        """The public key, `whpk_…`."""
        return public_text(Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw())

    @property
    def shown(self) -> str:
        """The secret, `whsec_…`, for its partner's eyes, once."""
        return secret_text(self.secret)


def fresh() -> Keys:
    """New keys."""
    return Keys(os.urandom(SECRET_BYTES), os.urandom(32))


def seal(pii: PiiBox, keys: Keys, context: str) -> bytes:
    """The keys as they are kept."""
    said = {"secret": base64.b64encode(keys.secret).decode(), "seed": base64.b64encode(keys.seed).decode()}
    return pii.encrypt(json.dumps(said), context=context)


def open_sealed(pii: PiiBox, sealed: bytes, context: str) -> Keys:
    """The keys again; raises cryptography's InvalidTag."""
    said: Mapping[str, str] = json.loads(pii.decrypt(sealed, context=context))
    return Keys(base64.b64decode(said["secret"]), base64.b64decode(said["seed"]))


def headers(keys: Sequence[Keys], event_id: str, now: datetime, body: bytes) -> dict[str, str]:
    """The three headers of one attempt, signed by every key of `keys`: two while they are changed."""
    timestamp = int(now.timestamp())
    text = signed_text(event_id, timestamp, body)
    signatures = [sign(one, text) for sign in (_v1, _v1a) for one in keys]
    return {"webhook-id": event_id, "webhook-timestamp": str(timestamp), "webhook-signature": " ".join(signatures)}


def _v1(keys: Keys, text: bytes) -> str:
    return hmac_signature(keys.secret, text)


def _v1a(keys: Keys, text: bytes) -> str:
    signature = Ed25519PrivateKey.from_private_bytes(keys.seed).sign(text)
    return "v1a," + base64.b64encode(signature).decode()
