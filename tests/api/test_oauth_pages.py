"""The login pages: legible on a phone, in two languages, in no one's frame, with no script and no cache."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from app.factory import create_app
from tests.support.identity import build_city
from tests.support.oauth import authorize_url, browser, log_in, par, redeem


@pytest.fixture
def pages(city) -> dict[str, tuple[str, dict[str, str]]]:
    """Each page's HTML and headers."""
    found: dict[str, tuple[str, dict[str, str]]] = {}
    client, partner = city.client(), city.partner()
    urls = {
        "login": browser(client).get(authorize_url(client, par(client))).url,
        "trouble": city.base_url + "/oauth/authorize",
        "over": city.base_url + "/oauth/requests/arq_none",
    }
    for name, url in urls.items():
        answer = client.http.get(url)
        found[name] = (answer.text, dict(answer.headers))
    answer = partner.http.get(log_in(partner).url.replace("/callback", "/"))
    found["consent"] = (answer.text, dict(answer.headers))
    return found


def test_25_pages_are_not_cached_framed_sniffed_or_scripted(pages):
    for name, (html, headers) in pages.items():
        policy = headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store", name
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert not re.search(r"<script|style=|\son\w+=|javascript:", html), name


def test_25_forms_lead_to_us_the_platform_and_the_partner_only(city, pages):
    policies = {name: headers["Content-Security-Policy"] for name, (_, headers) in pages.items()}
    sources = {name: policy.split("form-action ")[1] for name, policy in policies.items()}
    platform = city.kit.settings.upstream_issuer
    assert sources["login"].startswith(f"'self' {platform};")
    assert sources["consent"].startswith(f"'self' {platform} https://shop.example;")
    assert sources["trouble"].startswith("'self';")


def test_pages_are_for_a_phone_and_say_their_language(pages):
    for html, headers in pages.values():
        assert 'name="viewport" content="width=device-width' in html
        assert '<html lang="zh-CN">' in html
        assert headers["Content-Language"] == "zh-CN"


@pytest.mark.parametrize(("accepted", "words"), [("en-GB,en", "Log in with your real name"), ("zh", "实名登录")])
def test_the_login_page_speaks_the_browsers_language(city, accepted, words):
    client = city.client()
    client.http.headers["Accept-Language"] = accepted
    assert words in browser(client).get(authorize_url(client, par(client))).html


def test_25_tokens_are_not_cached(city):
    client = city.client()
    pushed = par(client)
    assert pushed.headers["Cache-Control"] == "no-store"
    partner = city.partner()
    partner.client_credentials("partner")
    assert redeem(client, "x").headers["Cache-Control"] == "no-store"


def test_25_the_demos_cookie_is_for_this_site_and_no_script(city):
    client = city.client()
    answer = client.http.get(authorize_url(client, par(client)), allow_redirects=False)
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("xinyi_login=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


def test_25_over_https_the_cookie_is_secure_and_of_this_host(settings, kit, session, tmp_path):
    secure = replace(settings, base_url="https://credit.example")
    app = create_app(kit=replace(kit, settings=secure))
    client = build_city(app, session, tmp_path).client()
    answer = client.http.get(authorize_url(client, par(client)), allow_redirects=False)
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-xinyi_login=")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert "max-age=63072000" in answer.headers["Strict-Transport-Security"]


def test_metadata_says_what_the_server_does(city):
    client = city.client()
    documents = [
        client.http.get(f"{city.base_url}/.well-known/{name}").json()
        for name in ("openid-configuration", "oauth-authorization-server")
    ]
    assert documents[0] == documents[1]
    told = documents[0]
    assert told["issuer"] == city.base_url
    assert told["require_pushed_authorization_requests"] is True
    assert told["authorization_response_iss_parameter_supported"] is True
    assert told["code_challenge_methods_supported"] == ["S256"]
    signing = ["ES256", "PS256", "EdDSA", "Ed25519"]
    for name in ("token_endpoint", "revocation_endpoint", "introspection_endpoint"):
        assert told[f"{name}_auth_signing_alg_values_supported"] == signing
        assert told[name].startswith(city.base_url)
    assert told["dpop_signing_alg_values_supported"] == signing
    assert told["token_endpoint_auth_methods_supported"] == ["private_key_jwt", "none"]
    assert told["introspection_endpoint_auth_methods_supported"] == ["private_key_jwt"]
    assert {"urn:xinyi:al1", "urn:xinyi:al2", "urn:xinyi:al3"} < set(told["acr_values_supported"])
    assert told["subject_types_supported"] == ["pairwise"]
    assert told["pushed_authorization_request_endpoint"] == city.base_url + "/oauth/par"
    for key in client.http.get(told["jwks_uri"]).json()["keys"]:
        assert (key["alg"], key["use"], "d" in key) == ("ES256", "sig", False)


def test_what_is_public_may_be_kept_for_five_minutes(city):
    for path in ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/oauth/jwks"):
        answer = city.http().get(city.base_url + path)
        assert answer.headers["Cache-Control"] == "public, max-age=300"
        assert answer.headers["Content-Type"] == "application/json"
        assert "Pragma" not in answer.headers


@pytest.mark.parametrize("path", ["arq_none", "arq_" + "0" * 32, "x" * 3000, "%FF"])
def test_an_unknown_request_is_a_page_not_a_failure(city, path):
    http = city.client().http
    for method, rest in (("GET", ""), ("POST", "/login"), ("POST", "/decision")):
        answer = http.request(method, f"{city.base_url}/oauth/requests/{path}{rest}")
        assert (answer.status_code, answer.headers["Content-Type"]) == (400, "text/html; charset=utf-8")


@pytest.mark.parametrize("query", ["client_id=%00&request_uri=%00", "client_id=%FF", "request_uri=" + "x" * 5000, "a"])
def test_a_strange_authorize_request_is_a_page_not_a_failure(city, query):
    answer = city.client().http.get(f"{city.base_url}/oauth/authorize?{query}")
    assert (answer.status_code, "这个登录链接不能用" in answer.text) == (400, True)
