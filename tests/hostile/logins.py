"""Tricks with logins (RFC 9700 section 4): two browsers, clients or requests, and something of one in the other.

docs/security.md, lines 1, 3, 9 and 18.
"""

from __future__ import annotations

from urllib.parse import parse_qs, urljoin, urlsplit

import requests

from app.cli.client import XinyiClient
from tests.hostile.scene import Scene
from tests.hostile.tricks import Tricks
from tests.support.oauth import authorize_url, browser, par
from tests.support.upstream import visit

trick = Tricks()


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
