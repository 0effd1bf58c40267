"""Logging in and agreeing, end to end, through the sandbox platform's own form."""

from __future__ import annotations

import pytest


def test_a_citizen_logs_in_with_a_real_name_and_calls_the_api(city):
    client = city.citizen()
    assert client.tokens.claims["acr"] == "urn:xinyi:al2"
    answer = client.request("GET", "/oauth/userinfo").json()
    assert answer == {"sub": client.tokens.sub, "name": "林小满", "city": "xiamen", "assurance_level": "al2"}


def test_a_partner_gets_a_token_of_its_own(city):
    tokens = city.partner().client_credentials("partner eligibility")
    assert (tokens.scope, tokens.refresh_token) == ("partner eligibility", None)


def test_a_consent_is_a_grant(city):
    partner = city.partner()
    tokens = partner.login_citizen("lin", "demo-lin", "openid eligibility:xm-bike-rental", term_days=180)
    assert tokens.consent_id.startswith("cns_")
    assert tokens.sub.startswith("ctz_")
    assert partner.request("GET", "/oauth/userinfo").json() == {"sub": tokens.sub}


def test_an_operator_logs_in_with_a_real_name_and_a_citizen_may_not(city):
    assert "operator" in city.operator().tokens.scope
    with pytest.raises(Exception, match="access_denied"):
        city.desk().login_citizen("lin", "demo-lin", "openid operator")
