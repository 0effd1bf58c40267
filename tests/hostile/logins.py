"""Tricks with logins (RFC 9700 section 4): two browsers, clients or requests, and something of one in the other.

Each is a function that plays the trick and returns its last answer; the decorator says what must come of it.
docs/security.md, lines 1, 3, 4, 6, 7, 9, 14 and 18.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import requests
from joserfc.jwk import ECKey

from app.cli.client import XinyiClient
from tests.hostile.scene import Scene
from tests.support.oauth import authorize_url, browser, code_for, par, redeem, token
from tests.support.upstream import visit

Play = Callable[[Scene], requests.Response]


@dataclass(frozen=True)
class Trick:
    """A trick, and the status and error (`page` for a page) that must come of it."""

    what: str
    status: int
    error: str
    play: Play

    def __str__(self) -> str:
        return self.what


TRICKS: list[Trick] = []


def trick(what: str, status: int = 400, error: str = "page") -> Callable[[Play], Play]:
    def add(play: Play) -> Play:
        TRICKS.append(Trick(what, status, error, play))
        return play

    return add


# The way back from the real-name platform.


def at_the_platform(scene: Scene, client: XinyiClient) -> str:
    """A visit that got as far as the platform; returns the address that the platform sends the browser back to."""
    page = browser(client).get(authorize_url(client, par(client, prompt="login")))
    form = page.form_with("start_login")
    assert form is not None
    left = client.http.post(scene.city.base_url + form.action, data=form.fields, allow_redirects=False)
    login = browser(client).get(left.headers["Location"])
    form = login.form_with("password")
    assert form is not None, login.html
    sent = {**form.fields, "login": "lin", "password": "demo-lin"}
    back = client.http.post(urljoin(login.url, form.action), data=sent, allow_redirects=False)
    return str(back.headers["Location"])


def get(client: XinyiClient, url: str, **changes: str | None) -> requests.Response:
    """Open an address with parameters changed, or taken away by None, and follow no redirect."""
    base, _, query = url.partition("?")
    params = {name: values[0] for name, values in parse_qs(query).items()} | changes
    kept = {name: value for name, value in params.items() if value is not None}
    return client.http.get(base, params=kept, allow_redirects=False)


@trick("the attacker's login, finished in the victim's browser (login CSRF)")
def _(scene: Scene) -> requests.Response:
    victim, attacker = scene.city.client(), scene.city.client()
    visit(victim)
    return get(victim, at_the_platform(scene, attacker))


@trick("the attacker's login, finished in a browser that never was here")
def _(scene: Scene) -> requests.Response:
    return get(scene.city.client(), at_the_platform(scene, scene.city.client()))


@trick("a way back walked twice")
def _(scene: Scene) -> requests.Response:
    client = scene.city.client()
    url = at_the_platform(scene, client)
    assert get(client, url).status_code == 303
    return get(client, url)


@trick("a way back after ten minutes")
def _(scene: Scene) -> requests.Response:
    client = scene.city.client()
    url = at_the_platform(scene, client)
    with scene.later(minutes=10):
        return get(client, url)


@trick("the code of one visit with the state of another")
def _(scene: Scene) -> requests.Response:
    client = scene.city.client()
    first, second = at_the_platform(scene, client), at_the_platform(scene, client)
    return get(client, first, state=parse_qs(urlsplit(second).query)["state"][0])


@trick("the attacker's code with the victim's state (code injection)")
def _(scene: Scene) -> requests.Response:
    victim, attacker = scene.city.client(), scene.city.client()
    stolen = parse_qs(urlsplit(at_the_platform(scene, attacker)).query)["code"][0]
    return get(victim, at_the_platform(scene, victim), code=stolen)


@trick("the answer of another issuer (mix-up)")
def _(scene: Scene) -> requests.Response:
    client = scene.city.client()
    return get(client, at_the_platform(scene, client), iss="https://evil.example")


@trick("the answer of no issuer (mix-up)")
def _(scene: Scene) -> requests.Response:
    client = scene.city.client()
    return get(client, at_the_platform(scene, client), iss=None)


@trick("the answer of two issuers (mix-up)")
def _(scene: Scene) -> requests.Response:
    client = scene.city.client()
    url = at_the_platform(scene, client)
    return client.http.get(url + "&iss=https%3A%2F%2Fevil.example", allow_redirects=False)


@trick("an answer with two codes")
def _(scene: Scene) -> requests.Response:
    client = scene.city.client()
    return client.http.get(at_the_platform(scene, client) + "&code=another", allow_redirects=False)


# The browser's session.


@trick("a cookie from before the login, planted by the attacker (session fixation)")
def _(scene: Scene) -> requests.Response:
    victim, attacker = scene.city.client(), scene.city.client()
    page, _ = visit(attacker)
    victim.http.cookies.update(attacker.http.cookies)
    assert get(victim, at_the_platform(scene, victim)).status_code == 303
    return attacker.http.get(page, allow_redirects=False)


@trick("a request's page in another browser")
def _(scene: Scene) -> requests.Response:
    page, _ = visit(scene.city.client())
    other = scene.city.client()
    visit(other)
    return other.http.get(page, allow_redirects=False)


@trick("a request's page without any cookie")
def _(scene: Scene) -> requests.Response:
    page, _ = visit(scene.city.client())
    return scene.city.client().http.get(page, allow_redirects=False)


# Forms from elsewhere.


def login_form(scene: Scene, client: XinyiClient) -> tuple[str, dict[str, str]]:
    page = browser(client).get(authorize_url(client, par(client, prompt="login")))
    form = page.form_with("start_login")
    assert form is not None
    return scene.city.base_url + form.action, {**form.fields, "start_login": "1"}


def consent_form(scene: Scene) -> tuple[XinyiClient, str, dict[str, str]]:
    """The consent page's form, filled in to agree, in the browser of a citizen who is logged in."""
    client = scene.visitor
    page = browser(client).get(authorize_url(client, par(client)))
    form = page.form_with("decision")
    assert form is not None, page.html
    return client, scene.city.base_url + form.action, {**form.fields, "decision": "allow", "term_days": "30"}


