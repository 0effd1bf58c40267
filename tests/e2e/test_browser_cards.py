"""Journey 4 in two browsers: cards with ticked fields change hands by a code; one of them works without a network."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import zxingcpp
from PIL import Image

from app.services import card_tokens
from tests.support.browsers import Phone, log_in, screenshot_path
from tests.support.cities import City

pytestmark = pytest.mark.browser
PLAIN = {"name_kind": "masked", "fields": ["verified"]}


def test_journey_4_two_people_exchange_cards(new_phone: Callable[..., Phone], city: City) -> None:
    for login in ("xm-card-a", "xm-card-b"):
        assert city.call(login, "PUT", "/citizen/v1/name-card", json={"show": PLAIN}).ok
    one, other = new_phone(), new_phone()
    log_in(one, "xm-card-a")
    log_in(other, "xm-card-b")
    _tick(one, "city")
    page = one.view("exchange", "[data-code]")
    one.shot("journey-4-code")
    code = page.locator("[data-code]").get_attribute("data-code")

    there = other.view("exchange/enter", ".input-code")
    there.fill(".input-code", str(code))
    there.locator("form button[type=submit]").click()
    there.get_by_role("heading", name="收到的名片").wait_for()
    other.shot("journey-4-received", whole=True)
    assert "厦门" in there.locator(".name-card").first.inner_text()
    page.get_by_text("对方已与您交换名片").wait_for(timeout=20_000)

    held = one.view("cards", ".name-card")
    one.shot("journey-4-holder")
    assert held.locator(".name-card .name").first.inner_text() == "吴*"
    before = held.locator(".name-card").count()
    held.get_by_role("button", name="收回交换").first.click()
    held.wait_for_function("(before) => document.querySelectorAll('.name-card').length < before", arg=before)
    there = other.view("cards")
    assert there.locator(".name-card").count() == before - 1, "it is gone on both sides"


def _tick(device: Phone, field: str) -> None:
    page = device.view("card", ".name-card")
    before = page.locator(".name-card").inner_text()
    page.locator(f"[name={field}]").check()
    page.wait_for_function("(before) => document.querySelector('.name-card').innerText !== before", arg=before)
    device.shot("journey-4-card", whole=True)


def test_an_offline_card_verifies_from_the_screen_with_the_published_key(new_phone: Callable[..., Phone]) -> None:
    device = new_phone()
    log_in(device, "xm-card-a")
    page = device.view("offline", "form")
    page.locator("form button[type=submit]").click()
    picture = page.locator(".code-picture-large")
    picture.wait_for()
    page.wait_for_timeout(300)
    device.shot("journey-4-offline")
    picture.screenshot(path=screenshot_path("offline-card"))
    [read] = zxingcpp.read_barcodes(Image.open(screenshot_path("offline-card")))
    keys = page.request.get(device.city.base_url + "/oauth/jwks").json()
    verified = card_tokens.verify(read.text, keys, datetime.now(UTC))
    assert verified.face.name == "郑*"
