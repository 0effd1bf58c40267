"""An authorization request on its way: what it still needs, and how it is answered (RFC 6749 section 4.1, RFC 9207)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

from authlib.common.urls import add_params_to_uri
from sqlalchemy.orm import Session

from app.domain.consent import SCORE_READ
from app.services import operators
from app.store import logins, oauth, oauth_codes
from app.store.logins import AuthorizationRequest, BrowserSession
from app.store.oauth import OAuthClient
from app.store.oauth_codes import AuthorizationCode
from app.web.kit import kit, now
from auth.browser import device_name
from auth.grants import hash_of, new_secret

CODE_LIFE = timedelta(seconds=60)
_ID = re.compile(r"arq_[0-9a-f]{32}")


class Need(Enum):
    """What stands between a request and its code."""

    LOGIN = "login_required"
    CONSENT = "consent_required"
    NOTHING = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """One opened request, its browser and its client, inside one transaction."""

    session: Session
    request: AuthorizationRequest
    browser: BrowserSession
    client: OAuthClient

    @property
    def scopes(self) -> list[str]:
        """What was asked for, as it was pushed."""
        return str(self.request.params["scope"]).split()

    @property
    def silent(self) -> bool:
        """Whether the client wants an answer without a page (`prompt=none`)."""
        return self.request.params.get("prompt") == "none"


def load(session: Session, request_id: str, browser: BrowserSession | None) -> Flow | None:
    """The request, if this browser opened it and its client is active; None otherwise."""
    if browser is None or not _ID.fullmatch(request_id):
        return None
    request = logins.request_of(session, request_id, browser.id, now())
    client = oauth.client(session, request.client_id) if request else None
    return Flow(session, request, browser, client) if request and client and client.active else None


def need(flow: Flow) -> Need:
    """What the request needs next."""
    if not _logged_in(flow):
        return Need.LOGIN
    return Need.CONSENT if flow.client.kind == "partner" else Need.NOTHING


def _logged_in(flow: Flow) -> bool:
    """Whether someone is logged in, and recently enough for this request (OpenID Connect Core 3.1.2.1)."""
    browser, params, opened = flow.browser, flow.request.params, flow.request.opened_at
    if browser.citizen_id is None or browser.logged_in_at is None or opened is None:
        return False
    if {"login", "select_account"} & set(params.get("prompt", "").split()) and browser.logged_in_at < opened:
        return False
    return "max_age" not in params or now().timestamp() - browser.auth_time <= int(params["max_age"])


def allow(flow: Flow, *, granted: list[str], term_days: int | None = None) -> str:
    """Answer with a code for `granted`, for `term_days` where it is a consent; returns where to send the browser."""
    operator_id = None
    if flow.client.kind == "desk":
        operator = operators.operator_of(flow.session, kit().pii, flow.browser.citizen_id or "")
        if operator is None:
            return refuse(flow, "access_denied")
        operator_id = operator.id
    if not logins.finish_request(flow.session, flow.request.id):
        return _location(flow, error="invalid_request")
    code = new_secret()
    oauth_codes.add_code(flow.session, _code(flow, code, granted, term_days, operator_id))
    return _location(flow, code=code)


def _code(
    flow: Flow, code: str, granted: list[str], term_days: int | None, operator_id: str | None
) -> AuthorizationCode:
    params, browser = flow.request.params, flow.browser
    return AuthorizationCode(
        code_hash=hash_of(code),
        citizen_id=browser.citizen_id or "",
        operator_id=operator_id,
        client_id=flow.client.client_id,
        redirect_uri=params["redirect_uri"],
        scopes=granted,
        nonce=params.get("nonce"),
        code_challenge=params["code_challenge"],
        jkt=flow.request.jkt,
        acr=browser.acr,
        auth_time=browser.auth_time,
        device=device_name(),
        consent=None if term_days is None else {"term_days": term_days},
        expires_at=now() + CODE_LIFE,
    )


def refuse(flow: Flow, error: str) -> str:
    """Answer with an error; returns where to send the browser."""
    logins.finish_request(flow.session, flow.request.id)
    return _location(flow, error=error)


def _location(flow: Flow, **answer: str) -> str:
    params = flow.request.params
    state = {"state": params["state"]} if "state" in params else {}
    location: str = add_params_to_uri(params["redirect_uri"], {**answer, **state, "iss": kit().settings.base_url})
    return location


def agreed_scopes(flow: Flow, *, score_read: bool) -> list[str]:
    """What a citizen agreed to: all that was asked for, the score only where they ticked it apart."""
    return [scope for scope in flow.scopes if scope != SCORE_READ or score_read]
