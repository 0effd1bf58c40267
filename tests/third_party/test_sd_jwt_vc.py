"""A wallet library that no one here wrote verifies our credentials, refuses what is not one, and presents one to us."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from app.services import credential_check
from app.services.credential_check import CredentialInvalid, Expected
from tests.support.wallet import CREDENTIALS, NONCE, NONCES, SHOP, Wallet
from tests.third_party.conftest import Town

SHOW = {"name_kind": "masked", "fields": ["verified", "city"]}


def now() -> datetime:
    return datetime.now(UTC)


def taken(town: Town, wallet: Wallet) -> dict[str, Any]:
    """A credential of `lin` for this key."""
    caller = town.city.citizen("lin")
    proof = wallet.proof(caller.request("POST", NONCES).json()["nonce"])
    made: dict[str, Any] = caller.request("POST", CREDENTIALS, json={"show": SHOW, "proof": proof}).json()
    return made


def entry(text: str, nonce: str = NONCE, **more: Any) -> dict[str, Any]:
    return {"text": text, "nonce": nonce, **more}


@pytest.fixture(scope="session")
def seen(town: Town, node: Callable[..., Any]) -> dict[str, Any]:
    """What the library says of good and bad presentations, by name, and one that it made."""
    wallet, thief = (Wallet(town.issuer, now) for _ in range(2))
    credential = taken(town, wallet)["credential"]
    revoked = taken(town, wallet)
    town.city.citizen("lin").request("DELETE", f"{CREDENTIALS}/{revoked['id']}")
    whole, first = wallet.present(credential), credential.split("~")[0]
    later = int((now() + timedelta(days=40)).timestamp())
    presentations = {
        "whole": entry(whole),
        "part": entry(wallet.present(credential, ["city"])),
        "tampered": entry(whole.replace(first, first[:-6] + ("AAAAAA" if first[-6:] != "AAAAAA" else "BBBBBB"))),
        "expired": entry(whole, currentDate=later),
        "wrong key": entry(thief.present(credential)),
        "replayed": entry(whole, nonce="another"),
        "less than was signed": entry("~".join(whole.split("~")[:1] + whole.split("~")[2:])),
        "revoked": entry(wallet.present(revoked["credential"])),
    }
    shows = {"name": True}
    present = {"credential": credential, "shows": shows, "nonce": NONCE, "aud": SHOP}
    phone = {**wallet.key.as_dict(private=True)}
    told = node(
        "sd_jwt_vc.mjs",
        {"issuer": town.issuer, "phone": phone, "presentations": list(presentations.values()), "present": present},
    )
    return {**told, "seen": dict(zip(presentations, told["seen"], strict=True))}


def test_it_verifies_ours_by_our_metadata_keys_and_status_list(town: Town, seen: dict[str, Any]) -> None:
    whole, part = seen["seen"]["whole"], seen["seen"]["part"]
    assert whole["audience"] == SHOP
    assert whole["payload"]["name"] == {"text": "林*满", "kind": "masked"}
    assert (part["payload"]["city"], "name" in part["payload"]) == ("xiamen", False)
    assert seen["issuer"] == town.issuer
    assert (
        whole["metadata"]["mergedTypeMetadata"]["vct"]
        == whole["payload"]["vct"]
        == town.issuer + "/credentials/name-card"
    )


@pytest.mark.parametrize(
    ("bad", "because"),
    [
        ("tampered", "signature"),
        ("expired", "expired"),
        ("wrong key", "signature"),
        ("replayed", "nonce"),
        ("less than was signed", "sd_hash"),
        ("revoked", "Status is not valid"),
    ],
)
def test_it_refuses_what_does_not_hold(seen: dict[str, Any], bad: str, because: str) -> None:
    assert because.lower() in seen["seen"][bad]["refused"].lower()


def test_we_verify_what_it_presents(town: Town, seen: dict[str, Any]) -> None:
    jwks = requests.get(f"{town.issuer}/oauth/jwks", timeout=10).json()
    expected = Expected(town.issuer, jwks, SHOP, NONCE, now())

    def status_of(uri: str) -> str:
        return requests.get(uri, timeout=10).text

    read = credential_check.check(seen["presented"], expected, status_of)
    assert read.claims == {"name": {"text": "林*满", "kind": "masked"}, "honours": []}
    with pytest.raises(CredentialInvalid, match="wrong_nonce"):
        credential_check.check(seen["presented"], Expected(town.issuer, jwks, SHOP, "other", now()), status_of)
