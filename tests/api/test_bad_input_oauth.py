"""Bad input to OAuth's own endpoints: an error of RFC 6749, or a page that stays with us; never a 5xx."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.support import ledger

FORMS = ("/oauth/par", "/oauth/token", "/oauth/revoke", "/oauth/introspect")
FORM = "application/x-www-form-urlencoded"
ERRORS = {"invalid_request", "invalid_client", "unsupported_grant_type", "invalid_dpop_proof", "invalid_grant"}
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
BODIES: dict[str, tuple[Any, str]] = {
    "nothing": ("", FORM),
    "json": (json.dumps({"grant_type": "client_credentials"}), "application/json"),
    "text": ("grant_type=client_credentials", "text/plain"),
    "unknown client": ("grant_type=client_credentials&client_id=nobody", FORM),
    "NUL": ("grant_type=a%00b&client_id=%00", FORM),
    "not UTF-8": (b"\xff=\xff&grant_type=%ff&client_id=%ff", FORM),
    "twice": ("grant_type=client_credentials&grant_type=authorization_code&client_id=xinyi-app", FORM),
    "long": (f"grant_type=client_credentials&client_id={'x' * 50_000}", FORM),
    "many": ("&".join(f"p{number}=1" for number in range(3000)), FORM),
    "emoji": ("grant_type=%F0%9F%9A%92&client_id=%E4%BD%A0", FORM),
    "unknown grant": ("grant_type=password&client_id=xinyi-app&username=a&password=b", FORM),
    "garbage assertion": (f"client_id=xinyi-app&client_assertion_type={ASSERTION}&client_assertion=x.y.z", FORM),
    "long assertion": (f"client_id=a&client_assertion_type={ASSERTION}&client_assertion={'x' * 20_000}", FORM),
    "another assertion type": ("client_id=xinyi-app&client_assertion_type=x&client_assertion=y", FORM),
    "null token": ("client_id=xinyi-app&token=%00&token_type_hint=%00", FORM),
    "file": (b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--b--', "multipart/form-data; boundary=b"),
}  # fmt: skip


@pytest.mark.parametrize("what", BODIES)
@pytest.mark.parametrize("path", FORMS)
def test_a_bad_form_is_an_oauth_error_and_changes_nothing(
    client: FlaskClient, session: Session, path: str, what: str
) -> None:
    before = ledger.rows(session)
    body, media = BODIES[what]
    answer = client.post(path, data=body, content_type=media, headers={"DPoP": "x.y.z"})
    assert answer.status_code in (400, 401), answer.get_data(as_text=True)[:200]
    assert answer.mimetype == "application/json"
    assert answer.json["error"] in ERRORS
    assert "no-store" in answer.headers["Cache-Control"]
    assert ledger.rows(session) == before


@pytest.mark.parametrize("path", FORMS)
def test_an_oversized_form_is_refused_unread(client: FlaskClient, path: str) -> None:
    answer = client.post(path, data="a=" + "x" * 2_000_000, content_type=FORM)
    assert answer.status_code == 413


@pytest.mark.parametrize("path", FORMS)
def test_credentials_in_a_url_are_not_read(client: FlaskClient, path: str) -> None:
    """Else they would stand in the logs of every machine on the way."""
    answer = client.post(f"{path}?client_id=xinyi-app&grant_type=client_credentials&token=x")
    assert answer.status_code == 400
    assert answer.json["error"] == "invalid_request"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "client_id=nobody",
        "client_id=%00&request_uri=%00",
        "client_id=xinyi-app&client_id=xinyi-app&request_uri=a",
        "client_id=xinyi-app&response_type=code&redirect_uri=https://evil.example/&code_challenge=x",
        "client_id=xinyi-app&request_uri=urn:ietf:params:oauth:request_uri:nothing",
        "client_id=xinyi-app&request_uri=https://evil.example/request.jwt",
        "client_id=xinyi-app&request=eyJhbGciOiJub25lIn0.e30.",
        "client_id=" + "x" * 20_000,
        "client_id=%FF&request_uri=%F0%9F%9A%92",
    ],
)
def test_an_authorization_that_was_not_pushed_stays_on_our_page(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/oauth/authorize?{query}")
    assert (answer.status_code, answer.mimetype) == (400, "text/html")
    assert "Location" not in answer.headers


@pytest.mark.parametrize("path", ["/oauth/requests/nobody", "/oauth/requests/%00", "/oauth/requests/" + "x" * 10_000])
@pytest.mark.parametrize("step", ["", "/login", "/decision"])
def test_a_login_that_nobody_began_leads_nowhere(client: FlaskClient, path: str, step: str) -> None:
    answer = client.post(path + step, data={"decision": "allow", "start_login": "1"}) if step else client.get(path)
    assert 400 <= answer.status_code < 500
    assert "Location" not in answer.headers


@pytest.mark.parametrize(
    "query", ["", "state=x&code=y", "state=%00&code=%FF", "error=x&state=" + "y" * 9000, "state=a&state=b"]
)
def test_a_callback_that_nobody_waits_for_leads_nowhere(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/oauth/login/callback?{query}")
    assert 400 <= answer.status_code < 500
    assert "Location" not in answer.headers
