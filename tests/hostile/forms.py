"""Tricks with the login's and the consent's forms (cross-site request forgery); docs/security.md, line 18."""

from __future__ import annotations

import requests

from app.cli.client import XinyiClient
from tests.hostile.scene import Scene
from tests.hostile.tricks import Tricks
from tests.support.oauth import authorize_url, browser, par
from tests.support.upstream import visit

trick = Tricks()


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
