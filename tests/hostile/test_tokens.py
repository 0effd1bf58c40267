"""Client assertions, DPoP proofs and access tokens that an attacker made: every one is refused, and nothing changes."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.cli.client import ASSERTION_TYPE
from tests.hostile.matrix import Attack, attacks
from tests.hostile.scene import Headers, Scene, token_words
from tests.support.oauth import form_for_par

USERINFO = "/oauth/userinfo"
FORMS: dict[str, dict[str, str]] = {
    "token": {"grant_type": "client_credentials", "scope": "partner"},
    "introspect": {"token": "x"},
    "revoke": {"token": "x"},
}


def refused(answer: TestResponse) -> tuple[int, str]:
    """Status and error code: that of RFC 6749 in /oauth, that of the challenge at the API; nothing may cache it."""
    assert answer.headers["Cache-Control"] == "no-store"
    if answer.mimetype == "application/json":
        return answer.status_code, answer.json["error"]
    scheme, _, rest = answer.headers["WWW-Authenticate"].partition(" ")
    assert (scheme, answer.mimetype) == ("DPoP", "application/problem+json")
    return answer.status_code, rest.split('error="')[1].split('"')[0]


def form_of(scene: Scene, door: str, assertion: str) -> dict[str, list[str]]:
    """A right request's form, the values of each name in a list."""
    form = form_for_par(scene.partner) if door == "par" else FORMS[door]
    form = form | {"client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
    return {name: [value] for name, value in form.items()}


def with_assertion(scene: Scene, attack: Attack, assertion: str) -> TestResponse:
    form = form_of(scene, attack.door, assertion)
    form |= scene.filled(attack.said.get("form", {}), scene.partner.assertion_key, scene.partner.assertion)
    path = f"/oauth/{attack.door}"
    return scene.send("POST", path, [("DPoP", scene.proof(scene.partner, "POST", path))], data=form)


@pytest.mark.parametrize("attack", attacks("client_assertions"), ids=str)
def test_a_client_assertion_is_refused(scene: Scene, attack: Attack) -> None:
    partner = scene.partner
    more = token_words(partner.tokens.access_token, "")
    assertion = scene.forged(attack.said, partner.assertion_key, partner.assertion, words=more)
    if attack.said.get("twice"):
        assert with_assertion(scene, attack, assertion).status_code in (200, 201)
    with scene.nothing_changes():
        assert refused(with_assertion(scene, attack, assertion)) == (attack.status, attack.error)


@pytest.mark.parametrize("door", ["token", "par", "introspect", "revoke"])
def test_a_right_assertion_passes(scene: Scene, door: str) -> None:
    """Else the refusals would say nothing."""
    right = Attack("right", door, 200, "", {})
    assert with_assertion(scene, right, scene.partner.assertion()).status_code in (200, 201)


def with_proofs(scene: Scene, door: str, proofs: list[str], scheme: str = "DPoP") -> TestResponse:
    headers: Headers = [("DPoP", proof) for proof in proofs]
    if door == "api":
        authorization = ("Authorization", f"{scheme} {scene.partner.tokens.access_token}")
        return scene.send("GET", "/partner/v1/me", [authorization, *headers])
    return scene.send("POST", f"/oauth/{door}", headers, data=form_of(scene, door, scene.partner.assertion()))


def a_proof(scene: Scene, door: str) -> str:
    if door == "api":
        return scene.proof(scene.partner, "GET", "/partner/v1/me", scene.partner.tokens.access_token)
    return scene.proof(scene.partner, "POST", f"/oauth/{door}")


@pytest.mark.parametrize("attack", attacks("dpop_proofs"), ids=str)
def test_a_dpop_proof_is_refused(scene: Scene, attack: Attack) -> None:
    key, said = scene.partner.dpop_key, attack.said
    more = token_words(scene.partner.tokens.access_token, scene.citizen.tokens.access_token)
    proof = scene.forged(said, key, lambda: a_proof(scene, attack.door), words=more)
    proofs = scene.filled(said.get("proofs", [proof]), key, lambda: a_proof(scene, attack.door))
    if said.get("twice"):
        assert with_proofs(scene, attack.door, proofs).status_code in (200, 201)
    with scene.nothing_changes():
        answer = with_proofs(scene, attack.door, proofs, said.get("scheme", "DPoP"))
        assert refused(answer) == (attack.status, attack.error)


@pytest.mark.parametrize("door", ["api", "token", "par"])
def test_a_right_proof_passes(scene: Scene, door: str) -> None:
    assert with_proofs(scene, door, [a_proof(scene, door)]).status_code in (200, 201)


def with_token(scene: Scene, token: str, scheme: str = "DPoP") -> TestResponse:
    proof = scene.proof(scene.citizen, "GET", USERINFO, token)
    return scene.send("GET", USERINFO, [("Authorization", f"{scheme} {token}"), ("DPoP", proof)])


@pytest.mark.parametrize("attack", attacks("access_tokens"), ids=str)
def test_an_access_token_is_refused(scene: Scene, attack: Attack) -> None:
    citizen, signing = scene.citizen, scene.city.kit.keys.current("token")
    more: dict[str, Any] = {
        "id token": scene.id_token,
        "refresh token": citizen.tokens.refresh_token,
        "another citizen's token": scene.other_citizen.tokens.access_token,
    }
    token = scene.forged(attack.said, signing.private, lambda: citizen.tokens.access_token, words=more)
    with scene.nothing_changes():
        answer = with_token(scene, token, attack.said.get("scheme", "DPoP"))
        assert refused(answer) == (attack.status, attack.error)


def test_a_right_token_passes(scene: Scene) -> None:
    key = scene.city.kit.keys.current("token").private
    again = scene.forged({}, key, lambda: scene.citizen.tokens.access_token)
    assert with_token(scene, again).status_code == 200
