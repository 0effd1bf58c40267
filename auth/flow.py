"""An authorization request on its way: what it still needs, and how it is answered (RFC 6749 section 4.1, RFC 9207)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any

from authlib.common.urls import add_params_to_uri
from sqlalchemy.orm import Session

from app.domain.consent import ORDERS, SCORE_READ
from app.services import operators
from app.store import logins, oauth, oauth_codes, partners, sandbox
from app.store.logins import AuthorizationRequest, BrowserSession
from app.store.oauth import OAuthClient
from app.store.oauth_codes import AuthorizationCode
from app.web.kit import kit, now
from auth.acr import FRESH_SECONDS, OPERATOR_OTP, satisfies
from auth.browser import device_name
from auth.grants import hash_of, new_secret

CODE_LIFE = timedelta(seconds=60)
WAY_BACK_SECONDS = 60
"""How long the way back from a login may take: `max_age=0` asks for a login now, and can be met."""
_ID = re.compile(r"arq_[0-9a-f]{32}")


class Need(Enum):
    """What stands between a request and its code."""

    LOGIN = "login_required"
    SURER_LOGIN = "unmet_authentication_requirements"
    CONSENT = "consent_required"
    SECOND_FACTOR = "interaction_required"
    NOTHING = ""


_AFTER_LOGIN = {"partner": Need.CONSENT, "desk": Need.SECOND_FACTOR}


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
    """The request, if this browser opened it and its client may ask; None otherwise."""
    if browser is None or not _ID.fullmatch(request_id):
        return None
    request = logins.request_of(session, request_id, browser.id, now())
    client = oauth.client(session, request.client_id) if request else None
    return Flow(session, request, browser, client) if request and client and _may_ask(session, client) else None


def _may_ask(session: Session, client: OAuthClient) -> bool:
    """Whether the client is active, and so is the partner behind it: a suspended one opens nothing new."""
    partner = partners.get(session, client.partner_id) if client.partner_id else None
    return client.active and (partner is None or partner.active)


def need(flow: Flow) -> Need:
    """What the request needs next."""
    if not (_logged_in(flow) and _logged_in_lately(flow)):
        return Need.LOGIN
    if not _surely_logged_in(flow):
        return Need.SURER_LOGIN if _logged_in_here(flow) else Need.LOGIN
    return _AFTER_LOGIN.get(flow.client.kind, Need.NOTHING)


def _logged_in(flow: Flow) -> bool:
    """Whether someone is logged in, and for this very request where it asks for that."""
    again = {"login", "select_account"} & set(flow.request.params.get("prompt", "").split())
    return flow.browser.citizen_id is not None and (not again or _logged_in_here(flow))


def _logged_in_here(flow: Flow) -> bool:
    """Whether the login was made for this request."""
    login, opened = flow.browser.logged_in_at, flow.request.opened_at
    return login is not None and opened is not None and login >= opened


def _logged_in_lately(flow: Flow) -> bool:
    """Whether the login is recent enough: by `max_age` (OpenID Connect Core 3.1.2.1), and where much hangs on it.

    That is where the score is asked for, or that orders may start without a confirmation.
    """
    params, least = flow.request.params, WAY_BACK_SECONDS if _logged_in_here(flow) else 0
    ages = [int(params["max_age"])] if "max_age" in params else []
    ages += [FRESH_SECONDS] if any(scope.startswith((SCORE_READ, ORDERS)) for scope in flow.scopes) else []
    age = now().timestamp() - flow.browser.auth_time
    return all(age <= max(most, least) for most in ages)


def _surely_logged_in(flow: Flow) -> bool:
    """Whether the login is of a class that the request asks for (`acr_values`, essential here as in RFC 9470)."""
    wanted = flow.request.params.get("acr_values", "").split()
    reached = (flow.browser.acr, _acr(flow))
    return not wanted or any(satisfies(acr, value) for acr in reached for value in wanted)


def _acr(flow: Flow) -> str:
    """The class of the login that an answer to this request stands for: the desk's is with the second factor."""
    return OPERATOR_OTP if flow.client.kind == "desk" else flow.browser.acr


def allow(flow: Flow, *, granted: list[str], agreed: dict[str, Any] | None = None) -> str:
    """Answer with a code for `granted`; returns where to send the browser.

    `agreed`, where it is a consent: its `term_days`, and the `caps` of one for orders (app.domain.consent.Caps).
    """
    operator_id = None
    if flow.client.kind == "desk":
        operator = operators.operator_of(flow.session, kit().pii, flow.browser.citizen_id or "")
        if operator is None:
            return refuse(flow, "access_denied")
        operator_id = operator.id
    if flow.client.partner_id and not _within_reach(flow, flow.client.partner_id):
        return refuse(flow, "access_denied")
    if not logins.finish_request(flow.session, flow.request.id):
        return _location(flow, error="invalid_request")
    code = new_secret()
    oauth_codes.add_code(flow.session, _code(flow, code, granted, agreed, operator_id))
    return _location(flow, code=code)


def _within_reach(flow: Flow, partner_id: str) -> bool:
    """Whether the partner may ask this citizen at all: a sandbox's partner and a real person never meet."""
    return sandbox.reaches(flow.session, flow.browser.citizen_id or "", partner_id, livemode=flow.client.livemode)


def _code(
    flow: Flow, code: str, granted: list[str], agreed: dict[str, Any] | None, operator_id: str | None
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
        acr=_acr(flow),
        auth_time=browser.auth_time,
        device=device_name(),
        consent=agreed,
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
