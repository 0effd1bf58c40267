"""Clients that no one here wrote, unmodified, complete what partners and the citizen app do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jwt
import pytest

from tests.third_party.conftest import SCENARIO, Town

CLIENTS = ("oauth4webapi", "openid_client")


@pytest.fixture(scope="session")
def partners(town: Town, node: Callable[..., Any]) -> dict[str, Any]:
    """What each client saw as a partner."""
    return {client: node(f"{client}_partner.mjs", town.as_partner()) for client in CLIENTS}


@pytest.fixture(scope="session")
def apps(town: Town, node: Callable[..., Any]) -> dict[str, Any]:
    """What each client saw as the citizen app."""
    return {client: node(f"{client}_app.mjs", town.as_app()) for client in CLIENTS}


@pytest.mark.parametrize("client", CLIENTS)
def test_a_partner_gets_a_consent_by_par_private_key_jwt_and_dpop(partners: dict[str, Any], client: str) -> None:
    seen = partners[client]
    assert seen["tokens"]["token_type"] == "dpop"
    assert seen["tokens"]["consent_id"].startswith("cns_")
    assert seen["person"] == {"sub": seen["sub"]} == {"sub": seen["tokens"]["sub"]}


@pytest.mark.parametrize("client", CLIENTS)
def test_a_partner_asks_by_the_consent_and_gets_an_answer_to_act_on(partners: dict[str, Any], client: str) -> None:
    check = partners[client]["check"]
    assert (check["scenario"], check["citizen_ref"]) == (SCENARIO, partners[client]["sub"])
    assert check["path"] in ("credit", "standard")


@pytest.mark.parametrize("client", CLIENTS)
def test_a_partner_refreshes_without_rotation_and_looks_into_its_token(partners: dict[str, Any], client: str) -> None:
    seen = partners[client]
    assert "refresh_token" not in seen["refreshed"]
    assert seen["refreshed"]["access_token"] != seen["tokens"]["access_token"]
    assert (seen["introspected"]["active"], seen["introspected"]["client_id"]) == (True, "shop")


def test_a_nonce_is_asked_for_once_and_then_kept_by_the_library(partners: dict[str, Any]) -> None:
    assert partners["oauth4webapi"]["retries"] == 1


@pytest.mark.parametrize("client", CLIENTS)
def test_the_citizen_app_logs_in_refreshes_and_calls(apps: dict[str, Any], client: str) -> None:
    seen = apps[client]
    assert (seen["person"]["sub"], seen["person"]["name"]) == (seen["sub"], "林小满")
    assert seen["home"]["member"] is True
    assert seen["refreshed"]["refresh_token"] != seen["tokens"]["refresh_token"]


@pytest.mark.parametrize("client", CLIENTS)
def test_a_revoked_login_is_dead_at_the_api(apps: dict[str, Any], client: str) -> None:
    assert apps[client]["after"] == 401


@pytest.fixture(scope="session")
def receipt(town: Town) -> str:
    """What someone who left holds."""
    left = town.city.citizen("wang").request("DELETE", "/citizen/v1/enrolment")
    signed: str = left.json()["signed"]
    return signed


@pytest.fixture
def signed(town: Town, partners: dict[str, Any], receipt: str) -> list[dict[str, str]]:
    """An access token, an ID token, a decision and a deletion receipt, with what their reader expects."""
    seen = partners["oauth4webapi"]
    return [
        {"token": seen["tokens"]["access_token"], "audience": town.issuer, "typ": "at+jwt"},
        {"token": seen["tokens"]["id_token"], "audience": "shop", "typ": "JWT"},
        {"token": seen["check"]["decision"], "audience": town.city.partner_ids["shop"], "typ": "decision+jwt"},
        {"token": receipt, "typ": "deletion-receipt+jwt"},
    ]


def test_npm_jose_verifies_what_we_sign(town: Town, node: Callable[..., Any], signed: list[dict[str, str]]) -> None:
    access, identity, decision, left = node("jose_verify.mjs", {"issuer": town.issuer, "tokens": signed})
    assert access["client_id"] == "shop"
    assert access["sub"] == identity["sub"] == decision["citizen_ref"]
    assert left["deleted"]["scores"] == 1


def test_npm_jose_refuses_one_kind_of_token_for_another(
    town: Town, node: Callable[..., Any], signed: list[dict[str, str]]
) -> None:
    mixed = [{**one, "typ": other["typ"]} for one in signed for other in signed if one is not other]
    seen = node("jose_verify.mjs", {"issuer": town.issuer, "tokens": mixed})
    assert {answer.get("refused") for answer in seen} == {"ERR_JWT_CLAIM_VALIDATION_FAILED"}


def test_pyjwt_verifies_what_we_sign(town: Town, signed: list[dict[str, str]]) -> None:
    keys = jwt.PyJWKClient(f"{town.issuer}/oauth/jwks")
    for one in signed:
        key = keys.get_signing_key_from_jwt(one["token"])
        claims = jwt.decode(
            one["token"], key.key, algorithms=["ES256"], audience=one.get("audience"), issuer=town.issuer
        )
        assert claims["iss"] == town.issuer
        assert jwt.get_unverified_header(one["token"])["typ"] == one["typ"]
