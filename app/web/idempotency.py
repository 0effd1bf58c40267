"""`Idempotency-Key` on the writes of partners and departments (api.md, Conventions).

The key's row commits in the transaction of the effect: `idempotent` opens that transaction and gives its session to the
view as the keyword `session`. Refusals (4xx) are kept too, in a transaction of their own, as their effect is none.
401, 409, 412, 429 and 5xx are not kept.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Response, make_response, request
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from app.domain.errors import Refusal
from app.store import idempotency
from app.store.idempotency import Kept
from app.web.kit import kit, now, transaction
from app.web.problems import problem

_KEY = re.compile(r"[\x20-\x7e]{1,255}")
_NOT_KEPT = {401, 409, 412, 429}
HEADER = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 257},
    "description": "1-255 printable ASCII characters, quoted or bare; kept 72 hours",
}


def idempotent(client_of: Callable[[], str]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate a view directly under its guard, above `arguments`, so that a repeat never runs it twice.

    `client_of` names the caller whose keys these are. The view takes `session`. Raises Refusal
    `idempotency-key-missing`, `idempotency-key-in-use` or `idempotency-key-reused`.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def run(*args: Any, **kwargs: Any) -> Response:
            scope, fingerprint = request_scope(client_of()), _fingerprint()
            try:
                with transaction() as session:
                    return _replay(session, scope, fingerprint) or _keep(
                        session, scope, fingerprint, client_of(), make_response(view(*args, session=session, **kwargs))
                    )
            except Refusal as refusal:
                return _keep_refusal(scope, fingerprint, client_of(), refusal)

        documented: Callable[..., Any] = Blueprint.doc(parameters=[HEADER])(run)
        return documented

    return decorate


def request_scope(client_id: str) -> str:
    """The hash (hex) of client, method, path and key of this request; raises Refusal `idempotency-key-missing`."""
    raw = request.headers.get("Idempotency-Key", "")
    key = raw[1:-1] if len(raw) > 1 and raw[0] == raw[-1] == '"' else raw
    if not _KEY.fullmatch(key):
        raise Refusal("idempotency-key-missing")
    return hashlib.sha256("\n".join((client_id, request.method, request.path, key)).encode()).hexdigest()


def _fingerprint() -> str:
    """What was asked, by a keyed hash: without the key, who reads the table would find a body's identity number."""
    return kit().pii.keyed_hash(f"request\n{_digest()}")


def _digest() -> str:
    return hashlib.sha256(request.get_data()).hexdigest()


def _replay(session: Session, scope: str, fingerprint: str) -> Response | None:
    held, kept = idempotency.begin(session, scope, now())
    if not held:
        raise Refusal("idempotency-key-in-use")
    if kept is None:
        return None
    if kept.fingerprint not in (fingerprint, _digest()):  # the latter, without a key, by the release before: 72 hours
        raise Refusal("idempotency-key-reused")
    answer = Response(kept.body, kept.status, kept.headers)
    answer.headers["Idempotent-Replayed"] = "true"
    return answer


def _keep(session: Session, scope: str, fingerprint: str, client_id: str, answer: Response) -> Response:
    if answer.status_code in _NOT_KEPT or answer.status_code >= 500:
        return answer
    headers = {name: value for name, value in answer.headers.items() if name in ("Content-Type", "Content-Language")}
    kept = Kept(fingerprint, answer.status_code, headers, answer.get_data())
    if not idempotency.keep(session, scope, client_id, kept, _about(answer), now()):
        raise Refusal("idempotency-key-in-use")
    return answer


def _about(answer: Response) -> str | None:
    """Whom or what the answer is about: with it, the kept answer is found when that is deleted."""
    said = answer.get_json(silent=True)
    names = ("citizen_ref", "source_record_id", "order_id")
    ref = next((said[name] for name in names if said.get(name)), None) if isinstance(said, dict) else None
    return ref if isinstance(ref, str) else None


def _keep_refusal(scope: str, fingerprint: str, client_id: str, refusal: Refusal) -> Response:
    answer = problem(refusal)
    if refusal.code.startswith("idempotency-key-"):
        return answer
    with transaction() as session:
        if idempotency.begin(session, scope, now()) == (True, None):
            return _keep(session, scope, fingerprint, client_id, answer)
    return answer
