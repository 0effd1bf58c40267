"""Python's requests-oauth2client, unmodified, is a partner: its own tokens, and a citizen's consent."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import requests
from requests_oauth2client import DPoPToken, InvalidGrant, OAuth2Client, PrivateKeyJwt

from app.cli.browser import Browser
from tests.support.identity import PARTNER_CALLBACK
from tests.support.oauth import CONSENT, log_in_at
from tests.third_party.conftest import SCENARIO, Town


@pytest.fixture(scope="module")
def partner(town: Town) -> OAuth2Client:
    """The shop, as this library's README has it: discovery, private_key_jwt, DPoP."""
    key = town.city.keys["shop"].as_dict(private=True)
    client = OAuth2Client.from_discovery_endpoint(
        issuer=town.issuer,
        auth=PrivateKeyJwt("shop", key, alg="ES256", aud=town.issuer),
        redirect_uri=PARTNER_CALLBACK,
        dpop_bound_access_tokens=True,
        id_token_signed_response_alg="ES256",
        testing=True,
    )
    client.session.trust_env = False
    return client


def _own(partner: OAuth2Client) -> DPoPToken:
    token = partner.client_credentials(scope="partner eligibility")
    assert isinstance(token, DPoPToken)
    return token


def _consent(partner: OAuth2Client) -> tuple[Any, DPoPToken]:
    """A citizen's consent by PAR; the library checks state and iss by itself.

    Its own check of ID tokens fails for every DPoP token (1.8.0 forgets the key), so its parts are called here.
    """
    request = partner.authorization_request(scope=CONSENT)
    pushed = partner.pushed_authorization_request(request)
    with requests.Session() as http:
        http.trust_env = False
        here = Browser(http, PARTNER_CALLBACK)
        page = log_in_at(here, str(pushed.uri))
        form = page.form_with("decision")
        assert form is not None, page.html
        back = here.submit(page, form, decision="allow", term_days="30")
    response = request.validate_callback(back.url)
    token = partner.authorization_code(response, validate=False)
    assert isinstance(token, DPoPToken)
    assert token.id_token.verify_signature(partner.authorization_server_jwks, alg="ES256")
    assert (token.id_token.nonce, token.id_token.audiences) == (request.nonce, ["shop"])
    return response, token


def test_a_partner_gets_tokens_of_its_own_and_calls(town: Town, partner: OAuth2Client) -> None:
    answer = requests.get(f"{town.issuer}/partner/v1/scenarios", auth=_own(partner), timeout=30)
    assert SCENARIO in [offer["code"] for offer in answer.json()["data"]]


def test_a_partner_gets_a_consent_and_checks_by_it(town: Town, partner: OAuth2Client) -> None:
    _, token = _consent(partner)
    assert partner.userinfo(token)["sub"] == token.id_token.sub
    body, headers = {"scenario": SCENARIO, "consent_id": token.consent_id}, {"Idempotency-Key": uuid.uuid4().hex}
    address = f"{town.issuer}/partner/v1/eligibility-checks"
    check = requests.post(address, json=body, headers=headers, auth=_own(partner), timeout=30)
    assert (check.status_code, check.json()["citizen_ref"]) == (201, token.id_token.sub)


def test_a_consent_ends_where_the_partner_revokes_it(partner: OAuth2Client) -> None:
    _, token = _consent(partner)
    assert partner.introspect_token(token)["active"] is True
    assert partner.revoke_refresh_token(token)
    with pytest.raises(InvalidGrant):
        partner.refresh_token(token)


def test_06_a_code_used_twice_ends_what_it_brought(partner: OAuth2Client) -> None:
    response, token = _consent(partner)
    with pytest.raises(InvalidGrant):
        partner.authorization_code(response, validate=False)
    assert partner.introspect_token(token) == {"active": False}


def test_another_key_cannot_use_a_partners_refresh_token(partner: OAuth2Client) -> None:
    _, token = _consent(partner)
    with pytest.raises(InvalidGrant):
        partner.refresh_token(str(token.refresh_token))