def post(client: XinyiClient, url: str, form: dict[str, str], **headers: str) -> requests.Response:
    return client.http.post(url, data=form, headers=headers, allow_redirects=False)


@trick("a login started by another site's form")
def _(scene: Scene) -> requests.Response:
    client = scene.city.client()
    url, form = login_form(scene, client)
    return post(client, url, form, Origin="https://evil.example")


@trick("a login started without the form's token")
def _(scene: Scene) -> requests.Response:
    client = scene.city.client()
    url, form = login_form(scene, client)
    return post(client, url, {name: value for name, value in form.items() if name != "form_token"})


@trick("a consent given by another site's form")
def _(scene: Scene) -> requests.Response:
    client, url, form = consent_form(scene)
    return post(client, url, form, Origin="https://evil.example")


@trick("a consent given by a form of the partner's own site")
def _(scene: Scene) -> requests.Response:
    client, url, form = consent_form(scene)
    return post(client, url, form, Origin="https://shop.example")


@trick("a consent given without the form's token")
def _(scene: Scene) -> requests.Response:
    client, url, form = consent_form(scene)
    return post(client, url, {name: value for name, value in form.items() if name != "form_token"})


@trick("a consent given with the token of another request's form")
def _(scene: Scene) -> requests.Response:
    client, url, form = consent_form(scene)
    _, _, other = consent_form(scene)
    return post(client, url, {**form, "form_token": other["form_token"]})


@trick("a consent given with a token full of strange letters")
def _(scene: Scene) -> requests.Response:
    client, url, form = consent_form(scene)
    return post(client, url, {**form, "form_token": "长\0" * 40})


@trick("a consent given from another browser")
def _(scene: Scene) -> requests.Response:
    _, url, form = consent_form(scene)
    other = scene.city.partner()
    visit(other)
    return post(other, url, form)


@trick("a consent given twice")
def _(scene: Scene) -> requests.Response:
    client, url, form = consent_form(scene)
    assert "code=" in post(client, url, form).headers["Location"]
    return post(client, url, form)


@trick("a consent given by an address alone", 405, "")
def _(scene: Scene) -> requests.Response:
    client, url, form = consent_form(scene)
    return client.http.get(url, params=form, allow_redirects=False)


# The request at the authorization endpoint.


def authorize(client: XinyiClient, **params: str) -> requests.Response:
    return client.http.get(client.base_url + "/oauth/authorize", params=params, allow_redirects=False)


@trick("all parameters in the address, none pushed")
def _(scene: Scene) -> requests.Response:
    client = scene.city.client()
    asked = {"response_type": "code", "redirect_uri": client.redirect_uri, "scope": "openid", "state": "s"}
    return authorize(client, client_id=client.client_id, **asked)


@trick("a request_uri that no one was given")
def _(scene: Scene) -> requests.Response:
    return authorize(
        scene.city.client(), client_id="xinyi-app", request_uri="urn:ietf:params:oauth:request_uri:" + "A" * 43
    )


@trick("a request_uri that is an address (server-side request forgery)")
def _(scene: Scene) -> requests.Response:
    return authorize(scene.city.client(), client_id="xinyi-app", request_uri="http://169.254.169.254/latest")


