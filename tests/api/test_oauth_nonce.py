"""The server's nonce in DPoP proofs (RFC 9449 sections 8 and 9): partners need it, the app may use it."""

from __future__ import annotations

import pytest

from app.factory import build_kit
from app.store.oauth import UsedToken
from auth import nonces
from tests.support.callers import as_citizen, as_partner
from tests.support.oauth import credentials, error_of, form_for_par, token
from tests.support.people import make_citizen

OWN = {"grant_type": "client_credentials", "scope": "partner"}
ME = "/partner/v1/me"


@pytest.fixture
def partner(city):
    return city.partner()


def proof(client, path: str, nonce: str | None, method: str = "POST", access_token: str | None = None) -> str:
    client.dpop_nonce = nonce
    return client.proof(method, client.base_url + path, access_token)


def test_a_partners_proof_without_our_nonce_gets_the_nonce_and_no_token(city, partner):
    answer = token(partner, OWN, proof=proof(partner, "/oauth/token", None))
    assert error_of(answer) == (400, "use_dpop_nonce")
    told = answer.headers["DPoP-Nonce"]
    assert token(partner, OWN, proof=proof(partner, "/oauth/token", told)).status_code == 200


def test_a_partners_pushed_request_needs_no_proof_but_its_proof_needs_our_nonce(city, partner):
    url = city.base_url + "/oauth/par"
    assert partner.http.post(url, data=form_for_par(partner)).status_code == 201
    answer = partner.http.post(url, data=form_for_par(partner), headers={"DPoP": proof(partner, "/oauth/par", None)})
    assert error_of(answer) == (400, "use_dpop_nonce")
    headers = {"DPoP": proof(partner, "/oauth/par", answer.headers["DPoP-Nonce"])}
    assert partner.http.post(url, data=form_for_par(partner), headers=headers).status_code == 201


def test_a_partners_call_without_our_nonce_is_a_401_that_brings_it(city, partner):
    access_token = partner.client_credentials("partner").access_token

    def call(nonce: str | None):
        headers = {"Authorization": f"DPoP {access_token}", "DPoP": proof(partner, ME, nonce, "GET", access_token)}
        return partner.http.get(city.base_url + ME, headers=headers)

    answer = call(None)
    assert (answer.status_code, answer.json()["code"]) == (401, "use-dpop-nonce")
    assert answer.headers["WWW-Authenticate"].startswith('DPoP error="use_dpop_nonce"')
    assert call(answer.headers["DPoP-Nonce"]).status_code == 200


@pytest.mark.parametrize("nonce", ["", "x", "0" * 32, "\u00e9", 7, ["a"], {}])
def test_a_nonce_that_is_not_ours_is_refused_whoever_sends_it(city, partner, nonce):
    for client in (partner, city.client()):
        answer = token(client, OWN, proof=proof(client, "/oauth/token", nonce))
        assert error_of(answer) == (400, "use_dpop_nonce")


def test_the_last_two_nonces_are_good_and_no_older_one(kit, clock, at):
    first = nonces.current(kit.pii, clock())
    at(seconds=nonces.WINDOW_SECONDS)
    second = nonces.current(kit.pii, clock())
    assert first != second
    assert nonces.is_good(kit.pii, first, clock())
    assert nonces.is_good(kit.pii, second, clock())
    at(seconds=nonces.WINDOW_SECONDS)
    assert not nonces.is_good(kit.pii, first, clock())
    ahead = nonces.current(kit.pii, at(seconds=nonces.WINDOW_SECONDS))
    at(seconds=-nonces.WINDOW_SECONDS)
    assert not nonces.is_good(kit.pii, ahead, clock()), "no proof can be made ahead of its time"


def test_every_worker_knows_the_nonces_of_the_others(settings, db, sessions, clock, kit):
    other = build_kit(settings, engine=db, sessions=sessions, clock=clock)
    assert nonces.is_good(other.pii, nonces.current(kit.pii, clock()), clock())


def test_the_app_may_do_without_a_nonce(app, session, kit):
    caller = as_citizen(app, session, make_citizen(session, kit.pii, kit.clock(), serial=960))
    assert caller.request("GET", "/citizen/v1/home", nonce=None).status_code == 200


def test_every_answer_to_a_proof_brings_a_nonce_and_no_other_answer_does(app, session, kit, client):
    partner = as_partner(app, session, "par_nonce")
    for path in ("/partner/v1/orders/none", "/partner/v1/orders", "/nothing", ME):
        answer = partner.get(path)
        assert answer.headers["DPoP-Nonce"] == nonces.current(kit.pii, kit.clock()), path
    assert "DPoP-Nonce" not in client.get("/healthz").headers
    assert "DPoP-Nonce" not in client.get(ME).headers


def test_a_client_that_hears_of_a_new_nonce_goes_on_by_itself(city, partner, at):
    partner.client_credentials("partner")
    at(minutes=7)
    assert partner.request("GET", ME).status_code == 200
    at(minutes=7)
    assert partner.client_credentials("partner").access_token


def test_what_was_refused_for_want_of_a_nonce_was_not_used_up(city, partner, session):
    """So that a client may repeat with the same client assertion."""
    body, before = {**OWN, **credentials(partner)}, session.query(UsedToken).count()
    for nonce, status in ((None, 400), (nonces.current(city.kit.pii, city.kit.clock()), 200)):
        headers = {"DPoP": proof(partner, "/oauth/token", nonce)}
        assert partner.http.post(city.base_url + "/oauth/token", data=body, headers=headers).status_code == status
    assert session.query(UsedToken).count() == before + 2
