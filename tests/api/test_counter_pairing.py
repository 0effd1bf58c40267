"""Pairing a counter: one link, one browser, one key; narrow scopes; gone the moment it is unpaired."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from joserfc.jwk import ECKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.services import partners
from app.store.oauth import OAuthClient
from app.store.operators import put
from app.store.partners import PairingLink
from tests.support.callers import as_operator
from tests.support.people import make_citizen
from tests.support.shop import BIKE

PATH = "/partner/v1/counter-devices"


@pytest.fixture
def partner_id(session, kit, clock) -> str:
    made = partners.create(
        session, kit.registry, name_zh="鹭岛单车", name_en="Egret Bikes", scenarios=[BIKE], livemode=False, now=clock()
    )
    session.commit()
    return str(made["id"])


@pytest.fixture
def token(session, partner_id, clock) -> str:
    link = partners.pairing_link(session, partner_id, clock())
    session.commit()
    return link.token


def public_key() -> dict[str, str]:
    return {
        name: value
        for name, value in ECKey.generate_key("P-256").as_dict(private=False).items()
        if name in "kty crv x y"
    }


def pair(client, token, /, **changes):
    return client.post(PATH, json={"token": token, "jwk": public_key(), "label": "一号柜台"} | changes)


def test_a_counter_becomes_a_client_of_its_partner_with_narrow_scopes(client, session, token, partner_id):
    answer = pair(client, token)
    assert answer.status_code == 201
    assert answer.json["scopes"] == ["partner", "card_scans", "eligibility", "orders"]
    row = session.get(OAuthClient, answer.json["client_id"])
    assert (row.kind, row.profile, row.partner_id, row.name) == ("counter", "fapi2", partner_id, "鹭岛单车 · 一号柜台")
    assert answer.json["partner"]["scenarios"] == [BIKE]


def test_the_link_is_kept_as_a_hash_only(session, token):
    assert token not in str([row.token_hash for row in session.scalars(select(PairingLink))])


def test_a_link_pairs_once_and_a_used_old_or_unknown_one_is_the_same_refusal(client, session, partner_id, token, clock):
    assert pair(client, token).status_code == 201
    old = partners.pairing_link(session, partner_id, clock()).token
    session.commit()
    clock.advance(minutes=15)
    said = [pair(client, each) for each in (token, old, "unknown")]
    assert {(answer.status_code, answer.json["code"]) for answer in said} == {(409, "pairing-link-not-valid")}
    assert len({answer.json["detail"] for answer in said}) == 1


def test_a_suspended_partner_pairs_nothing(client, session, partner_id, token):
    partners.set_status(session, partner_id, active=False)
    session.commit()
    assert pair(client, token).json["code"] == "pairing-link-not-valid"


@pytest.mark.parametrize(
    "jwk",
    [
        None,
        {},
        "key",
        {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"},
        {"kty": "EC", "crv": "P-384", "x": "AA", "y": "AA"},
        {"kty": "oct", "k": "AA"},
        ECKey.generate_key("P-256").as_dict(private=True),
        public_key() | {"kty": "RSA"},
        public_key() | {"crv": "P-521"},
    ],
)
def test_anything_but_a_public_es256_key_is_refused_and_the_link_stays_good(client, token, jwk):
    answer = pair(client, token, jwk=jwk)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"].startswith("/jwk")
    assert pair(client, token).status_code == 201


@pytest.mark.parametrize(
    "changes", [{"token": ""}, {"token": None}, {"label": "x" * 31}, {"label": "a\nb"}, {"scopes": ["records"]}]
)
def test_other_fields_are_refused_by_name(client, token, changes):
    answer = pair(client, token, **changes)
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == f"/{next(iter(changes))}"


def test_a_lost_counter_is_ended_by_the_office(app, client, session, kit, clock, partner_id, token):
    client_id = pair(client, token).json["client_id"]
    person = make_citizen(session, kit.pii, clock(), serial=903)
    desk = as_operator(app, session, person, put(session, "idn_903", "王专员", ["admin"], clock()))
    counters = f"/operator/v1/partners/{partner_id}/counters"
    assert [row["client_id"] for row in desk.get(counters).json["data"]] == [client_id]
    assert desk.delete(f"{counters}/{client_id}").status_code == 204
    assert desk.get(counters).json["data"][0]["active"] is False
    assert desk.delete(f"{counters}/xinyi-desk").status_code == 404


def test_twenty_browsers_with_one_link_make_one_counter(real_app, real_db, clock):
    with Session(real_db) as session, session.begin():
        registry = real_app.extensions["xinyi"].registry
        made = partners.create(
            session, registry, name_zh="店", name_en="Shop", scenarios=[BIKE], livemode=False, now=clock()
        )
        token = partners.pairing_link(session, str(made["id"]), clock()).token
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: pair(real_app.test_client(), token).status_code, range(20)))
    assert sorted(answers) == [201] + [409] * 19
