"""Journeys 2 and 3 in two browsers: the citizen's phone and the merchant's counter."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.support.browsers import Phone, log_in, paired_counter

pytestmark = pytest.mark.browser
BIKE = "xm-bike-rental"


def shown_code(device: Phone) -> str:
    """The code on the citizen's screen, as someone reads it out."""
    page = device.view("code", "[data-code]")
    assert re.search(r"\d+ 秒", page.locator(".countdown").inner_text()), "the seconds run"
    return page.locator(".code-text").inner_text()


def checked(counter: Page, scenario: str, code: str) -> str:
    """The counter's answer: `credit` or `standard`."""
    counter.wait_for_selector("[name=code]")
    counter.select_option("[name=scenario]", scenario)
    counter.fill("[name=code]", code)
    counter.locator("form button[type=submit]").click()
    counter.wait_for_selector("[data-path]")
    return str(counter.locator("[data-path]").get_attribute("data-path"))


def test_journeys_2_and_3_check_order_use_and_pay(new_phone: Callable[..., Phone]) -> None:
    citizen, till = new_phone(), new_phone()
    log_in(citizen, "xm-high")
    counter = paired_counter(till, "xm-commons")
    till.shot("counter-check")

    code = shown_code(citizen)
    citizen.shot("journey-2-code")
    assert checked(counter, BIKE, code) == "credit"
    till.shot("counter-credit", whole=True)
    _open_order(citizen, till)
    _confirm(citizen)
    _agree_to_a_later_end(citizen, till)
    _use_and_complete(till)
    _pay(citizen)
    _give_some_back(citizen, till)
    _sees_all_of_it(citizen)


def _open_order(citizen: Phone, till: Phone) -> None:
    till.page.select_option("[name=term]", label="1 天")
    till.page.get_by_role("button", name="请顾客确认").click()
    till.page.wait_for_selector("[data-status=pending_confirmation]")
    till.shot("counter-waiting")
    citizen.page.get_by_text("等您确认").or_(citizen.page.get_by_text("等你确认")).wait_for(timeout=20_000)
    citizen.shot("journey-3-told")


def _confirm(citizen: Phone) -> None:
    page = citizen.view("home", ".hero h1")
    page.locator("section", has_text="等您处理").locator(".item-link").first.click()
    page.wait_for_selector("[data-action=confirm-credit]")
    assert page.locator("[data-action=confirm-standard]").count(), "the ordinary way can always be chosen"
    citizen.shot("journey-3-confirm")
    page.locator("[data-action=confirm-credit]").click()
    page.get_by_text("服务进行中").wait_for()


def _agree_to_a_later_end(citizen: Phone, till: Phone) -> None:
    counter = till.page
    counter.get_by_role("button", name="查看最新状态").click()
    counter.wait_for_selector("[data-status=active]")
    counter.locator("[data-act=extend] summary").click()
    till.shot("counter-active", whole=True)
    counter.get_by_role("button", name="请顾客同意").click()
    counter.get_by_text("已提议延长到").wait_for(state="attached")
    page = citizen.view("orders", ".item-link")
    page.locator(".item-link").first.click()
    page.wait_for_selector("[data-action=refuse-extension]")
    citizen.shot("order-extension")
    page.locator("[data-action=agree-extension]").click()
    page.get_by_text("服务进行中").wait_for()


def _give_some_back(citizen: Phone, till: Phone) -> None:
    counter = till.page
    counter.get_by_role("button", name="查看最新状态").click()
    counter.wait_for_selector("[data-status=completed]")
    counter.locator("[data-act=refund] summary").click()
    counter.fill("[data-act=refund] [name=amount]", "1.50")
    till.shot("counter-refund", whole=True)
    counter.locator("[data-act=refund]").get_by_role("button", name="退款").click()
    counter.get_by_text("更正错误 · 1.50 元").wait_for()
    page = citizen.view("orders", ".item-link")
    page.locator(".item-link").first.click()
    page.get_by_text("更正错误 · 1.50 元").wait_for()
    citizen.shot("order-refund", whole=True)


def _use_and_complete(till: Phone) -> None:
    counter = till.page
    counter.fill("[name=total]", "3.50")
    counter.get_by_role("button", name="结束并结账").click()
    counter.wait_for_selector("[data-status=payment_due]")


def _pay(citizen: Phone) -> None:
    page = citizen.view("orders", ".item-link")
    page.locator(".item-link").first.click()
    page.wait_for_selector("[data-action=pay]")
    assert "3.50 元" in page.locator("[data-action=pay]").inner_text()
    citizen.shot("journey-3-pay")
    page.locator("[data-action=pay]").click()
    page.get_by_text("已付清").wait_for()
    citizen.shot("journey-3-paid")


def _sees_all_of_it(citizen: Phone) -> None:
    page = citizen.view("access", ".timeline > li")
    row = page.locator("[data-action=check]").first
    assert "信用方式" in row.inner_text()
    assert "不含分数和原因" in row.inner_text()
    page = citizen.view("inbox", ".timeline > li")
    page.locator(".timeline a[href^='#/decision/']").first.click()
    page.wait_for_selector(".result")
    assert "原因只有您能看到" in page.locator(".result").inner_text()
    citizen.shot("journey-2-decision", whole=True)


def test_the_counter_shows_the_ordinary_way_in_words_and_never_a_reason(new_phone: Callable[..., Phone]) -> None:
    citizen, till = new_phone(), new_phone()
    log_in(citizen, "xm-low")
    counter = paired_counter(till, "xm-commons")
    assert checked(counter, BIKE, shown_code(citizen)) == "standard"
    till.shot("counter-standard", whole=True)
    answer = counter.locator("[data-path]").inner_text()
    assert "普通方式" in answer
    assert counter.locator(".steps > li").count()
    assert not re.search(r"\d+ 分(?!钟)", answer), "no score"
    assert "您有" not in answer


def test_a_used_code_is_refused_in_words_and_the_pairing_link_stays_in_no_address(
    new_phone: Callable[..., Phone],
) -> None:
    citizen, till = new_phone(), new_phone()
    log_in(citizen, "xm-high")
    counter = paired_counter(till, "xm-commons")
    assert "pair=" not in counter.url
    code = shown_code(citizen)
    checked(counter, BIKE, code)
    counter.locator("nav a[href='#/check']").click()
    counter.wait_for_selector("[name=code]")
    counter.fill("[name=code]", code)
    counter.locator("form button[type=submit]").click()
    counter.wait_for_selector("[role=alert]")
    assert "请对方重新出示" in counter.locator("[role=alert]").inner_text()
    till.shot("counter-used-code")
    counter.reload()
    counter.wait_for_selector("[name=code]")
