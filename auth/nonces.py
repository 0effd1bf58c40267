"""The nonces that we want in DPoP proofs (RFC 9449 sections 8 and 9): kept nowhere, the same for all workers.

A nonce is a keyed hash of its window of time, so no one who held a key for a moment makes proofs ahead of time.
"""

from __future__ import annotations

import hmac
from datetime import datetime
from functools import lru_cache

from flask import Response, request

from app.store.pii import PiiBox
from app.web.kit import kit, now

HEADER = "DPoP-Nonce"
WINDOW_SECONDS = 180
"""A nonce is good in its window and in the next one."""


def current(pii: PiiBox, moment: datetime) -> str:
    """The nonce to hand out at this moment."""
    return _nonce(pii, _window(moment))


def is_good(pii: PiiBox, nonce: object, moment: datetime) -> bool:
    """Whether a nonce is the present one or the one before."""
    window = _window(moment)
    given = nonce.encode() if isinstance(nonce, str) and nonce.isascii() else b""
    return any(hmac.compare_digest(given, _nonce(pii, one).encode()) for one in (window, window - 1))


def answer_with_nonce(answer: Response) -> Response:
    """Give every answer to a proof the nonce for the next one, but for errors of ours: our keys may be out of reach."""
    if "DPoP" in request.headers and answer.status_code < 500:
        answer.headers[HEADER] = current(kit().pii, now())
    return answer


def _window(moment: datetime) -> int:
    return int(moment.timestamp()) // WINDOW_SECONDS


@lru_cache(maxsize=8)
def _nonce(pii: PiiBox, window: int) -> str:
    return pii.keyed_hash(f"dpop-nonce\n{window}")[:32]
