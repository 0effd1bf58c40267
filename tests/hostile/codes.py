"""Tricks with codes and refresh tokens at the token endpoint; docs/security.md, lines 4, 6, 7 and 14."""

from __future__ import annotations

from typing import Any

import requests
from joserfc.jwk import ECKey

from app.cli.client import XinyiClient
from tests.hostile.scene import Scene
from tests.hostile.tricks import Tricks
from tests.support.oauth import code_for, redeem, token

trick = Tricks()


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
