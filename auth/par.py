"""Pushed authorization requests (RFC 9126): every request is pushed, by an authenticated client, and opened once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from authlib.oauth2.rfc6749 import InvalidRequestError, OAuth2Error

from app.store import logins
from auth import acr
from auth.grants import CodeGrant, IdToken, hash_of, new_secret
from auth.pkce import RequiredS256
from auth.server import FormRequest, RequestServer

LIFE = timedelta(seconds=60)
PREFIX = "urn:ietf:params:oauth:request_uri:"
KEPT = (
    "response_type",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "prompt",
    "max_age",
    "acr_values",
    "ui_locales",
)
"""What a request may say and we keep; a login hint is personal data and is not kept (RFC 6749: ignore the unknown)."""
LONGEST = {
    "state": 512,
    "nonce": 255,
    "ui_locales": 60,
    "acr_values": 200,
    "prompt": 40,
    "scope": 500,
    "redirect_uri": 500,
}
PROMPTS = frozenset({"none", "login", "consent", "select_account"})
_THUMBPRINT = re.compile(r"[A-Za-z0-9_-]{43}")


class RequestNotSupported(OAuth2Error):
    """A request object (RFC 9101) was sent; PAR carries its parameters instead."""

    error = "request_not_supported"
    description = "Push the parameters themselves."


class UnmetAuthenticationRequirements(OAuth2Error):
    """None of the `acr_values` is one that we know (OpenID Connect Core Unmet Authentication Requirements 1.0)."""

    error = "unmet_authentication_requirements"
    description = "None of these acr_values can be met."


def push(request: FormRequest) -> dict[str, Any]:
    """Check a request as the authorization endpoint would, keep it, and give it a URI; raises OAuth2Error."""
    form, context = request.form, request.context
    _check_form(form)
    if form.get("redirect_uri") not in context.client.redirect_uris:
        raise InvalidRequestError("redirect_uri is missing or is not one that is registered.")
    _check_grammar(request)
    uri = PREFIX + new_secret()
    logins.push(
        context.session,
        uri_hash=hash_of(uri),
        client_id=context.client.client_id,
        params={name: form[name] for name in KEPT if name in form},
        jkt=_bound_key(form, context.jkt),
        expires_at=context.now + LIFE,
    )
    return {"request_uri": uri, "expires_in": int(LIFE.total_seconds())}


def _check_form(form: Mapping[str, str]) -> None:
    if "request_uri" in form:
        raise InvalidRequestError("A pushed request has no request_uri.")
    if "request" in form:
        raise RequestNotSupported
    if "response_type" not in form:
        raise InvalidRequestError("response_type is missing.")
    if form["response_type"] != "code":
        raise OAuth2Error("response_type must be code.", error="unsupported_response_type")
    if form.get("response_mode", "query") != "query":
        raise InvalidRequestError("response_mode must be query.")
    for name, most in LONGEST.items():
        if len(form.get(name, "")) > most:
            raise InvalidRequestError(f"{name} is longer than {most}.")
    if (wanted := form.get("acr_values", "").split()) and not set(wanted) & set(acr.SUPPORTED):
        raise UnmetAuthenticationRequirements
    _check_prompt(form)


def _check_prompt(form: Mapping[str, str]) -> None:
    prompts = set(form.get("prompt", "").split())
    if not prompts <= PROMPTS or ("none" in prompts and len(prompts) > 1):
        raise InvalidRequestError("prompt is not understood.")
    if not re.fullmatch(r"\d{1,9}", form.get("max_age", "0")):
        raise InvalidRequestError("max_age must be seconds.")


def _check_grammar(request: FormRequest) -> None:
    """Client, redirect URI, response type, scope and PKCE, by Authlib; nothing is redirected from here."""
    server = RequestServer(request)
    server.register_grant(CodeGrant, [RequiredS256(required=True), IdToken()])
    try:
        server.get_authorization_grant(request).validate_authorization_request()
    except OAuth2Error as error:
        error.redirect_uri = None
        raise


def _bound_key(form: Mapping[str, str], proven: str) -> str | None:
    """The key that the code will be bound to (RFC 9449 section 10); `proven` is that of a DPoP header, if any."""
    named = form.get("dpop_jkt")
    if named is not None and (not _THUMBPRINT.fullmatch(named) or (proven and proven != named)):
        raise InvalidRequestError("dpop_jkt is not the key of the proof.")
    return named or proven or None
