"""The sandbox real-name platform is a real OpenID provider, for development only."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import KeySet

from auth.sandbox_idp import create_idp
from auth.sandbox_idp.accounts import AccountsError
from auth.sandbox_idp.app import SandboxRefused
from tests.support.people import id_number

ISSUER = "http://127.0.0.1:8001"
CALLBACK = "http://127.0.0.1:8000/oauth/login/callback"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
REQUEST = {
    "response_type": "code",
    "client_id": "xinyi",
    "redirect_uri": CALLBACK,
    "scope": "openid realname",
    "state": "s-1",
    "nonce": "n-1",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
PERSON = {
    "login": "lin",
    "password": "demo-lin",
    "name": "林小满",
    "id_number": "990000209901010018",
    "city": "xiamen",
    "assurance_level": "al2",
}
OPTIONS = {"client_id": "xinyi", "client_secret": "s3cret", "redirect_uris": (CALLBACK,)}


@pytest.fixture
def accounts(tmp_path: Path) -> Path:
    path = tmp_path / "accounts.ndjson"
    path.write_text(json.dumps(PERSON, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def browser(accounts: Path) -> FlaskClient:
    return create_idp(accounts, ISSUER, **OPTIONS).test_client()


def authorize_url(**changes: str) -> str:
    return "/authorize?" + urlencode({**REQUEST, **changes})


def csrf_of(page: str) -> str:
    return page.split('name="csrf" value="')[1].split('"')[0]


def log_in(browser: FlaskClient, url: str, **form: str):
    csrf = csrf_of(browser.get(url, base_url=ISSUER).text)
    form = {"login": "lin", "password": "demo-lin", "csrf": csrf, **form}
    return browser.post(url, data=form, base_url=ISSUER)


def answer_of(response) -> dict[str, str]:
    assert response.status_code == 302, response.text
    return {key: values[0] for key, values in parse_qs(urlsplit(response.location).query).items()}


def redeem(browser: FlaskClient, code: str, verifier: str = VERIFIER):
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": verifier}
    return browser.post("/token", data=form, auth=("xinyi", "s3cret"), base_url=ISSUER)


def test_a_login_gives_an_id_token_without_personal_data_and_a_userinfo_with_the_real_name(browser):
    answer = answer_of(log_in(browser, authorize_url()))
    assert (answer["state"], answer["iss"]) == ("s-1", ISSUER)
    tokens = redeem(browser, answer["code"]).get_json()
    keys = KeySet.import_key_set(browser.get("/jwks", base_url=ISSUER).get_json())
    claims = jwt.decode(tokens["id_token"], keys, algorithms=["ES256"]).claims
    assert (claims["iss"], claims["aud"], claims["nonce"], claims["acr"]) == (ISSUER, "xinyi", "n-1", "al2")
    assert not {"name", "id_number", "city"} & set(claims)
    assert "at_hash" in claims
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    person = browser.get("/userinfo", headers=bearer, base_url=ISSUER).get_json()
    wanted = {key: PERSON[key] for key in ("name", "id_number", "city", "assurance_level")}
    assert person == {"sub": claims["sub"], **wanted}


@pytest.mark.parametrize(("born", "adult"), [("20990101", False), ("19900101", True)])
def test_a_person_who_gives_results_only_is_someone_and_tells_neither_name_nor_number(accounts, born, adult):
    person = {**PERSON, "id_number": id_number(1, born), "result_only": True}
    accounts.write_text(json.dumps(person) + "\n", encoding="utf-8")
    browser = create_idp(accounts, ISSUER, **OPTIONS).test_client()
    tokens = redeem(browser, answer_of(log_in(browser, authorize_url()))["code"]).get_json()
    bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
    told = browser.get("/userinfo", headers=bearer, base_url=ISSUER).get_json()
    assert told.keys() == {"sub", "network_id", "age_over_18", "city", "assurance_level"}
    assert told["age_over_18"] is adult


def test_a_code_works_once_and_only_with_its_verifier(browser):
    code = answer_of(log_in(browser, authorize_url()))["code"]
    assert redeem(browser, code, "w" * 43).get_json()["error"] == "invalid_grant"
    assert redeem(browser, code).get_json()["error"] == "invalid_grant"


@pytest.mark.parametrize("change", [{"code_challenge_method": "plain"}, {"code_challenge": ""}, {"nonce": ""}])
def test_pkce_and_nonce_are_required(browser, change):
    answer = answer_of(browser.get(authorize_url(**change), base_url=ISSUER))
    assert (answer["error"], answer["iss"]) == ("invalid_request", ISSUER)


@pytest.mark.parametrize("uri", [CALLBACK + "/", CALLBACK + "?a=1", CALLBACK.replace("8000", "8002")])
def test_an_unregistered_redirect_uri_is_refused_without_a_redirect(browser, uri):
    assert browser.get(authorize_url(redirect_uri=uri), base_url=ISSUER).status_code == 400


def test_a_wrong_password_stays_on_the_page(browser):
    response = log_in(browser, authorize_url(), password="no")
    assert (response.status_code, "账号或密码不对" in response.text) == (401, True)


def test_a_login_form_from_elsewhere_is_refused(browser):
    assert log_in(browser, authorize_url(), csrf="guess").status_code == 400


def test_the_page_speaks_english_and_loads_nothing_foreign(browser):
    response = browser.get(authorize_url(ui_locales="en"), base_url=ISSUER)
    assert "Real-name platform (sandbox)" in response.text
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "http" not in response.text.replace("https", "http").split("<body>")[1]


def test_production_refuses_the_sandbox(accounts):
    with pytest.raises(SandboxRefused):
        create_idp(accounts, ISSUER, mode="production", **OPTIONS)


def test_a_broken_accounts_file_names_the_line(accounts):
    accounts.write_text(accounts.read_text(encoding="utf-8") + '{"login": "x"}\n', encoding="utf-8")
    with pytest.raises(AccountsError, match="line 2"):
        create_idp(accounts, ISSUER, **OPTIONS)


def test_a_restart_keeps_the_signing_key(accounts):
    first, second = (create_idp(accounts, ISSUER, **OPTIONS).test_client() for _ in range(2))
    assert first.get("/jwks").get_json() == second.get("/jwks").get_json()
