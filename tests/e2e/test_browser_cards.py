"""Journey 4 in two browsers: cards with ticked fields change hands by a code; one of them works without a network."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Locator, Page, expect

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
    code = _shows_a_code(one)
    held = _exchanges(other, code)
    one.page.get_by_role("heading", name="收到的名片").wait_for(timeout=20_000)
    assert one.page.locator(".name-card .name").first.inner_text() == "吴*", "seen at once, without a look elsewhere"
    one.shot("journey-4-got", whole=True)

    there = other.view("exchange/enter", ".giving .name-card")
    there.fill(".input-code", code)
    there.locator("form button[type=submit]").click()
    expect(there.get_by_role("alert")).to_contain_text("此码已过期或已使用")
    other.shot("journey-4-over")

    _keeps_it_with_a_note(one)
    _shows_it_no_longer(one)
    gone = other.view(f"held/{held}", ".empty")
    expect(gone.locator("main")).to_contain_text("对方已不再展示")
    assert not gone.locator(".name-card").count()
    other.shot("journey-4-dead")
    gone.get_by_role("button", name="收回交换").click()
    gone.wait_for_url("**#/cards")
    assert "吴*" not in one.view("cards").locator("main").inner_text(), "it is gone on both sides"


def _shows_a_code(device: Phone) -> str:
    """The person ticks their city for this once, sees what will be seen, and shows the code that carries it."""
    page = device.view("exchange", ".giving .name-card")
    assert "厦门" not in page.locator(".name-card").inner_text()
    page.locator(".giving summary").click()
    page.locator("[name=fields][value=city]").check()
    expect(page.locator(".name-card")).to_contain_text("厦门")
    device.shot("journey-4-giving", whole=True)
    page.locator(".giving summary").click()
    page.get_by_role("button", name="出示交换码").click()
    code = page.locator("[data-code]")
    code.wait_for()
    device.shot("journey-4-code", whole=True)
    return str(code.get_attribute("data-code"))


def _exchanges(device: Phone, code: str) -> str:
    """The other person enters it and gives what they tick, for a day; the id of the card that they got."""
    page = device.view("exchange/enter", ".giving .name-card")
    page.fill(".input-code", code)
    page.get_by_label("对方可保留").select_option("day")
    device.shot("journey-4-enter", whole=True)
    page.locator("form button[type=submit]").click()
    page.get_by_role("heading", name="收到的名片").wait_for()
    device.shot("journey-4-received", whole=True)
    assert "厦门" in page.locator(".name-card").first.inner_text()
    assert "厦门" not in page.locator(".name-card").last.inner_text()
    return str(page.get_by_role("link", name="在名片夹中查看").get_attribute("href")).rpartition("/")[2]


def _keeps_it_with_a_note(device: Phone) -> None:
    page = device.view("cards", ".list .item-link")
    _first(page).click()
    page.get_by_label("备注", exact=True).fill("茶博会上认识")
    page.get_by_role("button", name="保存备注").click()
    page.locator(".notice-calm").wait_for()
    device.shot("journey-4-held", whole=True)
    page = device.turn_to("cards")
    page.get_by_label("查找姓名、机构或备注").fill("茶博会")
    page.keyboard.press("Enter")
    expect(page.locator(".list .item-link")).to_have_count(1)
    expect(_first(page)).to_contain_text("茶博会上认识")
    device.shot("journey-4-holder", whole=True)
    page.get_by_label("筛选").select_option("source:shake")
    page.locator(".empty").wait_for()


def _shows_it_no_longer(device: Phone) -> None:
    page = device.turn_to("cards/given")
    device.shot("journey-4-given", whole=True)
    _first(page).click()
    page.locator(".giving .name-card").wait_for()
    device.shot("journey-4-gift", whole=True)
    page.get_by_role("button", name="不再展示").click()
    page.get_by_text("内容已删除").wait_for()


def _first(page: Page) -> Locator:
    return page.locator(".list .item-link").first


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
