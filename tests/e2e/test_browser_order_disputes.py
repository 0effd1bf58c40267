"""In a browser: caps agreed beforehand, an order that starts by them, its dispute in plain words, and its end."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.cli.callers import Caller
from tests.support.browsers import Phone, log_in
from tests.support.cities import City

pytestmark = pytest.mark.browser
SHOP, STORE = "xm-commons", "xm-store-later"


def asked(city: City, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = city.call(
        SHOP, "POST", f"/partner/v1/{path}", json=body, headers={"Idempotency-Key": secrets.token_hex(8)}
    )
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json())


def agreed(device: Phone, partner: Any) -> str:
    """The consent that the citizen gives on its page, with lower caps."""
    page, back = device.page, partner.redirect_uri
    device.context.route(f"{back}*", lambda route: route.fulfill(body="<h1>商户</h1>", content_type="text/html"))
    verifier, state = secrets.token_urlsafe(48), secrets.token_urlsafe(16)
    page.goto(partner.push(scope=f"openid orders:{STORE}", code_verifier=verifier, state=state))
    page.locator("[name=per_order_yuan]").wait_for()
    page.fill("[name=per_order_yuan]", "30")
    device.shot("standing-asked", whole=True)
    page.locator("[name=decision][value=allow]").click()
    page.wait_for_url(f"{back}*")
    return str(partner.redeem(partner.code_from(page.url, state), verifier).consent_id)


def test_an_order_starts_by_what_was_agreed_and_is_disputed_in_words(
    new_phone: Callable[..., Phone], city: City, tmp_path: Path
) -> None:
    device = new_phone()
    log_in(device, "xm-high")
    consent = agreed(device, Caller(city.facts, SHOP, tmp_path).client)
    page = device.view("consents", ".card h2")
    assert "每笔最多" in page.locator(".card").first.inner_text()
    device.shot("standing-live")
    end = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    wish = {"scenario": STORE, "title": "便利店", "amount": 2_000, "service_end_by": end, "consent_id": consent}
    number = secrets.token_hex(6)
    order = asked(city, "orders", wish | {"external_order_no": number, "confirmation": "standing"})
    assert order["status"] == "active"
    bill = {"total": 1_500, "items": [{"name": "商品", "amount": 1_500}]}
    asked(city, f"orders/{order['id']}/complete", bill)

    page = device.view(f"order/{order['id']}", "main h1")
    page.get_by_text("对这笔订单提出异议").click()
    page.locator("textarea").fill("多算了一件")
    assert "看不到您的姓名" in page.locator("main").inner_text()
    device.shot("dispute-asked", whole=True)
    page.get_by_role("button", name="提交异议").click()
    page.locator("[data-dispute=open]").wait_for()
    page = device.view(f"order/{order['id']}", "[data-action=pay]")
    page.locator(".lead-row").get_by_text("有异议").wait_for()
    assert "请在" not in page.locator("main").inner_text(), "no day to pay by while it is disputed"
    waits = city.call(SHOP, "GET", f"/partner/v1/disputes?order_id={order['id']}").json()["data"][0]
    asked(city, f"disputes/{waits['id']}/responses", {"text": "收银记录有三件"})
    page = device.view(f"order_disputes/{order['id']}", "[data-dispute=answered]")
    assert "收银记录有三件" in page.locator("main").inner_text()
    device.shot("dispute-answered", whole=True)
    asked(city, f"disputes/{waits['id']}/accept", {"amount": 1_000, "text": "少算一件"})
    page = device.view(f"order_disputes/{order['id']}", "[data-dispute=resolved]")
    assert "少算一件" in page.locator("main").inner_text()
    device.view(f"order/{order['id']}", "[data-action=pay]").locator("[data-action=pay]").click()
    page.locator("[data-record=pending_objection]").wait_for()
    device.shot("promise-pending", whole=True)
    page.get_by_role("button", name="不记入").click()
    page.locator("[data-record=withdrawn]").wait_for()
    page = device.view("promises", "[name=collect]")
    device.shot("promises", whole=True)
    page.locator("[name=collect]").uncheck()
    page.wait_for_function("() => !document.querySelector('[name=collect]')?.checked")
    assert not device.faults
