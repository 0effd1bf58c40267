"""Who is calling: `needs(scope)` above a view lets in only a live token with the scope and a fresh DPoP proof."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from flask import Response, g, request
from flask_smorest import Blueprint

from app.domain.access import Actor, ActorKind
from app.domain.errors import Refusal
from app.store.admission import Presence
from app.store.oauth import Use
from app.web.api import refuse_unknown_query
from app.web.kit import kit, now
from app.web.problems import problem
from auth import dpop, nonces, tokens
from auth.acr import FRESH_SECONDS, OPERATOR_OTP

View = Callable[..., Any]
_KINDS = {
    "app": ActorKind.CITIZEN,
    "partner": ActorKind.PARTNER,
    "counter": ActorKind.PARTNER,
    "department": ActorKind.DEPARTMENT,
    "desk": ActorKind.OPERATOR,
}
STEP_UP = (
    'DPoP error="insufficient_user_authentication", '
    f'error_description="A more recent login is required", max_age="{FRESH_SECONDS}"'
)
"""The challenge of RFC 9470 section 3: log in again, then ask again."""
SURER = (
    'DPoP error="insufficient_user_authentication", '
    f'error_description="A second factor is required", acr_values="{OPERATOR_OTP}"'
)
"""The desk's challenge: a login of the class that it asks for."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls. The ids that do not belong to `kind` are empty."""

    kind: ActorKind
    client_id: str
    name: str
    scopes: frozenset[str]
    citizen_id: str = ""
    partner_id: str = ""
    department_id: str = ""
    operator_id: str = ""
    grant_id: str = ""
    acr: str = ""
    auth_time: int = 0
    livemode: bool = False

    @property
    def actor(self) -> Actor:
        """The caller as the access log names it."""
        ids = {
            ActorKind.CITIZEN: self.citizen_id,
            ActorKind.PARTNER: self.partner_id,
            ActorKind.DEPARTMENT: self.department_id,
            ActorKind.OPERATOR: self.operator_id,
        }
        return Actor(self.kind, ids[self.kind], self.name)


def caller() -> Caller:
    """The caller of a guarded view."""
    return cast(Caller, g.caller)


def needs(*scopes: str, fresh: bool = False) -> Callable[[View], View]:
    """Let in a caller whose token has all of `scopes`, and who logged in lately where it must be `fresh`.

    Answers 401 `invalid-token`, `invalid-dpop-proof` or `use-dpop-nonce` with WWW-Authenticate (RFC 9449), 403
    `insufficient-scope`, and 401 `insufficient-user-authentication` for a login of more than FRESH_SECONDS ago
    (RFC 9470). Stands above the argument decorators, so that bad input without a token is a 401.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            try:
                g.caller = authenticate()
            except Refusal as refusal:
                return problem(refusal, {"WWW-Authenticate": _challenge(refusal)})
            if missing := [scope for scope in scopes if scope not in caller().scopes]:
                lacking = Refusal("insufficient-scope", scope=" ".join(missing))
                challenge = f'DPoP error="insufficient_scope", scope="{" ".join(scopes)}"'
                return problem(lacking, {"WWW-Authenticate": challenge})
            if "operator" in scopes and caller().acr != OPERATOR_OTP:
                return problem(Refusal("second-factor-missing"), {"WWW-Authenticate": SURER})
            if fresh and not _logged_in_lately():
                return problem(Refusal("insufficient-user-authentication"), {"WWW-Authenticate": STEP_UP})
            refuse_unknown_query(view)
            return view(*args, **kwargs)

        documented: View = Blueprint.doc(security=[{"access_token": list(scopes)}])(guarded)
        documented.__dict__["guard"] = scopes
        return documented

    return decorate


def public(reason: str) -> Callable[[View], View]:
    """Mark a view as open to all, with the reason; a test refuses a view that is neither guarded nor marked."""

    def decorate(view: View) -> View:
        @wraps(view)
        def opened(*args: Any, **kwargs: Any) -> Any:
            refuse_unknown_query(view)
            return view(*args, **kwargs)

        documented: View = Blueprint.doc(security=[])(opened)
        documented.__dict__["public"] = reason
        return documented

    return decorate


def _logged_in_lately() -> bool:
    return now().timestamp() - caller().auth_time <= FRESH_SECONDS


def _challenge(refusal: Refusal) -> str:
    """How to call us (RFC 9449 section 7.1); who brought no credentials made no error yet (RFC 6750 section 3.1)."""
    error = f'error="{refusal.code.replace("-", "_")}", ' if "Authorization" in request.headers else ""
    return f'DPoP {error}algs="{" ".join(dpop.ALGORITHMS)}"'


def authenticate() -> Caller:
    """The caller of this request; raises Refusal `invalid-token`, `invalid-dpop-proof` or `use-dpop-nonce`."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    proofs = request.headers.getlist("DPoP")
    if scheme.lower() != "dpop" or not token:
        raise Refusal("invalid-token")
    access = tokens.verify(kit().keys, token, issuer=kit().settings.base_url, now=now())
    if len(proofs) != 1:
        raise Refusal("invalid-dpop-proof")
    proof = dpop.check(
        proofs[0],
        method=request.method,
        url=kit().settings.base_url + request.path,
        now=now(),
        is_nonce=lambda nonce: nonces.is_good(kit().pii, nonce, now()),
        access_token=token,
        jkt=access.jkt,
    )
    presence = _present(access, proof.use)
    if not proof.has_nonce and presence.client.profile == "fapi2":
        raise Refusal("use-dpop-nonce")
    if presence.used:
        raise Refusal("invalid-dpop-proof")
    return _caller(presence, access)


def _present(access: tokens.AccessToken, proof: Use) -> Presence:
    with kit().statements() as connection:
        presence = kit().clients.present(connection, access.client_id, access.grant_id, access.jti, now(), proof)
    if presence is None or (presence.citizen_id is None) is not (access.grant_id == ""):
        raise Refusal("invalid-token")
    return presence


def _caller(presence: Presence, access: tokens.AccessToken) -> Caller:
    client = presence.client
    kind = _KINDS[client.kind]
    if presence.citizen_id is None and kind in (ActorKind.CITIZEN, ActorKind.OPERATOR):
        raise Refusal("invalid-token")
    return Caller(
        kind=kind,
        client_id=client.client_id,
        name=client.name,
        scopes=access.scopes,
        citizen_id=presence.citizen_id or "",
        partner_id=client.partner_id or "",
        department_id=client.department_id or "",
        operator_id=presence.operator_id or "",
        grant_id=access.grant_id,
        acr=access.acr,
        auth_time=access.auth_time,
        livemode=client.livemode,
    )


def no_content() -> Response:
    """An empty answer, 204."""
    return Response(status=204)