@trick("two request_uris in one address")
def _(scene: Scene) -> requests.Response:
    client = scene.city.client()
    url = authorize_url(client, par(client))
    return client.http.get(url + "&request_uri=urn:ietf:params:oauth:request_uri:another", allow_redirects=False)


@trick("a request object in the address")
def _(scene: Scene) -> requests.Response:
    return authorize(scene.city.client(), client_id="xinyi-app", request="e30.e30.")


@trick("another client's request_uri")
def _(scene: Scene) -> requests.Response:
    client = scene.city.client()
    return get(client, authorize_url(client, par(client)), client_id="shop")


@trick("a request_uri opened twice")
def _(scene: Scene) -> requests.Response:
    client = scene.city.client()
    url = authorize_url(client, par(client))
    assert get(client, url).status_code == 303
    return get(scene.city.client(), url)


@trick("a request_uri after a minute")
def _(scene: Scene) -> requests.Response:
    client = scene.city.client()
    url = authorize_url(client, par(client))
    with scene.later(seconds=60):
        return get(client, url)


# Codes and refresh tokens at the token endpoint.


@trick("a stolen code without its verifier", 400, "invalid_grant")
def _(scene: Scene) -> requests.Response:
    return redeem(scene.city.client(), code_for(scene.app_visitor), code_verifier="w" * 64)


@trick("a stolen code with a verifier left out", 400, "invalid_request")
def _(scene: Scene) -> requests.Response:
    return redeem(scene.city.client(), code_for(scene.app_visitor), code_verifier="")


@trick("a code in another client's hands", 400, "invalid_grant")
def _(scene: Scene) -> requests.Response:
    return redeem(scene.city.partner("cafe"), code_for(scene.visitor))


@trick("a code whose key was named, with another key", 400, "invalid_grant")
def _(scene: Scene) -> requests.Response:
    client = scene.app_visitor
    code = code_for(client, dpop_jkt=client.dpop_key.thumbprint())
    return redeem(scene.city.client(dpop_key=ECKey.generate_key("P-256")), code)


@trick("a code used twice", 400, "invalid_grant")
def _(scene: Scene) -> requests.Response:
    client = scene.app_visitor
    code = code_for(client)
    assert redeem(client, code).status_code == 200
    return redeem(client, code)


@trick("a code after a minute", 400, "invalid_grant")
def _(scene: Scene) -> requests.Response:
    client = scene.app_visitor
    code = code_for(client)
    with scene.later(seconds=60):
        return redeem(client, code)


def refresh(client: XinyiClient, refresh_token: str, **changes: Any) -> requests.Response:
    return token(client, {"grant_type": "refresh_token", "refresh_token": refresh_token, **changes})


def logged_in(scene: Scene) -> tuple[XinyiClient, str]:
    client = scene.app_visitor
    return client, str(redeem(client, code_for(client)).json()["refresh_token"])


@trick("a stolen refresh token with another key", 400, "invalid_grant")
def _(scene: Scene) -> requests.Response:
    _, stolen = logged_in(scene)
    return refresh(scene.city.client(dpop_key=ECKey.generate_key("P-256")), stolen)


@trick("a refresh token in another client's hands", 400, "invalid_grant")
def _(scene: Scene) -> requests.Response:
    _, stolen = logged_in(scene)
    return refresh(scene.city.partner(), stolen)


@trick("a refresh that widens the scope", 400, "invalid_scope")
def _(scene: Scene) -> requests.Response:
    client, own = logged_in(scene)
    return refresh(client, own, scope="openid profile citizen operator")


@trick("a refresh token as a code", 400, "invalid_grant")
def _(scene: Scene) -> requests.Response:
    client, own = logged_in(scene)
    return redeem(client, own)


@trick("an access token as a refresh token", 400, "invalid_grant")
def _(scene: Scene) -> requests.Response:
    return refresh(scene.app_visitor, scene.citizen.tokens.access_token)


@trick("a password instead of a login", 400, "unsupported_grant_type")
def _(scene: Scene) -> requests.Response:
    return token(scene.app_visitor, {"grant_type": "password", "username": "lin", "password": "demo-lin"})


@trick("a token of the client itself for a public client", 400, "unauthorized_client")
def _(scene: Scene) -> requests.Response:
    return token(scene.app_visitor, {"grant_type": "client_credentials", "scope": "citizen"})


@trick("a partner's own token with a citizen's scope", 400, "invalid_scope")
def _(scene: Scene) -> requests.Response:
    return token(scene.partner, {"grant_type": "client_credentials", "scope": "partner citizen"})


@trick("a token request whose code stands in the address", 400, "invalid_request")
def _(scene: Scene) -> requests.Response:
    client = scene.app_visitor
    return token(client, {"grant_type": "authorization_code"}, params={"code": code_for(client)})
