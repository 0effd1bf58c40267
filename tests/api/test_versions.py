"""`Xinyi-Version`: a client is pinned to the version that it was written for; a request may name another."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.domain import partner as api_versions
from app.store import oauth
from tests.support.onboarding import Merchant, merchant

NEWEST, NAME = api_versions.VERSIONS[-1], "Xinyi-Version"
ME, PIN = "/partner/v1/me", "/partner/v1/version"


@pytest.fixture
def shop(app: Flask, session: Session) -> Merchant:
    return merchant(app, session)


def test_a_new_client_is_pinned_to_the_newest_and_each_answer_says_its_version(shop: Merchant) -> None:
    answer = shop.caller().get(ME)
    assert answer.json["version"] == {"pinned": NEWEST, "known": list(api_versions.VERSIONS)}
    assert answer.headers[NAME] == NEWEST
    assert shop.caller().get("/partner/v1/time").headers[NAME] == NEWEST


def test_what_a_client_is_pinned_to_counts_where_a_request_names_none(shop: Merchant, session: Session) -> None:
    client = oauth.client(session, shop.client_id)
    assert client is not None
    client.api_version = "2026-01-01"
    session.commit()
    assert shop.caller().get(ME).headers[NAME] == "2026-01-01"
    assert shop.caller().get(ME, headers={NAME: NEWEST}).headers[NAME] == NEWEST
    assert shop.caller().put(PIN, json={"version": NEWEST}).json["pinned"] == NEWEST
    assert shop.caller().get(ME).headers[NAME] == NEWEST


@pytest.mark.parametrize("asked", ["2019-01-01", "latest", "", f"{NEWEST}, {NEWEST}", "2026-13-40", "x" * 500])
def test_an_unknown_version_is_refused_with_those_there_are(shop: Merchant, asked: str) -> None:
    answer: Any = shop.caller().get(ME, headers={NAME: asked, "Accept-Language": "en"})
    assert (answer.status_code, answer.json["code"]) == (400, "version-unknown")
    assert answer.json["errors"][0]["pointer"] == f"/{NAME}"
    assert NEWEST in answer.json["detail"]


def test_the_header_is_of_the_partner_interface_alone(app: Flask) -> None:
    answer = app.test_client().get("/health/live", headers={NAME: "2019-01-01"})
    assert (answer.status_code == 400, NAME in answer.headers) == (False, False)


def test_only_a_known_version_is_pinned(shop: Merchant) -> None:
    answer = shop.caller().put(PIN, json={"version": "2019-01-01"})
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/version")
