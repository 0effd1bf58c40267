"""Guardrail 9: a wallet's presentation discloses what its holder chose, and ties as little together as can be."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jwcrypto.jwk import JWK
from sd_jwt.verifier import SDJWTVerifier
from sqlalchemy.orm import Session

from app.domain import credential
from app.web.kit import Kit
from tests.support.callers import TestCaller
from tests.support.cards import CITY, CardHolders
from tests.support.wallet import NONCE, RICH, SHOP, Wallet, checked, unpacked


@pytest.fixture
def wallet(kit: Kit) -> Wallet:
    return Wallet(kit.settings.base_url, kit.clock)


@pytest.fixture
def me(app: Flask, session: Session) -> TestCaller:
    """Someone with every badge."""
    holders = CardHolders(app, session)
    person = holders.person("张小三", "xiamen")
    for item, hours in (("volunteer_service", 120), ("blood_donation", None), ("honour", None), ("bravery", None)):
        holders.give(person, item, quantity=hours)
    return holders.login(person)


@pytest.fixture
def made(me: TestCaller, wallet: Wallet) -> str:
    return str(wallet.take(me, show=RICH)["credential"])


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.sets(st.sampled_from(["name", "assurance_level", "city", "volunteer_stars", "blood_donor", "honours"])))
def test_a_presentation_reveals_the_chosen_claims_and_nothing_of_the_others(
    client: FlaskClient, kit: Kit, wallet: Wallet, made: str, names: set[str]
) -> None:
    """Neither our check, nor the Python library, nor a look at the text finds what was not disclosed."""
    presented = wallet.present(made, names)
    ours = checked(client, kit, presented).claims
    key = JWK(**kit.keys.current("credential").public_jwk)
    theirs = SDJWTVerifier(presented, lambda *_: key, SHOP, NONCE).get_verified_payload()
    assert {name for name in ours if ours[name]} == names
    assert {name: theirs[name] for name in ours} == ours
    clear = str([unpacked(part) for part in presented.split("~")[0].split(".")[:2]])
    for secret in ("张", "masked", "al2", "xiamen", "bravery"):
        assert secret not in clear


def test_no_gap_tells_what_it_cannot_show(me: TestCaller, wallet: Wallet) -> None:
    """Decoys: as many digests for one who shows nothing as for one who shows it all."""
    bare, full = wallet.take(me, show={"name_kind": "masked", "fields": []}), wallet.take(me, show=RICH)
    first, second = (unpacked(made["credential"].split(".")[1]) for made in (bare, full))
    assert len(first["_sd"]) == len(second["_sd"]) == len(credential.CLAIMS)
    assert len(first["honours"]) == len(second["honours"]) == 2


def test_two_credentials_of_one_person_share_no_digest_and_no_signature(me: TestCaller, kit: Kit) -> None:
    """What still ties two presentations of ONE credential together is told in docs/decisions.md."""
    first, second = (Wallet(kit.settings.base_url, kit.clock).take(me, show=CITY)["credential"] for _ in range(2))
    one, other = (unpacked(text.split(".")[1]) for text in (first, second))
    assert not set(one["_sd"]) & set(other["_sd"])
    assert one["status"] != other["status"]
    assert one["cnf"] != other["cnf"]
    assert {name: one[name] for name in ("iss", "iat", "exp", "vct")} == {
        name: other[name] for name in ("iss", "iat", "exp", "vct")
    }
