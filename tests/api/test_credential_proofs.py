"""The phone's proof that it holds a key: what is no such proof gets no credential."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from joserfc import jws
from joserfc.jwk import ECKey, OctKey
from sqlalchemy.orm import Session

from app.services import status_lists
from app.web.kit import Kit
from tests.conftest import Clock
from tests.support.callers import TestCaller
from tests.support.cards import CardHolders
from tests.support.wallet import CREDENTIALS, NONCES, Wallet, packed, rows, unpacked


@pytest.fixture
def holders(app: Flask, session: Session) -> CardHolders:
    return CardHolders(app, session)


@pytest.fixture
def me(holders: CardHolders) -> TestCaller:
    return holders("张小三", "xiamen")


@pytest.fixture
def wallet(kit: Kit) -> Wallet:
    return Wallet(kit.settings.base_url, kit.clock)


class TestProof:
    """OpenID4VCI 1.0, proof type `jwt`: every fault is the same refusal, names /proof and issues nothing."""

    def refused(self, me: TestCaller, session: Session, proof: str, code: str = "credential-proof-not-valid") -> None:
        answer = me.post(CREDENTIALS, json={"proof": proof})
        assert (answer.status_code, answer.json["code"]) == (422, code)
        assert [error["pointer"] for error in answer.json["errors"]] == ["/proof"]
        assert rows(session) == 0

    @pytest.mark.parametrize(
        ("header", "claims"),
        [
            ({"typ": "JWT"}, {}),
            ({"typ": "dpop+jwt"}, {}),
            ({"kid": "mine"}, {}),
            ({"jwk": None}, {}),
            ({"jwk": "key"}, {}),
            ({"jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}}, {}),
            ({"jwk": {"kty": "EC", "crv": "P-256", "x": [1], "y": {}}}, {}),
            ({"jwk": {"kty": "oct", "k": "c2VjcmV0"}}, {}),
            ({"crit": ["exp"], "exp": 1}, {}),
            ({}, {"aud": "https://elsewhere.example"}),
            ({}, {"aud": ["http://127.0.0.1:8000"]}),
            ({}, {"aud": None}),
            ({}, {"aud": "\ud800"}),
            ({}, {"nonce": "\ud800"}),
            ({}, {"nonce": None}),
            ({}, {"nonce": 7}),
            ({}, {"iat": None}),
            ({}, {"iat": "now"}),
            ({}, {"iat": True}),
            ({}, {"iat": -1}),
        ],
    )
    def test_a_proof_of_another_shape(
        self, me: TestCaller, wallet: Wallet, session: Session, header: dict[str, Any], claims: dict[str, Any]
    ) -> None:
        nonce = me.post(NONCES).json["nonce"]
        proof = wallet.proof(nonce, claims=claims)
        head = {**unpacked(proof.split(".")[0]), **header}
        head = {name: value for name, value in head.items() if value is not None}
        self.refused(me, session, self.resigned(wallet.key, head, proof))

    def resigned(self, key: ECKey, header: dict[str, Any], proof: str) -> str:
        """The claims of a proof under a header of any kind; signed by ES256, whatever a library thinks of it."""
        body = f"{packed(header)}.{proof.split('.')[1]}"
        raw = jws.JWSRegistry.algorithms["ES256"].sign(body.encode(), key)
        return f"{body}.{packed_bytes(raw)}"

    def test_a_private_key_in_the_header(self, me: TestCaller, wallet: Wallet, session: Session) -> None:
        proof = wallet.proof(me.post(NONCES).json["nonce"])
        whole = {**unpacked(proof.split(".")[0]), "jwk": wallet.key.as_dict(private=True)}
        self.refused(me, session, self.resigned(wallet.key, whole, proof))

    @pytest.mark.parametrize("alg", ["none", "HS256", "ES384", "RS256", "EdDSA"])
    def test_another_algorithm(self, me: TestCaller, wallet: Wallet, session: Session, alg: str) -> None:
        proof = wallet.proof(me.post(NONCES).json["nonce"])
        head = {**unpacked(proof.split(".")[0]), "alg": alg}
        self.refused(me, session, self.resigned(wallet.key, head, proof))
        if alg == "HS256":
            claims = unpacked(proof.split(".")[1])
            secret = OctKey.import_key(wallet.jwk["x"])
            by_secret = jws.serialize_compact(head, packed(claims).encode(), secret, algorithms=["HS256"])
            self.refused(me, session, by_secret)

    def test_the_signature_of_another_key(self, me: TestCaller, wallet: Wallet, kit: Kit, session: Session) -> None:
        thief = Wallet(wallet.issuer, kit.clock)
        proof = thief.proof(me.post(NONCES).json["nonce"], header={"jwk": wallet.jwk})
        self.refused(me, session, proof)

    @pytest.mark.parametrize("proof", ["x", "a.b.c", "証明.証明.証明", "e30.e30.e30", ".." + "A" * 86, "🙂" * 40])
    def test_no_jwt_at_all(self, me: TestCaller, session: Session, proof: str) -> None:
        self.refused(me, session, proof)

    @pytest.mark.parametrize(("seconds", "status"), [(-301, 422), (-290, 201), (50, 201), (61, 422)])
    def test_a_clock_may_be_off_by_a_little(self, me: TestCaller, wallet: Wallet, seconds: int, status: int) -> None:
        nonce = me.post(NONCES).json["nonce"]
        proof = wallet.proof(nonce, claims={"iat": wallet.seconds() + seconds})
        assert me.post(CREDENTIALS, json={"proof": proof}).status_code == status

    def test_a_nonce_works_once(self, me: TestCaller, wallet: Wallet, session: Session) -> None:
        proof = wallet.proof(me.post(NONCES).json["nonce"])
        assert me.post(CREDENTIALS, json={"proof": proof}).status_code == 201
        again = me.post(CREDENTIALS, json={"proof": proof})
        assert (again.status_code, again.json["code"]) == (422, "credential-nonce-not-valid")
        assert rows(session) == 1

    def test_a_nonce_lives_five_minutes(self, me: TestCaller, wallet: Wallet, session: Session, clock: Clock) -> None:
        told = me.post(NONCES).json
        assert datetime.fromisoformat(told["expires_at"]) - clock() == timedelta(minutes=5)
        clock.advance(minutes=5)
        self.refused(me, session, wallet.proof(told["nonce"]), "credential-nonce-not-valid")

    def test_a_nonce_of_another_person_or_of_none(
        self, me: TestCaller, holders: CardHolders, wallet: Wallet, session: Session
    ) -> None:
        friend = holders("李四")
        theirs = friend.post(NONCES).json["nonce"]
        for nonce in (theirs, "made-up", "", "随便🙂"):
            self.refused(me, session, wallet.proof(nonce), "credential-nonce-not-valid")
        assert friend.post(CREDENTIALS, json={"proof": wallet.proof(theirs)}).status_code == 201, "it stayed unused"


def packed_bytes(raw: bytes) -> str:
    return status_lists.es256.base64url(raw)
