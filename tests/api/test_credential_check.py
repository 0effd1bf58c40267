"""Our own check of presentations: strict where libraries are kind, with each refusal by its reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier
from sqlalchemy.orm import Session

from app.services.credential_check import REASONS, CredentialInvalid
from app.web.kit import Kit
from tests.conftest import Clock
from tests.support.cards import CardHolders
from tests.support.wallet import NONCE, RICH, SHOP, Wallet, checked, packed, unpacked


@pytest.fixture
def wallet(kit: Kit) -> Wallet:
    return Wallet(kit.settings.base_url, kit.clock)


@pytest.fixture
def made(app: Flask, session: Session, wallet: Wallet) -> str:
    """A credential of someone with every badge."""
    holders = CardHolders(app, session)
    person = holders.person("张小三", "xiamen")
    for item, hours in (("volunteer_service", 120), ("blood_donation", None), ("honour", None), ("bravery", None)):
        holders.give(person, item, quantity=hours)
    return str(wallet.take(holders.login(person), show=RICH)["credential"])


@pytest.fixture
def refuses(client: FlaskClient, kit: Kit) -> Callable[..., None]:
    """Holds a presentation to be refused for a reason."""

    def refuse(presentation: str, reason: str, **changed: Any) -> None:
        with pytest.raises(CredentialInvalid) as invalid:
            checked(client, kit, presentation, **changed)
        assert invalid.value.reason == reason
        assert reason in REASONS

    return refuse


Refuses = Callable[..., None]


class TestHolding:
    def test_what_holds_says_what_was_chosen_and_no_more(
        self, client: FlaskClient, kit: Kit, wallet: Wallet, made: str
    ) -> None:
        read = checked(client, kit, wallet.present(made, ["name", "volunteer_stars"]))
        shown = {"name": {"text": "张*三", "kind": "masked"}, "volunteer_stars": 1, "honours": []}
        assert read.claims == shown
        assert read.expires_at - read.issued_at == timedelta(days=31)

    def test_a_copy_without_the_key_cannot_be_shown(
        self, wallet: Wallet, made: str, kit: Kit, refuses: Refuses
    ) -> None:
        refuses(made, "no_holder")
        refuses(Wallet(wallet.issuer, kit.clock).present(made), "not_the_holder")

    def test_a_presentation_cannot_be_shown_again_or_elsewhere(
        self, wallet: Wallet, made: str, clock: Clock, refuses: Refuses
    ) -> None:
        presented = wallet.present(made)
        refuses(presented, "wrong_nonce", nonce="another")
        refuses(presented, "wrong_audience", audience="https://elsewhere.example")
        refuses(presented, "stale", now=clock() + timedelta(seconds=301))
        refuses(presented, "stale", now=clock() - timedelta(seconds=61))

    def test_what_it_discloses_cannot_be_changed_on_the_way(self, wallet: Wallet, made: str, refuses: Refuses) -> None:
        first, *rest = wallet.present(made).split("~")
        refuses("~".join((first, *rest[1:])), "not_the_holder")
        less = wallet.present(made, ["name"]).split("~")
        refuses("~".join((first, *rest[:-1], less[-1])), "not_the_holder")
        refuses("~".join((first, rest[1], rest[0], *rest[2:])), "not_the_holder")

    def test_a_holders_proof_of_another_shape(self, wallet: Wallet, made: str, refuses: Refuses) -> None:
        shapes: list[tuple[dict[str, Any], dict[str, Any], str]] = [
            ({"typ": "JWT"}, {}, "not_the_holder"),
            ({"typ": "openid4vci-proof+jwt"}, {}, "not_the_holder"),
            ({}, {"sd_hash": None}, "not_the_holder"),
            ({}, {"sd_hash": "A" * 43}, "not_the_holder"),
            ({}, {"sd_hash": 1}, "not_the_holder"),
            ({}, {"aud": None}, "wrong_audience"),
            ({}, {"aud": [SHOP]}, "wrong_audience"),
            ({}, {"aud": "\ud800"}, "not_the_holder"),
            ({}, {"nonce": None}, "wrong_nonce"),
            ({}, {"iat": None}, "stale"),
            ({}, {"iat": "now"}, "stale"),
            ({}, {"iat": 1e400}, "stale"),
        ]
        for header, claims, reason in shapes:
            refuses(wallet.present(made, header=header, claims=claims), reason)


class TestTime:
    def test_an_expired_one_is_refused_though_the_python_library_takes_it(
        self, wallet: Wallet, made: str, clock: Clock, kit: Kit, refuses: Refuses
    ) -> None:
        clock.advance(days=31)
        presented = wallet.present(made)
        verifier = SDJWTVerifier(presented, lambda *_: _published(kit), SHOP, NONCE)
        assert verifier.get_verified_payload()["exp"] < clock().timestamp(), "it says so, and is taken all the same"
        refuses(presented, "expired")

    def test_it_holds_to_its_last_second(self, client: FlaskClient, kit: Kit, wallet: Wallet, made: str) -> None:
        presented = wallet.present(made)
        ends = checked(client, kit, presented).expires_at
        fresh = Wallet(wallet.issuer, lambda: ends - timedelta(seconds=1), wallet.key).present(made)
        with pytest.raises(CredentialInvalid, match="no_status"):
            checked(client, kit, fresh, now=ends - timedelta(seconds=1))
        with pytest.raises(CredentialInvalid, match="expired"):
            checked(client, kit, fresh, now=ends)

    def test_one_of_tomorrow_is_refused(self, wallet: Wallet, made: str, clock: Clock, refuses: Refuses) -> None:
        refuses(wallet.present(made), "not_yet_valid", now=clock() - timedelta(days=1))


def _published(kit: Kit) -> JWK:
    return JWK(**kit.keys.current("credential").public_jwk)


class TestIssuer:
    @pytest.mark.parametrize("text", ["", "~", "~~", "x", "a.b.c~", "🙂~", "~" * 60, "A" * 20_000, "XY1:NCF"])
    def test_what_is_no_presentation(self, text: str, refuses: Refuses) -> None:
        refuses(text, "not_a_presentation")

    def test_a_changed_credential(self, wallet: Wallet, made: str, refuses: Refuses) -> None:
        head, payload, signature = made.split("~")[0].split(".")
        rest = made.split("~")[1:]
        later = packed({**unpacked(payload), "exp": 9_999_999_999})
        refuses(wallet.bind("~".join((f"{head}.{later}.{signature}", *rest))), "tampered")
        flipped = ("B" if signature[9] != "B" else "C").join((signature[:9], signature[10:]))
        refuses(wallet.bind("~".join((f"{head}.{payload}.{flipped}", *rest))), "tampered")

    def test_keys_that_are_not_the_issuers(self, wallet: Wallet, made: str, refuses: Refuses, kit: Kit) -> None:
        refuses(wallet.present(made), "unknown_key", jwks={"keys": []})
        card = kit.keys.current("card").public_jwk
        kid = kit.keys.current("credential").kid
        refuses(wallet.present(made), "tampered", jwks={"keys": [{**card, "kid": kid}]})

    def test_another_issuers(self, wallet: Wallet, made: str, refuses: Refuses) -> None:
        refuses(wallet.present(made), "wrong_type", issuer="https://elsewhere.example")

    def test_an_algorithm_of_no_signature(self, wallet: Wallet, made: str, refuses: Refuses) -> None:
        first, rest = made.split("~", 1)
        _, payload, signature = first.split(".")
        for header in ({"alg": "none"}, {"alg": "HS256", "kid": "x"}, {"alg": "ES256", "crit": ["b64"]}):
            head = packed({"typ": "dc+sd-jwt", **header})
            refuses(wallet.bind(f"{head}.{payload}.{signature}~{rest}"), "not_a_presentation")


def test_the_python_library_verifies_ours_and_refuses_what_is_not(kit: Kit, wallet: Wallet, made: str) -> None:
    def verify(text: str, nonce: str = NONCE, key: JWK | None = None) -> dict[str, Any]:
        verifier = SDJWTVerifier(text, lambda *_: key or _published(kit), SHOP, nonce)
        payload: dict[str, Any] = verifier.get_verified_payload()
        return payload

    assert verify(wallet.present(made))["city"] == "xiamen"
    first, rest = wallet.present(made).split("~", 1)
    bad: list[tuple[str, dict[str, Any]]] = [
        (wallet.present(made), {"nonce": "another"}),
        (wallet.present(made), {"key": JWK.generate(kty="EC", crv="P-256")}),
        (Wallet(wallet.issuer, kit.clock).present(made), {}),
        (f"{first[:-4]}AAAA~{rest}", {}),
    ]
    for text, changed in bad:
        with pytest.raises(Exception, match=r"."):
            verify(text, **changed)
