"""Journey 1 in a browser: log in, join, understand every point, choose the ordinary way, see who looked, leave."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from app.domain.wording import HARSH
from tests.support.browsers import Phone, log_in
from tests.support.cities import City

pytestmark = pytest.mark.browser
WORKER_SECONDS = 30


def wait_for_score(device: Phone) -> Page:
    """The first screen once the worker has asked the departments and calculated."""
    for _ in range(WORKER_SECONDS):
        page = device.view("home", ".hero h1")
        if page.locator(".points").count() and page.locator(".part-row").first.is_visible():
            return page
        page.wait_for_timeout(1000)
    raise AssertionError("no score came")


def test_journey_1_join_understand_and_leave(new_phone: Callable[..., Phone], city: City) -> None:
    city.call("xm-guest", "DELETE", "/citizen/v1/enrolment")
    device = new_phone()
    log_in(device, "xm-guest")
    device.shot("journey-1-guest")
    _join(device)
    _understand(device)
    _choose_the_ordinary_way(device)
    _see_who_looked(device)
    _leave(device)


def _join(device: Phone) -> None:
    page = device.page
    page.get_by_role("link", name="了解并开通").click()
    page.wait_for_selector(".notice-text")
    agree, go = page.locator("#join-agreed"), page.get_by_role("button", name="开通", exact=True)
    assert "告知书版本" in page.locator("main").inner_text()
    assert go.is_disabled(), "nothing happens before the notice is agreed to"
    device.shot("journey-1-join", whole=True)
    agree.check()
    go.click()
    page.wait_for_selector(".hero .standing")


def _understand(device: Phone) -> None:
    page = wait_for_score(device)
    page.wait_for_selector(".sum-line")
    device.shot("journey-1-home")
    base, *parts, score = (
        float(text.replace("−", "-").replace("+", "")) for text in page.locator(".sum-line strong").all_inner_texts()
    )
    assert base + sum(parts) == pytest.approx(score), "the picture adds up to the score"
    assert page.locator(".points").inner_text() == f"{score:.0f}"

    page.locator(".part-row").first.click()
    page.wait_for_selector(".item-points")
    page.locator("button.item-link").first.click()
    sheet = page.locator("dialog").inner_text()
    device.shot("journey-1-item")
    for word in ("来源", "规则", "模型", "怎样会变"):
        assert word in sheet
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="detached")


def _choose_the_ordinary_way(device: Phone) -> None:
    page = device.view("scenarios", ".item-link")
    device.shot("journey-1-services")
    page.locator("section", has_text="可用信用方式").locator(".item-link").first.click()
    page.wait_for_selector(".result-credit")
    device.shot("journey-1-service", whole=True)
    page.locator("[name=ordinary]").check()
    page.wait_for_selector(".result:not(.result-credit)")
    assert page.locator(".result h2").inner_text() == "普通方式"
    assert page.locator(".steps > li").count(), "the ordinary way says how"
    page.locator("[name=ordinary]").uncheck()
    page.wait_for_selector(".result-credit")


def _see_who_looked(device: Phone) -> None:
    page = device.view("access", ".timeline > li")
    device.shot("journey-1-access")
    assert page.locator(".timeline > li").count() > 1
    assert "为了：" in page.locator(".timeline > li").first.inner_text()


def _leave(device: Phone) -> None:
    page = device.view("leave", "#leave-sure")
    device.shot("journey-1-leave", whole=True)
    go = page.get_by_role("button", name="退出并删除")
    assert go.is_disabled()
    page.locator("#leave-sure").check()
    go.click()
    page.get_by_role("heading", name="已退出").wait_for()
    device.shot("journey-1-receipt", whole=True)
    assert "信用记录" in page.locator("main").inner_text()
    page = device.view("home", ".hero h1")
    assert page.locator(".points").count() == 0
    assert page.locator(".item-link").count(), "the app still works"


SERVICE = ".item-link[href^='#/scenario/']"


def test_a_low_score_is_shown_calmly_and_every_service_has_its_way(new_phone: Callable[..., Phone]) -> None:
    device = new_phone()
    log_in(device, "hz-low")
    page = device.view("scenarios", ".item-link")
    services = page.locator(SERVICE)
    assert services.count() >= 8
    assert page.get_by_text("可用信用方式").count() == 1, "the one offer that has no line"
    for number in range(services.count()):
        page = device.view("scenarios", ".item-link")
        page.locator(SERVICE).nth(number).click()
        page.wait_for_selector(".result")
        words = page.locator(".result").inner_text() + (page.locator(".steps").text_content() or "")
        assert not [word for word in HARSH if word in words]
        assert page.locator(".steps > li").count()
