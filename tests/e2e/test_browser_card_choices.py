"""A card is put together on a phone: a preset, tick by tick, a picture on one's own word; the preview is the card."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.support.browsers import Phone, log_in
from tests.support.cities import City

pytestmark = pytest.mark.browser
LOGIN = "xm-high"
CARD = "/citizen/v1/name-card"
PLAIN = {"name_kind": "masked", "fields": ["verified"]}


def test_a_card_is_chosen_tick_by_tick(new_phone: Callable[..., Phone], city: City) -> None:
    assert city.call(LOGIN, "PUT", CARD, json={"show": PLAIN}).ok
    assert city.call(LOGIN, "DELETE", f"{CARD}/avatar").status_code == 204
    device = new_phone()
    log_in(device, LOGIN)
    page = device.view("ticks", ".name-card")
    _takes_a_preset(page)
    _ticks_the_score_and_is_warned(page)
    device.shot("card-ticks", whole=True)
    _keeps_the_ticks_under_a_name(page, city)
    _adds_a_picture(device)
    shown = city.call(LOGIN, "GET", CARD).json()["preview"]
    page = device.view("card", ".name-card")
    assert page.locator(".name-card .portrait").get_attribute("src") == shown["avatar"]
    assert shown["display_name"] in page.locator(".name-card").inner_text()
    device.shot("card", whole=True)
    _deletes_the_picture(device, city)


def _takes_a_preset(page: Page) -> None:
    chip = page.get_by_role("button", name="信用", exact=True)
    chip.click()
    expect(chip).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".name-card")).to_contain_text("白鹭分")
    expect(page.locator("[name=fields][value=grade]")).to_be_checked()


def _ticks_the_score_and_is_warned(page: Page) -> None:
    page.locator("[name=fields][value=score]").check()
    expect(page.locator(".notice").first).to_contain_text("您将出示确切分数")
    page.locator("[name=fields][value=score]").uncheck()
    expect(page.locator(".name-card")).not_to_contain_text(re.compile(r"\d 分"))


def _keeps_the_ticks_under_a_name(page: Page, city: City) -> None:
    page.fill("[name=preset]", "茶会")
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("button", name="茶会", exact=True)).to_be_visible()
    page.get_by_role("button", name="删除预设“茶会”").click()
    expect(page.get_by_role("button", name="茶会", exact=True)).to_have_count(0)
    assert len(city.call(LOGIN, "GET", f"{CARD}/presets").json()["data"]) == 4


def _adds_a_picture(device: Phone) -> None:
    page = device.view("avatar")
    choose = page.get_by_role("button", name="选择照片")
    expect(choose).to_be_disabled()
    page.locator("[name=agreed]").check()
    page.set_input_files("[type=file]", files=[_file(b"no picture at all")])
    expect(page.get_by_role("alert")).to_contain_text("打不开")
    page.set_input_files("[type=file]", files=[_file(_portrait())])
    page.locator(".portrait").wait_for()
    device.shot("card-avatar", whole=True)
    page = device.view("ticks", ".name-card")
    page.locator("[name=fields][value=avatar]").check()
    page.locator(".name-card .portrait").wait_for()


def _deletes_the_picture(device: Phone, city: City) -> None:
    page = device.view("avatar", ".portrait")
    page.get_by_role("button", name="删除头像").click()
    expect(page.locator(".portrait")).to_have_count(0)
    assert "avatar" not in city.call(LOGIN, "GET", CARD).json()["preview"]


def _file(content: bytes) -> Any:
    return {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": content}


def _portrait() -> bytes:
    out = BytesIO()
    Image.linear_gradient("L").resize((900, 1200)).convert("RGB").save(out, "JPEG")
    return out.getvalue()
