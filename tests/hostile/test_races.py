"""What works once works once, also where twenty try at the same moment, with real commits and real threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import sessionmaker

from app.web.kit import EXTENSION
from tests.hostile.logins import at_the_platform
from tests.hostile.scene import Scene
from tests.support.identity import build_city
from tests.support.oauth import authorize_url, browser, code_for, par, token

TRIES = 20


@pytest.fixture
def scene(real_app: Flask, tmp_path: Any) -> Scene:
    kit = real_app.extensions[EXTENSION]
    with sessionmaker(kit.engine)() as session:
        return Scene(build_city(real_app, session, tmp_path), kit.clock)


def at_once(attempt: Callable[[int], Any]) -> list[int]:
    """The statuses of twenty tries."""
    with ThreadPoolExecutor(TRIES) as pool:
        return sorted(answer.status_code for answer in pool.map(attempt, range(TRIES)))


def test_each_of_these_works_once(scene: Scene) -> None:
    """A proof, an assertion, a request_uri, a way back from the platform, a consent: one city for all of them."""
    partner = scene.partner
    path, form = "/partner/v1/me", {"grant_type": "client_credentials", "scope": "partner"}
    proof = scene.proof(partner, "GET", path, partner.tokens.access_token)
    headers = [("Authorization", f"DPoP {partner.tokens.access_token}"), ("DPoP", proof)]
    assert at_once(lambda _: scene.send("GET", path, headers)) == [200, *[401] * (TRIES - 1)]

    assertion = partner.assertion()
    assert at_once(lambda _: token(partner, {**form, "client_assertion": assertion})) == [200, *[401] * (TRIES - 1)]

    client = scene.city.client()
    url = authorize_url(client, par(client))
    browsers = [scene.city.client() for _ in range(TRIES)]
    assert at_once(lambda n: browsers[n].http.get(url, allow_redirects=False)) == [303, *[400] * (TRIES - 1)]

    back = at_the_platform(scene, client)
    assert at_once(lambda _: client.http.get(back, allow_redirects=False)) == [303, *[400] * (TRIES - 1)]


def test_a_consent_that_is_agreed_to_twenty_times_at_once_gives_one_code(scene: Scene) -> None:
    client = scene.visitor
    page = browser(client).get(authorize_url(client, par(client)))
    form = page.form_with("decision")
    assert form is not None
    agreed = {**form.fields, "decision": "allow", "term_days": "30"}
    answers = []

    def agree(_: int) -> Any:
        answers.append(client.http.post(scene.city.base_url + form.action, data=agreed, allow_redirects=False))
        return answers[-1]

    at_once(agree)
    assert sum("code=" in answer.headers.get("Location", "") for answer in answers) == 1


def test_a_code_for_the_app_gives_one_login_and_none_that_lives_on(scene: Scene) -> None:
    """The nineteen others end what the first got (RFC 9700 section 4.5)."""
    client = scene.app_visitor
    code = code_for(client)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.redirect_uri,
        "code_verifier": "v" * 64,
    }
    answers: list[Any] = []

    def redeem(_: int) -> Any:
        answers.append(token(client, form))
        return answers[-1]

    assert at_once(redeem) == [200, *[400] * (TRIES - 1)]
    first = next(answer.json() for answer in answers if answer.status_code == 200)
    again = token(client, {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]})
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
