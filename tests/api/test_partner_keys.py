"""A partner's keys: two at most so that one can follow another, never the last one ended, and a revoked one is dead."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from joserfc.jwk import ECKey, OKPKey, RSAKey
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.factory import build_kit, create_app
from app.services import clients, partner_keys
from app.store import oauth, partners
from tests.support.callers import TestCaller, as_counter
from tests.support.office import OFFICE, both, operator
from tests.support.onboarding import Merchant, merchant, public
from tests.support.shop import BIKE

KEYS = "/partner/v1/keys"


@pytest.fixture
def shop(app: Flask, session: Session) -> Merchant:
    return merchant(app, session)


def refused(answer: Any, status: int, code: str) -> Any:
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.json
    return answer.json


def states(shop: Merchant) -> list[str]:
    return [row["status"] for row in shop.caller().get(KEYS).json["data"]]


def test_a_new_key_follows_the_old_one_without_a_gap(shop: Merchant) -> None:
    before, new = shop.caller(), ECKey.generate_key("P-256")
    added = before.post(KEYS, json={"jwk": public(new)})
    assert (added.status_code, added.json["status"], added.json["added_by"]) == (201, "active", "partner")
    after = shop.caller(new)
    old = next(row for row in after.get(KEYS).json["data"] if row["id"] != added.json["id"])
    assert after.post(f"{KEYS}/{old['id']}/revoke").json["status"] == "revoked"
    assert after.get("/partner/v1/me").status_code == 200, "what the new key led to lives on"
    refused(before.get("/partner/v1/me"), 401, "invalid-token")
    assert shop.tokens().json["error"] == "invalid_client"
    assert states(Merchant(shop.app, shop.partner_id, shop.client_id, new)) == ["active", "revoked"]


def test_a_revoked_keys_tokens_are_inactive_where_the_partner_looks_into_them(shop: Merchant) -> None:
    token, new = shop.caller().token, ECKey.generate_key("P-256")
    added = shop.caller().post(KEYS, json={"jwk": public(new)}).json
    assert shop.form("/oauth/introspect", new, token=token).json["active"] is True
    old = next(row for row in shop.caller(new).get(KEYS).json["data"] if row["id"] != added["id"])
    shop.caller(new).post(f"{KEYS}/{old['id']}/revoke")
    assert shop.form("/oauth/introspect", new, token=token).json == {"active": False}


def test_a_key_without_a_name_takes_its_tokens_along_too(app: Flask, shop: Merchant, session: Session) -> None:
    key, new = ECKey.generate_key("P-256"), ECKey.generate_key("P-256")
    client_id = clients.register_client(
        session, client_id=f"nameless-{uuid.uuid4().hex}", kind="partner", profile="fapi2",
        jwks={"keys": [public(key)]}, redirect_uris=[], scopes=["partner"], name="x", partner_id=shop.partner_id,
        now=shop.kit.clock(),
    )  # fmt: skip
    session.commit()
    nameless = Merchant(app, shop.partner_id, client_id, key)
    before = nameless.caller()
    added = before.post(KEYS, json={"jwk": public(new)}).json
    rows = nameless.caller(new).get(KEYS).json["data"]
    old = next(row for row in rows if row["client_id"] == client_id and row["id"] != added["id"])
    assert before.get("/partner/v1/me").status_code == 200
    assert nameless.caller(new).post(f"{KEYS}/{old['id']}/revoke").json["status"] == "revoked"
    refused(before.get("/partner/v1/me"), 401, "invalid-token")


def test_the_last_key_is_not_ended_by_the_partner_itself(shop: Merchant) -> None:
    only = shop.caller().get(KEYS).json["data"][0]["id"]
    refused(shop.caller().post(f"{KEYS}/{only}/revoke"), 409, "key-last")
    assert states(shop) == ["active"]


def test_a_third_key_waits_until_one_is_revoked(shop: Merchant) -> None:
    caller = shop.caller()
    second = caller.post(KEYS, json={"jwk": public(ECKey.generate_key("P-256"))}).json
    third = {"jwk": public(ECKey.generate_key("P-256"))}
    refused(caller.post(KEYS, json=third), 409, "keys-enough")
    assert caller.post(f"{KEYS}/{second['id']}/revoke").status_code == 200
    assert caller.post(f"{KEYS}/{second['id']}/revoke").json["status"] == "revoked", "once more is the same answer"
    assert caller.post(KEYS, json=third).status_code == 201


def test_no_key_and_no_kid_comes_twice(shop: Merchant) -> None:
    caller, used = shop.caller(), ECKey.generate_key("P-256")
    first = caller.post(KEYS, json={"jwk": public(used) | {"kid": "a"}}).json
    caller.post(f"{KEYS}/{first['id']}/revoke")
    refused(caller.post(KEYS, json={"jwk": public(used) | {"kid": "b"}}), 409, "key-known")
    refused(caller.post(KEYS, json={"jwk": public(ECKey.generate_key("P-256")) | {"kid": "a"}}), 409, "key-known")
    refused(caller.post(KEYS, json={"jwk": public(shop.key), "stage": "live"}), 409, "key-known")


def test_an_ed25519_key_signs_too(shop: Merchant) -> None:
    key = OKPKey.generate_key("Ed25519")
    assert shop.caller().post(KEYS, json={"jwk": public(key)}).json["jwk"]["crv"] == "Ed25519"
    assert shop.caller(key).get("/partner/v1/me").status_code == 200


@pytest.mark.parametrize("key", [ECKey.generate_key("P-256"), OKPKey.generate_key("Ed25519")], ids=["EC", "OKP"])
def test_a_private_key_is_refused_in_plain_words_and_not_repeated(shop: Merchant, key: Any) -> None:
    private = key.as_dict(private=True)
    answer = shop.caller().post(KEYS, json={"jwk": {name: private[name] for name in private if name != "kid"}})
    said = refused(answer, 422, "validation")["errors"][0]
    assert said["pointer"] == "/jwk/d"
    assert "stays with you" in said["detail"]
    assert private["d"] not in answer.text
    assert states(shop) == ["active"]


EC = public(ECKey.generate_key("P-256"))


@pytest.mark.parametrize(
    ("jwk", "pointer"),
    [
        (public(RSAKey.generate_key(2048)), "/jwk/kty"),
        (public(ECKey.generate_key("P-384")), "/jwk/crv"),
        (EC | {"crv": "Ed25519"}, "/jwk"),
        (EC | {"x": EC["y"]}, "/jwk"),
        ({name: EC[name] for name in ("kty", "crv", "x")}, "/jwk"),
        (EC | {"alg": "EdDSA"}, "/jwk/alg"),
        (EC | {"kid": "a b"}, "/jwk/kid"),
        (EC | {"jku": "https://shop.example/jwks"}, "/jwk/jku"),
        ({"jwks_uri": "https://shop.example/jwks"}, "/jwk/jwks_uri"),
    ],
    ids=["RSA", "P-384", "mixed", "off-the-curve", "half", "alg", "kid", "jku", "jwks_uri"],
)
def test_what_is_no_key_of_ours_is_named(shop: Merchant, jwk: dict[str, Any], pointer: str) -> None:
    said = refused(shop.caller().post(KEYS, json={"jwk": jwk}), 422, "validation")
    assert pointer in [error["pointer"] for error in said["errors"]]
    assert states(shop) == ["active"]


def test_a_key_of_another_partner_is_not_there(app: Flask, session: Session, shop: Merchant) -> None:
    theirs = merchant(app, session).caller().get(KEYS).json["data"][0]["id"]
    refused(shop.caller().post(f"{KEYS}/{theirs}/revoke"), 404, "not-found")


def test_a_counter_touches_no_key_and_no_contact(app: Flask, session: Session, shop: Merchant) -> None:
    counter = as_counter(app, session, shop.partner_id)
    asked = {"jwk": public(ECKey.generate_key("P-256"))}
    for answer in (
        counter.get(KEYS),
        counter.post(KEYS, json=asked),
        counter.post(f"{KEYS}/key_x/revoke"),
        counter.get("/partner/v1/contacts"),
        counter.put("/partner/v1/version", json={"version": "2026-11-21"}),
    ):
        refused(answer, 403, "counter-may-not")


def test_the_desk_sees_keys_and_ends_even_the_last_one_at_once(app: Flask, session: Session, shop: Merchant) -> None:
    desk, before = operator(app, session, "office"), shop.caller()
    path = f"{OFFICE}/partners/{shop.partner_id}/keys"
    seen = desk.get(path).json["data"]
    assert [(row["status"], "d" in row["jwk"]) for row in seen] == [("active", False)]
    assert desk.post(f"{path}/{seen[0]['id']}/revoke").json["revoked_by"] == "desk"
    refused(before.get("/partner/v1/me"), 401, "invalid-token")
    assert shop.tokens().json["error"] == "invalid_client"
    refused(desk.post(f"{path}/key_nobody/revoke"), 404, "not-found")


def test_two_operators_give_a_partner_a_key_when_it_has_lost_its_own(
    app: Flask, session: Session, shop: Merchant
) -> None:
    one, other = operator(app, session, "office", serial=901), operator(app, session, "office", serial=902)
    path, new = f"/partners/{shop.partner_id}/keys", ECKey.generate_key("P-256")
    one.post(f"{OFFICE}{path}/{one.get(OFFICE + path).json['data'][0]['id']}/revoke")
    result = both(one, other, path, {"jwk": public(new), "reason": "密钥遗失"}).json["result"]
    assert result == {"partner_id": shop.partner_id, "client_id": shop.client_id}
    assert shop.caller(new).get("/partner/v1/me").status_code == 200


def test_a_client_registered_by_hand_has_its_keys_listed_too(app: Flask, session: Session, shop: Merchant) -> None:
    client, by_hand = oauth.client(session, shop.client_id), ECKey.generate_key("P-256")
    assert client is not None
    client.jwks = {"keys": [public(by_hand)]}
    session.commit()
    told = {row["thumbprint"]: row["status"] for row in shop.caller(by_hand).get(KEYS).json["data"]}
    assert told == {shop.key.thumbprint(): "revoked", by_hand.thumbprint(): "active"}


def test_parallel_revocations_never_leave_a_partner_without_a_key(real_db: Engine, settings: Any, clock: Any) -> None:
    kit = build_kit(settings, engine=real_db, clock=clock)
    app = create_app(kit=kit)
    with kit.sessions() as session:
        shop = merchant(app, session)
    second = ECKey.generate_key("P-256")
    shop.caller().post(KEYS, json={"jwk": public(second)})
    ids = [row["id"] for row in shop.caller().get(KEYS).json["data"]]
    callers: list[TestCaller] = [shop.caller(), shop.caller(second)] * 2

    def end(place: int) -> int:
        return int(callers[place].post(f"{KEYS}/{ids[place % 2]}/revoke").status_code)

    with ThreadPoolExecutor(4) as pool:
        codes = sorted(pool.map(end, range(4)))
    assert set(codes) <= {200, 401, 409}
    with kit.sessions() as session:
        rows = partner_keys.listed(session, shop.client_id, clock())
    assert sorted(row["status"] for row in rows) == ["active", "revoked"]


def test_a_repeated_request_adds_no_second_key(shop: Merchant) -> None:
    caller, headers = shop.caller(), {"Idempotency-Key": uuid.uuid4().hex}
    asked = {"jwk": public(ECKey.generate_key("P-256"))}
    first, again = (caller.post(KEYS, json=asked, headers=headers) for _ in range(2))
    assert (first.json, again.headers["Idempotent-Replayed"]) == (again.json, "true")
    assert states(shop) == ["active", "active"]


def test_the_merchants_other_stage_never_shares_a_key(session: Session, shop: Merchant, clock: Any) -> None:
    sandbox = partners.get(session, shop.partner_id)
    assert sandbox is not None
    live = partners.add_live(session, sandbox, clock())
    assert (live.merchant_id, live.livemode, live.scenarios) == (sandbox.merchant_id, True, [BIKE])
    with pytest.raises(Exception, match="key-known"):
        partner_keys.first_client(session, live, [partner_keys.checked(public(shop.key))], by="desk", now=clock())


def test_the_key_that_two_agreed_to_is_the_one_that_goes_live(real_db: Engine, settings: Any, clock: Any) -> None:
    """The sandbox's credential slips in no other between what the second operator approves and what happens."""
    kit, now = build_kit(settings, engine=real_db, clock=clock), clock()
    with kit.sessions() as session:
        shop = merchant(create_app(kit=kit), session)
    waits: dict[str, Any] = {"jwk": public(ECKey.generate_key("P-256")), "stage": "live"}
    assert shop.caller().post(KEYS, json=waits).status_code == 201
    with Session(real_db) as approving, Session(real_db) as meanwhile:
        partner = partners.held(approving, shop.partner_id)
        assert partner is not None
        agreed = partner_keys.thumbprint(waits["jwk"])
        meanwhile.execute(text("set local lock_timeout = '200ms'"))
        sandbox = partners.get(meanwhile, shop.partner_id)
        assert sandbox is not None
        other = partner_keys.checked(public(ECKey.generate_key("P-256")))
        with pytest.raises(OperationalError, match="lock timeout"):
            partner_keys.deposit(meanwhile, sandbox, other, by="partner", now=now)
        live = partners.add_live(approving, partner, now)
        client_id = partner_keys.take_waiting(approving, live, now)
        assert [row["thumbprint"] for row in partner_keys.listed(approving, client_id, now)] == [agreed]
