"""Refresh tokens rotate for the app, stay for partners, end with their grant, and are nothing to anyone else."""

from __future__ import annotations

from joserfc.jwk import ECKey
from sqlalchemy import select

from app.store.outbox import Message
from tests.support.oauth import error_of, token

CONSENT = "openid eligibility:xm-bike-rental"


def refresh(client, refresh_token: str, **changes):
    return token(client, {"grant_type": "refresh_token", "refresh_token": refresh_token, **changes})


def alive(client) -> bool:
    return client.request("GET", "/oauth/userinfo").status_code == 200


def test_14_the_app_gets_a_new_refresh_token_each_time(city):
    client = city.citizen()
    first = client.tokens.refresh_token
    assert client.refresh().refresh_token != first
    assert alive(client)


def test_14_a_rotated_refresh_token_replayed_revokes_the_family_and_tells_the_citizen(city, session):
    client = city.citizen()
    stolen = client.tokens.refresh_token
    client.refresh()
    client.refresh()
    latest = client.tokens.refresh_token
    assert error_of(refresh(client, stolen)) == (400, "invalid_grant")
    assert error_of(refresh(client, latest)) == (400, "invalid_grant")
    assert client.request("GET", "/oauth/userinfo").status_code == 401
    assert told(session).count("session.replayed") == 1


def told(session) -> list[str]:
    """The kinds of events on their way to inboxes."""
    return [message.data["kind"] for message in session.scalars(select(Message)) if "kind" in message.data]


def test_14_a_partners_refresh_token_does_not_rotate(city):
    partner = city.partner()
    first = partner.login_citizen("lin", "demo-lin", CONSENT).refresh_token
    for _ in range(2):
        answer = refresh(partner, first).json()
        assert "refresh_token" not in answer
        assert answer["scope"] == CONSENT


def test_14_a_partners_refresh_token_is_useless_to_another_client(city):
    stolen = city.partner().login_citizen("lin", "demo-lin", CONSENT).refresh_token
    assert error_of(refresh(city.partner("cafe"), stolen)) == (400, "invalid_grant")
    assert error_of(refresh(city.client(), stolen)) == (400, "invalid_grant")


def test_14_a_refresh_token_is_useless_to_another_key(city):
    for client in (city.citizen(), city.partner()):
        tokens = client.tokens or client.login_citizen("lin", "demo-lin", CONSENT)
        thief = city.client(client.client_id, client.redirect_uri, dpop_key=ECKey.generate_key("P-256"))
        assert error_of(refresh(thief, tokens.refresh_token)) == (400, "invalid_grant")
        assert refresh(client, tokens.refresh_token).status_code == 200


def test_a_refresh_may_narrow_the_scope_and_never_widen_it(city):
    client = city.citizen()
    assert error_of(refresh(client, client.tokens.refresh_token, scope="citizen operator")) == (400, "invalid_scope")
    assert refresh(client, client.tokens.refresh_token, scope="citizen").json()["scope"] == "citizen"


def test_15_a_login_ends_absolutely(city, at):
    client = city.citizen()
    for _ in range(8):
        at(days=11)
        client.refresh()
    at(days=3)
    assert error_of(refresh(client, client.tokens.refresh_token)) == (400, "invalid_grant")


def test_15_an_operators_login_is_short(city, at):
    desk = city.operator()
    for _ in range(19):
        at(minutes=25)
        desk.refresh()
    at(minutes=6)
    assert error_of(refresh(desk, desk.tokens.refresh_token)) == (400, "invalid_grant")


def test_15_an_operators_empty_chair_ends_the_login(city, at):
    desk = city.operator()
    at(minutes=30)
    desk.refresh()
    at(minutes=31)
    assert error_of(refresh(desk, desk.tokens.refresh_token)) == (400, "invalid_grant")


def test_15_a_citizen_lists_and_ends_logins_and_an_ended_one_is_dead_at_once(city, at):
    phone = city.citizen()
    at(seconds=1)
    lost = city.citizen()
    devices = phone.request("GET", "/citizen/v1/devices").json()["data"]
    assert [device["current"] for device in devices] == [False, True]
    assert phone.request("DELETE", f"/citizen/v1/devices/{devices[0]['id']}").status_code == 204
    assert not alive(lost)
    assert alive(phone)
    assert error_of(refresh(lost, lost.tokens.refresh_token)) == (400, "invalid_grant")
    assert phone.request("DELETE", f"/citizen/v1/devices/{devices[0]['id']}").status_code == 404


def test_19_another_citizens_login_is_not_found(city):
    lin, wang = city.citizen("lin"), city.citizen("wang")
    device = lin.request("GET", "/citizen/v1/devices").json()["data"][0]["id"]
    assert wang.request("DELETE", f"/citizen/v1/devices/{device}").status_code == 404
    assert alive(lin)


def test_15_ending_a_consent_ends_its_grant(city):
    citizen, partner = city.citizen(), city.partner()
    tokens = partner.login_citizen("lin", "demo-lin", CONSENT)
    assert alive(partner)
    ended = citizen.request("POST", f"/citizen/v1/consents/{tokens.consent_id}/end", json={})
    assert ended.status_code == 200, ended.text
    assert not alive(partner)
    assert error_of(refresh(partner, tokens.refresh_token)) == (400, "invalid_grant")


def test_a_client_gives_a_login_back(city):
    client = city.citizen()
    access_token = client.tokens.access_token
    client.revoke()
    url = city.base_url + "/oauth/userinfo"
    headers = {"Authorization": f"DPoP {access_token}", "DPoP": client.proof("GET", url, access_token)}
    assert client.http.get(url, headers=headers).status_code == 401


def test_a_client_gives_its_own_token_back(city):
    partner = city.partner()
    partner.client_credentials("partner")
    assert partner.request("GET", "/partner/v1/me").status_code != 401
    revoked = partner._post(city.base_url + "/oauth/revoke", {"token": partner.tokens.access_token})
    assert revoked == {}
    assert partner.request("GET", "/partner/v1/me").status_code == 401


def test_no_one_revokes_or_looks_into_the_token_of_another(city):
    shop, cafe, app = city.partner(), city.partner("cafe"), city.citizen()
    tokens = shop.login_citizen("lin", "demo-lin", CONSENT)
    for stranger in (cafe, app):
        for secret in (tokens.access_token, tokens.refresh_token):
            assert stranger._post(city.base_url + "/oauth/revoke", {"token": secret}) == {}
    for secret in (tokens.access_token, tokens.refresh_token):
        assert cafe._post(city.base_url + "/oauth/introspect", {"token": secret}) == {"active": False}
    assert alive(shop)


def test_a_client_looks_into_its_own_tokens(city):
    shop = city.partner()
    tokens = shop.login_citizen("lin", "demo-lin", CONSENT)
    url = city.base_url + "/oauth/introspect"
    for secret in (tokens.access_token, tokens.refresh_token):
        told = shop._post(url, {"token": secret})
        assert (told["active"], told["sub"], told["client_id"]) == (True, tokens.sub, "shop")
        assert told["cnf"] == {"jkt": shop.dpop_key.thumbprint()}
    shop.revoke()
    for secret in (tokens.access_token, tokens.refresh_token, "made-up"):
        assert shop._post(url, {"token": secret}) == {"active": False}


def test_a_public_client_may_not_introspect(city):
    client = city.citizen()
    form = {"token": client.tokens.access_token, "client_id": "xinyi-app"}
    assert error_of(client.http.post(city.base_url + "/oauth/introspect", data=form)) == (401, "invalid_client")
