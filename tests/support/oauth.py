"""OAuth requests made by hand, so that a test can get each part of them wrong."""

from __future__ import annotations

import base64
import json
import uuid
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from app.cli.browser import Browser, Page
from app.cli.client import ASSERTION_TYPE, XinyiClient, _challenge
from auth.jose import PinnedRegistry

VERIFIER = "v" * 64
CITIZEN = "openid profile citizen"
CONSENT = "openid eligibility:xm-bike-rental"


def form_for_par(client: XinyiClient, **changes: str | None) -> dict[str, str]:
    """A good pushed request, with changes; None takes a parameter away."""
    form: dict[str, str | None] = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": client.redirect_uri,
        "scope": CONSENT if client.assertion_key else CITIZEN,
        "state": "s-1",
        "nonce": "n-1",
        "code_challenge": _challenge(VERIFIER),
        "code_challenge_method": "S256",
        **credentials(client),
        **changes,
    }
    return {name: value for name, value in form.items() if value is not None}


def credentials(client: XinyiClient) -> dict[str, str]:
    if client.assertion_key is None:
        return {"client_id": client.client_id}
    return {"client_assertion_type": ASSERTION_TYPE, "client_assertion": client.assertion()}


def par(client: XinyiClient, **changes: str | None) -> requests.Response:
    return client.http.post(client.base_url + "/oauth/par", data=form_for_par(client, **changes))


def authorize_url(client: XinyiClient, pushed: requests.Response) -> str:
    assert pushed.status_code == 201, pushed.text
    return f"{client.base_url}/oauth/authorize?client_id={client.client_id}&request_uri={pushed.json()['request_uri']}"


def browser(client: XinyiClient) -> Browser:
    return Browser(client.http, client.redirect_uri)


def log_in(client: XinyiClient, login: str = "lin", **changes: str | None) -> Page:
    """Push, open, log in at the platform; ends at the consent page or back at the client."""
    return log_in_at(browser(client), authorize_url(client, par(client, **changes)), login)


def log_in_at(here: Browser, url: str, login: str = "lin") -> Page:
    """Open an authorization request and log in at the platform; ends at the consent page or back at the client."""
    page = here.get(url)
    if form := page.form_with("start_login"):
        page = here.submit(page, form, start_login="1")
    if form := page.form_with("password"):
        page = here.submit(page, form, login=login, password=f"demo-{login}")
    return page


def agree(client: XinyiClient, page: Page, **fields: str) -> Page:
    """Press "I agree" on a consent page."""
    form = page.form_with("decision")
    assert form is not None, page.html
    return browser(client).submit(page, form, **{"decision": "allow", "term_days": "30", **fields})


def code_for(client: XinyiClient, login: str = "lin", **changes: str | None) -> str:
    """A fresh code."""
    page = log_in(client, login, **changes)
    if page.form_with("decision"):
        page = agree(client, page)
    return answer_of(page)["code"]


def answer_of(page: Page) -> dict[str, str]:
    """The parameters of a redirect to the client."""
    assert page.stopped, (page.status, page.html)
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def token(client: XinyiClient, form: dict[str, str], **changes: Any) -> requests.Response:
    """A token request; `proof`, `headers` and `params` may be given, else a new nonce is heeded."""
    url = client.base_url + "/oauth/token"
    body = {**credentials(client), **form}
    if not changes:
        return client.send("POST", url, data=body, headers={})
    headers = changes.pop("headers", None)
    if headers is None:
        headers = {"DPoP": changes.pop("proof", None) or client.proof("POST", url)}
    return client.http.post(url, data=body, headers=headers, params=changes.pop("params", None))


def redeem(client: XinyiClient, code: str, **changes: Any) -> requests.Response:
    """A code for tokens, with changes to the form."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.redirect_uri,
        "code_verifier": VERIFIER,
    }
    extra = {name: changes.pop(name) for name in ("proof", "headers", "params") if name in changes}
    return token(client, {**form, **changes}, **extra)


def sign(key: Any, claims: dict[str, Any], **header: Any) -> str:
    """A JWT signed by `key`; any header (`alg` among them) and any claim is written as it is."""
    header = {"alg": "ES256", **header}
    algorithm = PinnedRegistry(algorithms=[header["alg"]]).get_alg(header["alg"])
    signed = ".".join(_part(part) for part in (json.dumps(header).encode(), json.dumps(claims).encode()))
    return f"{signed}.{_part(algorithm.sign(signed.encode(), key))}"


def _part(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def unsigned(claims: dict[str, Any], **header: Any) -> str:
    """A JWT of `alg: none`."""
    parts = [json.dumps({"alg": "none", **header}), json.dumps(claims)]
    return ".".join(_part(part.encode()) for part in parts) + "."


def fresh_jti() -> str:
    return uuid.uuid4().hex


def error_of(answer: requests.Response) -> tuple[int, str]:
    """Status and error code of an OAuth answer, which no one may cache."""
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.status_code, answer.json()["error"]
