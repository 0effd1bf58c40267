"""A person can be asked, in a browser: a record's life as its owner sees it, a call for review, the desk's answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.e2e.test_browser_desk import log_in as desk_log_in
from tests.e2e.test_browser_pages import assert_fits
from tests.support.browsers import Phone, log_in
from tests.support.cities import City

pytestmark = pytest.mark.browser
LOGIN = "hz-middle"


def test_a_record_tells_its_life_and_a_person_answers(new_phone: Callable[..., Phone], city: City) -> None:
    device = new_phone()
    log_in(device, LOGIN)
    page = device.view("records", "main h1")
    page.locator("main a.item-link").first.click()
    page.locator(".life [data-kind=received]").wait_for()
    assert page.locator(".life .ahead[data-kind=deleted]").count() == 1
    assert_fits(device, "record")
    device.shot("record-life", whole=True)
    page.get_by_text("请工作人员复核").click()
    page.locator("textarea").fill("这条记录的时长少算了")
    page.get_by_role("button", name="提交").click()
    page.locator(".life [data-kind=review_asked]").wait_for()
    device.shot("record-review-asked", whole=True)
    device.turn_to("reviews").locator("main a.item-link").first.click()
    page.locator("[data-status=received]").wait_for()
    waiting = city.call(LOGIN, "GET", "/citizen/v1/reviews").json()["data"][0]

    desk = new_phone()
    there = desk_log_in(desk, "hz-office")
    there.get_by_text("人工复核").first.click()
    there.locator(f"a[href='#/review/{waiting['id']}']").click()
    there.get_by_text("这条记录的时长少算了").wait_for()
    desk.shot("desk-review", whole=True)
    there.locator("[name=reason]").fill("与志愿者平台核对无误")
    there.get_by_role("button", name="答复").click()
    there.get_by_role("heading", name="人工复核").wait_for()

    page.reload()
    page.locator("[data-status=stands]").wait_for()
    assert "与志愿者平台核对无误" in page.locator("main").inner_text()
    device.shot("review-answered", whole=True)
    page.get_by_role("link", name="查看这条记录").click()
    page.locator(".life [data-kind=review_stands]").wait_for()


def test_in_english_too(new_phone: Callable[..., Phone], city: City) -> None:
    device = new_phone()
    log_in(device, LOGIN)
    device.page.get_by_role("button", name="English").first.click()
    page = device.view("records", "main h1")
    page.locator("main a.item-link").first.click()
    page.get_by_text("Deleted everywhere; only a proof is left").wait_for()
    assert_fits(device, "record in English")
    device.shot("record-life-english", whole=True)
