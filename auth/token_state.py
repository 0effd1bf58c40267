"""What becomes of issued tokens: introspection (RFC 7662), revocation (RFC 7009), each for the token's own client."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from authlib.oauth2.rfc6749 import InvalidRequestError

from app.domain.errors import Refusal
from app.store import oauth, oauth_codes
from app.store.admission import key_stands
from app.store.oauth import Grant
from auth import tokens
from auth.clients import ClientRefused
from auth.grants import end, hash_of, subject_of
from auth.server import Context
from auth.tokens import AccessToken


def introspect(context: Context, form: Mapping[str, str]) -> dict[str, Any]:
    """What the client's own live token says, `{"active": False}` for any other; raises OAuth2Error."""
    if context.client.profile != "fapi2":
        raise ClientRefused("Public clients may not introspect.")
    token = _token(form)
    access = _access(context, token)
    if access is not None:
        return _describe_access(context, access)
    grant = _refresh(context, token, used=False)
    return _describe_refresh(context, grant) if grant else {"active": False}


def revoke(context: Context, form: Mapping[str, str]) -> None:
    """End what the client's own token stands for; nothing for any other token. Raises OAuth2Error without one."""
    token = _token(form)
    access = _access(context, token)
    if access is not None and not access.grant_id:
        oauth.revoke_token(context.session, access.jti, datetime.fromtimestamp(access.expires_at, UTC))
        return
    grant = oauth.live_grant(context.session, access.grant_id, context.now) if access else None
    if grant := grant or _refresh(context, token, used=True):
        end(context, grant)


def _token(form: Mapping[str, str]) -> str:
    if "token" not in form:
        raise InvalidRequestError("token is missing.")
    return form["token"]


def _access(context: Context, token: str) -> AccessToken | None:
    try:
        access = tokens.verify(context.keys, token, issuer=context.issuer, now=context.now)
    except Refusal:
        return None
    return access if access.client_id == context.client.client_id else None


def _refresh(context: Context, token: str, *, used: bool) -> Grant | None:
    """The live grant of the client's refresh token; of a used one only where `used`."""
    found = oauth_codes.refresh_token(context.session, hash_of(token))
    if found is None or found[1].client_id != context.client.client_id or (found[0].used_at and not used):
        return None
    grant = found[1]
    return grant if grant.ended_at is None and grant.expires_at > context.now else None


def _describe_access(context: Context, access: AccessToken) -> dict[str, Any]:
    if _is_over(context, access):
        return {"active": False}
    login = {"acr": access.acr, "auth_time": access.auth_time} if access.grant_id else {}
    return {
        **login,
        "active": True,
        "token_type": "DPoP",
        "client_id": access.client_id,
        "scope": " ".join(sorted(access.scopes)),
        "sub": access.subject,
        "iss": context.issuer,
        "aud": context.issuer,
        "exp": access.expires_at,
        "cnf": {"jkt": access.jkt},
    }


def _is_over(context: Context, access: AccessToken) -> bool:
    if not key_stands(context.client, access.jti):
        return True
    if access.grant_id:
        return oauth.live_grant(context.session, access.grant_id, context.now) is None
    return oauth.is_revoked(context.session, access.jti)


def _describe_refresh(context: Context, grant: Grant) -> dict[str, Any]:
    return {
        "active": True,
        "client_id": grant.client_id,
        "scope": " ".join(grant.scopes),
        "sub": subject_of(context, grant.citizen_id),
        "iss": context.issuer,
        "exp": int(grant.expires_at.timestamp()),
        "cnf": {"jkt": grant.jkt},
    }
