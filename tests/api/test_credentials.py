"""Wallet credentials through the API: asked for with a proof of the phone's key, listed, revoked, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.domain import credential
from app.store import credentials as store
from app.web.kit import Kit
from tests.conftest import Clock
from tests.support.callers import TestCaller
from tests.support.cards import CITY, CardHolders, looks
from tests.support.wallet import CREDENTIALS, NONCES, RICH, Wallet, checked, rows, signed, unpacked


@pytest.fixture
def holders(app: Flask, session: Session) -> CardHolders:
    return CardHolders(app, session)


@pytest.fixture
def me(holders: CardHolders) -> TestCaller:
    return holders("张小三", "xiamen")


@pytest.fixture
def wallet(kit: Kit) -> Wallet:
    return Wallet(kit.settings.base_url, kit.clock)


COPIES = """
    insert into credentials (citizen_id, id, list_id, idx, fields, issued_at, expires_at)
    select citizen_id, id || n, list_id, idx, fields, issued_at, expires_at
    from credentials, generate_series(1, :more) n
"""


class TestIssuing:
    def test_a_credential_is_an_sd_jwt_vc_bound_to_the_phones_key(
        self, me: TestCaller, wallet: Wallet, kit: Kit
    ) -> None:
        made = wallet.take(me, show=CITY, days=7)
        signed_part = made["credential"].split("~")[0]
        header, claims = (unpacked(part) for part in signed_part.split(".")[:2])
        key = kit.keys.current("credential")
        assert header == {"alg": "ES256", "typ": "dc+sd-jwt", "kid": key.kid}
        assert claims["iss"] == kit.settings.base_url
        assert claims["vct"] == made["vct"] == kit.settings.base_url + "/credentials/name-card"
        assert claims["cnf"] == {"jwk": {name: wallet.jwk[name] for name in ("kty", "crv", "x", "y")}}
        assert 0 <= claims["status"]["status_list"]["idx"] < store.SIZE
        assert (made["fields"], made["preview"]["city"]["code"]) == (["display_name", "verified", "city"], "xiamen")
        assert claims.keys() == {*credential.ENVELOPE, "_sd", "_sd_alg", "honours"}, "nothing of the person in clear"

    def test_it_takes_a_login_of_the_last_five_minutes(self, me: TestCaller, wallet: Wallet, clock: Clock) -> None:
        """It outlives the session, so that a stolen one must not be enough to take it to another's phone."""
        clock.advance(seconds=301)
        answer = wallet.ask(me)
        assert (answer.status_code, answer.json["code"]) == (401, "insufficient-user-authentication")
        assert me.get(CREDENTIALS).json["data"] == []

    def test_its_key_is_published_for_signing_by_es256(self, me: TestCaller, wallet: Wallet, client: Any) -> None:
        kid = unpacked(wallet.take(me)["credential"].split(".")[0])["kid"]
        (key,) = [key for key in client.get("/oauth/jwks").json["keys"] if key["kid"] == kid]
        assert (key["alg"], key["use"], key["crv"]) == ("ES256", "sig", "P-256")

    def test_what_a_verifier_reads_is_what_was_ticked(
        self, client: FlaskClient, kit: Kit, holders: CardHolders, wallet: Wallet
    ) -> None:
        person = holders.person("张小三", "xiamen")
        holders.give(person, "honour")
        holders.give(person, "volunteer_service", quantity=120)
        made = wallet.take(holders.login(person), show=RICH)
        assert checked(client, kit, wallet.present(made["credential"])).claims == {
            "name": {"text": "张*三", "kind": "masked"},
            "assurance_level": "al2",
            "city": "xiamen",
            "volunteer_stars": 1,
            "honours": ["honour"],
        }

    def test_without_choices_it_carries_what_the_card_ticks(self, me: TestCaller, wallet: Wallet) -> None:
        me.put("/citizen/v1/name-card", json={"show": {"name_kind": "full", "fields": ["city"]}})
        made = wallet.take(me)
        assert made["fields"] == ["display_name", "city"]
        assert made["preview"]["display_name"] == "张小三"

    def test_the_exact_score_comes_with_a_warning(self, me: TestCaller, wallet: Wallet) -> None:
        made = wallet.take(me, show={"name_kind": "masked", "fields": ["score"]})
        assert [warning["code"] for warning in made["warnings"]] == ["score_is_exact"]

    def test_its_times_are_those_of_the_whole_day(self, me: TestCaller, wallet: Wallet, clock: Clock) -> None:
        """So that they tie no two credentials of one person together."""
        first = wallet.take(me, days=1)
        clock.advance(minutes=4, seconds=7)
        second = wallet.take(me, days=1)
        one, other = (unpacked(made["credential"].split(".")[1]) for made in (first, second))
        assert (one["iat"], one["exp"]) == (other["iat"], other["exp"])
        assert (one["iat"] + 8 * 3600) % 86_400 == 0
        assert one["exp"] - int(clock().timestamp()) >= 86_400

    def test_it_is_in_the_log_and_kept_nowhere(self, me: TestCaller, wallet: Wallet, session: Session) -> None:
        made = wallet.take(me, show=CITY)
        (look,) = looks(me)
        assert look["action"]["name"] if isinstance(look["action"], dict) else look["action"]
        (row,) = session.execute(text("select credentials::text from credentials")).scalars()
        assert wallet.jwk["x"] not in row
        assert made["credential"].split(".")[2][:40] not in row

    def test_at_most_twenty_are_good_at_once(self, me: TestCaller, wallet: Wallet, session: Session) -> None:
        made = wallet.take(me)
        session.execute(text(COPIES), {"more": credential.LIVE_MOST - 1})
        full = wallet.ask(me)
        assert (full.status_code, full.json["code"]) == (409, "credentials-full")
        assert rows(session) == 1
        me.delete(f"{CREDENTIALS}/{made['id']}")
        assert wallet.ask(me).status_code == 201

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"days": 0}, "/days"),
            ({"days": 91}, "/days"),
            ({"days": "7"}, "/days"),
            ({"days": 1.5}, "/days"),
            ({"proof": ""}, "/proof"),
            ({"proof": 7}, "/proof"),
            ({"proof": "证" * 8193}, "/proof"),
            ({"show": {"name_kind": "masked", "fields": ["id_number"]}}, "/show/fields/0"),
            ({"show": {"name_kind": "masked"}}, "/show/fields"),
            ({"holder": "me"}, "/holder"),
        ],
    )
    def test_bad_input_is_named_and_leaves_nothing(
        self, me: TestCaller, wallet: Wallet, session: Session, body: dict[str, Any], pointer: str
    ) -> None:
        answer = wallet.ask(me, **body)
        assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
        assert pointer in [error["pointer"] for error in answer.json["errors"]]
        assert rows(session) == 0

    def test_a_refusal_leaves_the_nonce_for_the_next_try(self, me: TestCaller, wallet: Wallet) -> None:
        nonce = me.post(NONCES).json["nonce"]
        body = {"proof": wallet.proof(nonce), "show": {"name_kind": "nickname", "fields": []}}
        assert me.post(CREDENTIALS, json=body).json["code"] == "nickname-missing"
        assert me.post(CREDENTIALS, json={**body, "show": CITY}).status_code == 201


class TestMetadata:
    def test_a_verifier_finds_issuer_and_keys(self, client: FlaskClient) -> None:
        told = client.get("/.well-known/jwt-vc-issuer").json
        assert told == {"issuer": "http://127.0.0.1:8000", "jwks_uri": "http://127.0.0.1:8000/oauth/jwks"}

    def test_the_type_says_every_claim_in_both_languages(
        self, me: TestCaller, wallet: Wallet, client: FlaskClient
    ) -> None:
        vct = wallet.take(me)["vct"]
        told = client.get(vct.removeprefix("http://127.0.0.1:8000")).json
        assert told["vct"] == vct
        assert {entry["path"][0] for entry in told["claims"]} == {*credential.CLAIMS, "honours"}
        for entry in (told, *told["claims"]):
            assert {words["locale"] for words in entry["display"]} == {"zh-CN", "en"}


def test_someone_who_only_says_so_gets_nothing(client: FlaskClient, wallet: Wallet) -> None:
    assert client.post(NONCES).status_code == 401
    assert client.post(CREDENTIALS, json={"proof": wallet.proof("x")}).status_code == 401
    assert signed(wallet.key, {}, {}).count(".") == 2
