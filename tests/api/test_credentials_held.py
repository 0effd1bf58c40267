"""Credentials that a phone holds: listed, revoked by their holder, by leaving and by a role's end; the status list."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.services.credential_check import CredentialInvalid
from app.store import credentials as store
from app.web.kit import Kit
from tests.conftest import Clock
from tests.support.callers import TestCaller
from tests.support.cards import CITY, CardHolders
from tests.support.entities import Register, said, uscc
from tests.support.wallet import CREDENTIALS, Wallet, checked, rows, unpacked


@pytest.fixture
def holders(app: Flask, session: Session) -> CardHolders:
    return CardHolders(app, session)


@pytest.fixture
def me(holders: CardHolders) -> TestCaller:
    return holders("张小三", "xiamen")


@pytest.fixture
def wallet(kit: Kit) -> Wallet:
    return Wallet(kit.settings.base_url, kit.clock)


class TestHolding:
    def test_they_are_listed_newest_first_without_what_they_say(self, me: TestCaller, wallet: Wallet) -> None:
        first, second = wallet.take(me, show=CITY), wallet.take(me)
        page = me.get(f"{CREDENTIALS}?limit=1").json
        assert [entry["id"] for entry in page["data"]] == [second["id"]]
        rest = me.get(f"{CREDENTIALS}?cursor={page['next_cursor']}").json
        assert [entry["id"] for entry in rest["data"]] == [first["id"]]
        assert rest["data"][0].keys() == {"id", "fields", "issued_at", "expires_at"}

    def test_revoking_is_for_good_and_seen_by_everyone(
        self, me: TestCaller, wallet: Wallet, client: FlaskClient, kit: Kit
    ) -> None:
        made, other = wallet.take(me), wallet.take(me)
        assert me.delete(f"{CREDENTIALS}/{made['id']}").status_code == 204
        assert me.delete(f"{CREDENTIALS}/{made['id']}").status_code == 204
        with pytest.raises(CredentialInvalid, match="revoked"):
            checked(client, kit, wallet.present(made["credential"]))
        checked(client, kit, wallet.present(other["credential"]))
        revoked = {entry["id"]: entry.get("revoked_at") for entry in me.get(CREDENTIALS).json["data"]}
        assert revoked[made["id"]]
        assert revoked[other["id"]] is None

    @pytest.mark.parametrize("name", ["nobody", "crd_0", "名片", "%00", "x" * 500])
    def test_what_is_not_mine_is_not_there(self, me: TestCaller, name: str) -> None:
        assert me.delete(f"{CREDENTIALS}/{name}").status_code == 404

    def test_another_persons_credential_cannot_be_revoked(
        self, me: TestCaller, holders: CardHolders, wallet: Wallet, client: FlaskClient, kit: Kit
    ) -> None:
        made = wallet.take(me)
        assert holders("李四").delete(f"{CREDENTIALS}/{made['id']}").status_code == 404
        checked(client, kit, wallet.present(made["credential"]))

    def test_leaving_revokes_and_leaves_a_place_bound_to_nobody(
        self, me: TestCaller, wallet: Wallet, client: FlaskClient, kit: Kit, session: Session
    ) -> None:
        made = wallet.take(me)
        assert me.delete("/citizen/v1/enrolment").status_code == 200
        with pytest.raises(CredentialInvalid, match="revoked"):
            checked(client, kit, wallet.present(made["credential"]))
        assert session.execute(text("select count(*) from credentials")).scalar() == 0
        (place,) = session.execute(text("select * from status_entries")).mappings()
        assert place["revoked"]
        assert set(place) == {"list_id", "idx", "revoked", "expires_at"}

    def test_a_role_that_ends_takes_its_credentials_along(
        self, app: Flask, wallet: Wallet, client: FlaskClient, kit: Kit, session: Session
    ) -> None:
        register = Register(app, session)
        me, _, number = register.person()
        _, _, successor = register.person("李四")
        register.put(number)
        show = {"name_kind": "masked", "fields": ["legal_role"], "entity": register.mine(me)}
        made, other = wallet.take(me, show=show), wallet.take(me, show=CITY)
        role = checked(client, kit, wallet.present(made["credential"])).claims["role"]
        assert role == {"name": said()["name"], "uscc": uscc(), "role": "legal_representative"}
        assert register.put(successor).status_code == 200
        with pytest.raises(CredentialInvalid, match="revoked"):
            checked(client, kit, wallet.present(made["credential"]))
        checked(client, kit, wallet.present(other["credential"]))

    def test_what_is_over_is_forgotten(self, me: TestCaller, wallet: Wallet, session: Session, clock: Clock) -> None:
        wallet.take(me, days=1)
        store.prune(session, clock.advance(days=1))
        assert rows(session) == 1
        store.prune(session, clock.advance(days=2))
        assert rows(session) == 0
        assert session.execute(text("select count(*) from credentials")).scalar() == 0


class TestStatusList:
    def address(self, made: dict[str, Any]) -> str:
        place = unpacked(made["credential"].split(".")[1])["status"]["status_list"]
        return str(place["uri"]).removeprefix("http://127.0.0.1:8000")

    def test_it_is_a_signed_list_of_one_bit_each(
        self, me: TestCaller, wallet: Wallet, client: FlaskClient, kit: Kit
    ) -> None:
        answer = client.get(self.address(wallet.take(me)))
        assert answer.content_type == "application/statuslist+jwt"
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        header, claims = (unpacked(part) for part in answer.text.split(".")[:2])
        assert (header["typ"], header["alg"]) == ("statuslist+jwt", "ES256")
        assert header["kid"] == kit.keys.current("credential").kid
        assert claims["sub"] == "http://127.0.0.1:8000/status-lists/1"
        assert (claims["ttl"], claims["exp"] - claims["iat"]) == (300, 86_400)
        assert claims["status_list"]["bits"] == 1
        assert len(answer.text) < 1000, "zeros pack well"

    def test_it_is_sent_once_until_it_changes(self, me: TestCaller, wallet: Wallet, client: FlaskClient) -> None:
        made = wallet.take(me)
        tag = client.get(self.address(made)).headers["ETag"]
        assert client.get(self.address(made), headers={"If-None-Match": tag}).status_code == 304
        me.delete(f"{CREDENTIALS}/{made['id']}")
        assert client.get(self.address(made), headers={"If-None-Match": tag}).status_code == 200

    @pytest.mark.parametrize("name", ["0", "2", "99999999999999999999", "-1", "one", "1/2", "%00"])
    def test_a_list_that_is_not_there(self, me: TestCaller, wallet: Wallet, client: FlaskClient, name: str) -> None:
        wallet.take(me)
        answer = client.get(f"/status-lists/{name}")
        assert (answer.status_code, answer.content_type) == (404, "application/problem+json")

    def test_half_full_it_is_followed_by_the_next(self, session: Session, clock: Clock) -> None:
        first, _ = store.allot(session, clock())
        session.execute(text("update status_lists set allotted = :half"), {"half": store.SIZE // 2})
        second, idx = store.allot(session, clock())
        assert (first, second) == (1, 2)
        assert 0 <= idx < store.SIZE

    def test_places_are_taken_once(self, session: Session, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
        drawn = iter([5, 5, 5, 6])
        monkeypatch.setattr(store.secrets, "randbelow", lambda _: next(drawn))
        assert [store.allot(session, clock()) for _ in range(2)] == [(1, 5), (1, 6)]
