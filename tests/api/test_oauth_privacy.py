"""What identity leaves behind: pairwise subjects, hashes, and no name, number, code or token where it could be read."""

from __future__ import annotations

import base64
import logging
from typing import Any

import pytest
from sqlalchemy import text

from app.store.base import Base
from app.store.citizens import Citizen
from app.web.kit import EXTENSION
from tests.support.oauth import VERIFIER, authorize_url, browser, code_for, par, redeem
from tests.support.people import id_number

CONSENT = "openid eligibility:xm-bike-rental"


def test_16_the_subject_is_pairwise_and_stable(city):
    subjects = {}
    for name in ("shop", "cafe"):
        both = [city.partner(name).login_citizen("lin", "demo-lin", CONSENT).sub for _ in range(2)]
        assert both[0] == both[1]
        subjects[name] = both[0]
    subjects["app"] = city.citizen().tokens.sub
    assert len(set(subjects.values())) == 3


@pytest.fixture
def journey(city, session) -> dict[str, Any]:
    """Everything that a login and a consent put into the world: addresses, cookies, answers, secrets."""
    partner = city.partner()
    seen: list[str] = []
    partner.http.hooks["response"] = [lambda answer, **_: seen.extend([answer.url, str(dict(answer.headers))])]
    code = code_for(partner, scope=CONSENT)
    answer = redeem(partner, code).json()
    citizen_id = session.query(Citizen.citizen_id).scalar()
    secrets = {
        "code": code,
        "verifier": VERIFIER,
        "access token": answer["access_token"],
        "refresh token": answer["refresh_token"],
        "id token": answer["id_token"],
        "cookie": partner.http.cookies["xinyi_login"],
    }
    return {"seen": seen, "answer": answer, "secrets": secrets, "citizen_id": citizen_id}


def personal(journey: dict[str, Any]) -> list[str]:
    return ["林小满", id_number(1), journey["citizen_id"]]


def decoded(token: str) -> str:
    parts = token.split(".")[:2]
    return "".join(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode() for part in parts)


def test_16_no_name_number_or_internal_id_is_in_a_token_or_an_address(journey):
    answer = journey["answer"]
    told = [*journey["seen"], str(answer), decoded(answer["access_token"]), decoded(answer["id_token"])]
    for secret in personal(journey):
        assert not [place for place in told if secret in place]


def test_16_an_id_token_of_the_app_tells_no_more(city):
    claims = city.citizen().tokens.claims
    assert set(claims) == {"iss", "aud", "sub", "iat", "exp", "acr", "auth_time", "nonce", "at_hash"}


def test_codes_tokens_and_cookies_are_kept_as_hashes_only(journey, session):
    kept = stored(session)
    for what, secret in journey["secrets"].items():
        assert secret not in kept, what
    for secret in ("林小满", id_number(1)):
        assert secret not in kept


def stored(session) -> str:
    """Every row of every table, as text."""
    rows = []
    for table in Base.metadata.tables:
        rows += [row[0] for row in session.execute(text(f'select t::text from "{table}" t'))]
    return "\n".join(rows)


def test_the_verifier_for_the_platform_is_kept_encrypted(city, session, monkeypatch):
    client = city.client()
    page = browser(client).get(authorize_url(client, par(client)))
    left = client.http.post(city.base_url + page.forms[0].action, data=page.forms[0].fields, allow_redirects=False)
    nonce = left.headers["Location"].split("nonce=")[1].split("&")[0]
    assert nonce not in stored(session)


def test_24_logs_at_debug_tell_no_code_token_or_person(city, session, caplog):
    caplog.set_level(logging.DEBUG)
    for name in [name for name in logging.root.manager.loggerDict if name.startswith(("authlib", "xinyi", "auth"))]:
        caplog.set_level(logging.DEBUG, logger=name)
    partner, citizen = city.partner(), city.citizen()
    code = code_for(partner, scope=CONSENT)
    answer = redeem(partner, code).json()
    redeem(partner, code)
    citizen.refresh()
    partner.client_credentials("partner")
    citizen.request("GET", "/oauth/userinfo")
    city.client().http.get(city.base_url + "/oauth/login/callback?code=c-1&state=s-1")
    assert "Issue token" in caplog.text
    secrets = [
        code,
        VERIFIER,
        answer["access_token"],
        answer["refresh_token"],
        answer["id_token"],
        citizen.tokens.access_token,
        citizen.tokens.refresh_token,
        partner.tokens.access_token,
        partner.http.cookies["xinyi_login"],
        "林小满",
        id_number(1),
        "c-1",
    ]
    assert not [secret for secret in secrets if secret in caplog.text]


def test_24_an_unexpected_failure_tells_nothing(city, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(f"select secret {id_number(1)}")

    monkeypatch.setattr("auth.par.push", broken)
    answer = par(city.client())
    assert (answer.status_code, answer.json()["code"]) == (500, "internal-error")
    assert id_number(1) not in answer.text
    assert "Traceback" not in answer.text


def test_signing_keys_are_stored_encrypted(city, session):
    private = city.app.extensions[EXTENSION].keys.current("token").private.as_dict(private=True)["d"]
    assert private not in stored(session)
