"""What every page and answer carries for the browser (quality.md, line 25; OWASP ASVS 5, chapter 3)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.factory import create_app
from app.web.headers import DEVICES
from app.web.kit import Kit

PAGES = (
    "/",
    "/app",
    "/counter",
    "/reports/check",
    "/problems",
    "/problems/not-found",
    "/oauth/requests/arq_none",
    "/oauth/authorize",
)
DATA = (
    "/healthz",
    "/oauth/jwks",
    "/.well-known/jwt-vc-issuer",
    "/credentials/name-card",
    "/status-lists/1",
    "/partner/v1/card-words",
    "/.well-known/openid-configuration",
    "/partner/v1/time",
    "/citizen/v1/home",
    "/nothing",
)


@pytest.mark.parametrize("path", PAGES)
def test_25_a_page_is_in_no_ones_frame_and_no_ones_window_group(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.mimetype == "text/html"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


SCANNING = {"camera=(self)"}
SHAKING = {"accelerometer=(self)", "gyroscope=(self)", "geolocation=(self)"}
NEEDED = {"/app": SCANNING | SHAKING, "/app/callback": SCANNING | SHAKING, "/counter": SCANNING}
"""What a page asks for, when one of its views needs it."""


@pytest.mark.parametrize("path", [*PAGES, "/app/callback"])
def test_25_a_page_may_ask_for_no_device_but_those_that_it_needs(client: FlaskClient, path: str) -> None:
    allowed = client.get(path).headers["Permissions-Policy"].split(", ")
    assert {feature for feature in allowed if not feature.endswith("=()")} == NEEDED.get(path, set())
    assert {feature.partition("=")[0] for feature in allowed} == set(DEVICES)


@pytest.mark.parametrize("path", [*PAGES, *DATA])
def test_25_every_answer_is_taken_for_what_it_is_and_by_this_site_only(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("path", DATA)
def test_25_data_opened_as_a_page_does_nothing(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_25_a_picture_of_the_pages_stays_a_picture(app: Flask, client: FlaskClient) -> None:
    answer = client.get(f"{app.static_url_path}/brand.svg")
    assert (answer.status_code, answer.headers["X-Content-Type-Options"]) == (200, "nosniff")
    assert "Content-Security-Policy" not in answer.headers
    answer.close()


@pytest.fixture(params=[True, False], ids=["https", "http"])
def https(request: pytest.FixtureRequest, kit: Kit) -> tuple[bool, FlaskClient]:
    """A city at an address of its own over https, and the demo over http."""
    address = "https://credit.example" if request.param else kit.settings.base_url
    app = create_app(kit=replace(kit, settings=replace(kit.settings, base_url=address)))
    return request.param, app.test_client()


def test_25_over_https_and_only_there_the_browser_shall_never_come_back_by_http(
    https: tuple[bool, FlaskClient],
) -> None:
    secure, client = https
    for path in (*PAGES[:2], *DATA):
        said = client.get(path).headers.get("Strict-Transport-Security", "")
        assert said == ("max-age=63072000; includeSubDomains" if secure else ""), path
