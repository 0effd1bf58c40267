"""Devices: a new one is told of, one key is one device, and an ended login is dead everywhere within five seconds."""

from __future__ import annotations

import pytest
from joserfc.jwk import ECKey
from sqlalchemy import select
from sqlalchemy.orm import sessionmaker

from app.factory import build_kit, create_app
from app.store.outbox import Message
from app.web.kit import EXTENSION
from tests.support.identity import City, build_city
from tests.support.oauth import authorize_url, browser, par
from tests.support.wire import WsgiAdapter


def devices_of(client) -> list[dict]:
    return client.request("GET", "/citizen/v1/devices").json()["data"]


def opened(session) -> list[dict]:
    """The new devices that citizens are being told of."""
    found = [message.data for message in session.scalars(select(Message)) if message.data.get("kind")]
    return [data["data"] for data in found if data["kind"] == "session.opened"]


def test_15_a_login_on_a_new_device_tells_the_citizen(city, session):
    city.citizen()
    assert opened(session) == [], "the first login of all is no news"
    phone = city.client()
    phone.http.headers["User-Agent"] = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X)"
    phone.login_citizen("lin", "demo-lin")
    assert opened(session) == [{"device": "iPhone"}]
    city.citizen("wang")
    assert len(opened(session)) == 1, "another citizen's logins are not mine"


def test_15_a_device_that_logs_in_again_is_one_device(city, session, at):
    phone, tablet = city.citizen(), city.citizen()
    before = phone.tokens.access_token
    at(seconds=1)
    phone.login_citizen("lin", "demo-lin")
    assert [device["current"] for device in devices_of(phone)] == [True, False]
    assert len(opened(session)) == 1, "the tablet was new, the phone is not"
    phone.tokens, now = _with(phone.tokens, before), phone.tokens
    assert phone.request("GET", "/oauth/userinfo").status_code == 401
    phone.tokens = now
    assert len(devices_of(tablet)) == 2


def _with(tokens, access_token: str):
    return type(tokens)(access_token, tokens.expires_at, tokens.scope)


def test_15_a_key_is_a_device_of_one_citizen_only(city):
    key = ECKey.generate_key("P-256")
    lin, wang = city.client(dpop_key=key), city.client(dpop_key=key)
    lin.login_citizen("lin", "demo-lin")
    wang.login_citizen("wang", "demo-wang")
    assert (len(devices_of(lin)), len(devices_of(wang))) == (1, 1)


def asked_again(client) -> bool:
    """Whether the login page asks who is there, instead of sending this browser straight back."""
    return browser(client).get(authorize_url(client, par(client))).form_with("start_login") is not None


def test_15_who_logged_out_is_asked_again_at_the_next_login(city):
    shared = city.citizen()
    assert not asked_again(shared)
    shared.revoke()
    assert asked_again(shared), "the next to hold this phone is another"


def test_15_a_device_that_was_ended_is_not_logged_in_again_by_one_tap(city):
    phone, lost = city.citizen(), city.citizen()
    device = next(device for device in devices_of(phone) if not device["current"])
    assert phone.request("DELETE", f"/citizen/v1/devices/{device['id']}").status_code == 204
    assert asked_again(lost)
    assert phone.request("GET", "/oauth/userinfo").status_code == 200


@pytest.fixture
def two_workers(settings, real_db, clock, tmp_path) -> tuple[City, City]:
    """Two app instances over one database, each with memories of its own."""
    first, second = (create_app(kit=build_kit(settings, engine=real_db, clock=clock)) for _ in range(2))
    with sessionmaker(real_db)() as session:
        city = build_city(first, session, tmp_path)
    return city, City(second, second.extensions[EXTENSION], city.platform, city.keys)


def test_15_a_revoked_grant_is_dead_at_the_other_worker_within_five_seconds(two_workers, at):
    here, there = two_workers
    phone, lost = here.citizen(), here.citizen()
    lost.http.mount(here.base_url, WsgiAdapter(there.app))
    assert lost.request("GET", "/oauth/userinfo").status_code == 200
    device = next(device for device in devices_of(phone) if not device["current"])
    assert phone.request("DELETE", f"/citizen/v1/devices/{device['id']}").status_code == 204
    at(seconds=5)
    assert lost.request("GET", "/oauth/userinfo").status_code == 401


def test_15_a_partners_token_given_back_is_dead_at_the_other_worker_within_five_seconds(two_workers, at):
    here, there = two_workers
    shop = here.partner()
    token = shop.client_credentials("partner").access_token
    shop.http.mount(here.base_url, WsgiAdapter(there.app))
    assert shop.request("GET", "/partner/v1/me").status_code == 200
    elsewhere = here.partner(dpop_key=shop.dpop_key)
    elsewhere._post(here.base_url + "/oauth/revoke", {"token": token})
    at(seconds=5)
    assert shop.request("GET", "/partner/v1/me").status_code == 401
