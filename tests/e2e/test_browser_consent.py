"""A consent in a browser: a partner asks, the citizen agrees in words, sees it, and ends it with one tap."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from app.cli.callers import Caller
from tests.support.browsers import Phone, log_in
from tests.support.cities import City

pytestmark = pytest.mark.browser


def test_a_consent_is_given_in_words_and_ended_with_one_tap(
    new_phone: Callable[..., Phone], city: City, tmp_path: Path
) -> None:
    device, partner = new_phone(), Caller(city.facts, "xm-commons", tmp_path).client
    log_in(device, "xm-high")
    page, back = device.page, partner.redirect_uri
    device.context.route(f"{back}*", lambda route: route.fulfill(body="<h1>厦门共享</h1>", content_type="text/html"))
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
    page.goto(partner.push(scope="openid eligibility:xm-bike-rental", code_verifier=verifier, state=state))
    page.locator("[name=decision][value=allow]").or_(page.locator("[name=start_login]")).first.wait_for()
    device.shot("consent-asked", whole=True)
    assert "共享自行车" in page.locator("main").inner_text()
    page.locator("[name=decision][value=allow]").click()
    page.wait_for_url(f"{back}*")
    consent = partner.redeem(partner.code_from(page.url, state), verifier).consent_id
    assert consent

    page = device.view("consents", ".card h2")
    device.shot("consent-live")
    mine = page.locator(".card", has=page.get_by_role("button", name="结束授权"))
    assert "看不到分数和原因" in mine.inner_text()
    mine.get_by_role("button", name="结束授权").click()
    page.get_by_text("没有生效的授权").wait_for()
    asked = {"scenario": "xm-bike-rental", "consent_id": consent}
    answer = city.call(
        "xm-commons", "POST", "/partner/v1/eligibility-checks", json=asked, headers={"Idempotency-Key": state}
    )
    assert answer.status_code == 404, "to the partner it is as if it never was"
