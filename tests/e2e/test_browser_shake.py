"""A card handed out by shake, between phones in one room: with their sensors, their places, and both people's yes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Geolocation, Page

from tests.support.browsers import Phone, log_in
from tests.support.cities import City
from tests.support.sensing import Sample, shaken, walked
from tests.support.shaking import HERE, north_of

pytestmark = pytest.mark.browser

MOVE = """(samples) => {
  for (const sample of samples) {
    const event = new DeviceMotionEvent('devicemotion', sample);
    Object.defineProperty(event, 'timeStamp', { value: sample.at });
    dispatchEvent(event);
  }
}"""


def standing(metres: float) -> Geolocation:
    """Where a phone is that stands so many metres from HERE."""
    latitude, longitude = north_of(HERE, metres)
    return {"latitude": latitude, "longitude": longitude, "accuracy": 12}


def move(page: Page, samples: list[Sample]) -> None:
    """Let the phone's sensor say this, all at once: each event has the time at which it was read."""
    page.evaluate(MOVE, samples)


def test_a_card_is_handed_out_by_shake(new_phone: Callable[..., Phone], city: City) -> None:
    plain = {"name_kind": "masked", "fields": ["verified", "city"]}
    assert city.call("xm-card-a", "PUT", "/citizen/v1/name-card", json={"show": plain}).ok
    giver = new_phone(geolocation=standing(0), permissions=["geolocation", "accelerometer", "gyroscope"])
    taker = new_phone()
    log_in(giver, "xm-card-a")
    log_in(taker, "xm-card-b")

    page = giver.view("shake/give", "[name=nickname]")
    page.fill("[name=nickname]", "陈老师")
    elsewhere = {"show": {"name_kind": "full", "fields": ["verified", "city", "grade"]}}
    assert city.call("xm-card-a", "PUT", "/citizen/v1/name-card", json=elsewhere).ok, "this page shows what was before"
    page.get_by_role("button", name="摇一摇开始").click()
    page.get_by_role("alert").get_by_text("请先勾选").wait_for()
    page.locator("[name=agreed]").check()
    giver.shot("shake-opening", whole=True)
    page.get_by_role("button", name="摇一摇开始").click()
    page.get_by_text("请握紧手机").wait_for()
    move(page, walked(10))
    assert page.locator(".shake-number").count() == 0, "walking begins nothing"

    there = taker.view("shake/receive", "[name=nickname]")
    there.fill("[name=nickname]", "小吴")
    there.locator("[name=agreed]").check()
    there.get_by_role("button", name="不摇，直接开始").click()
    there.get_by_text("没有取得位置").wait_for()
    taker.shot("shake-nowhere", whole=True)
    taker.context.grant_permissions(["geolocation"])
    taker.context.set_geolocation(standing(20))

    move(page, [{**one, "at": one["at"] + 60_000} for one in shaken(4)])
    page.locator(".shake-number").wait_for()
    number = page.locator(".shake-number").inner_text()
    there.get_by_role("button", name="不摇，直接开始").click()
    there.get_by_role("button", name=f"收 {number} 的").click()
    there.get_by_text("等对方确认").wait_for()
    taker.shot("shake-asked", whole=True)
    own = there.locator(".shake-number").inner_text()
    assert "陈老师" in there.locator("main").inner_text()
    assert "厦门" not in there.locator("main").inner_text(), "a nickname and a number, and nothing more"

    page.get_by_role("button", name=f"发给 {own}").wait_for()
    giver.shot("shake-wanted", whole=True)
    page.get_by_role("button", name=f"发给 {own}").click()
    page.get_by_text("已发出 1 张").wait_for()
    there.get_by_role("heading", name="收到的名片").wait_for()
    taker.shot("shake-got", whole=True)
    assert "郑*" in there.locator(".name-card").inner_text()
    page.get_by_role("button", name="停止").click()
    page.get_by_text("位置已删除").wait_for()
    giver.shot("shake-over", whole=True)
