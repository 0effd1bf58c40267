"""The credit office's desk in a browser: two steps to log in, two people for what matters, a phone or a desktop."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from app.services.factors import STEP_SECONDS, code_at
from tests.e2e.test_browser_pages import assert_fits
from tests.support.browsers import Phone

pytestmark = pytest.mark.browser
DESKTOP = {"viewport": {"width": 1280, "height": 800}, "is_mobile": False, "has_touch": False}
_taken: dict[str, int] = {}


def operator(device: Phone, login: str) -> dict[str, Any]:
    return next(one for one in device.city.facts["operators"] if one["login"] == login)


def next_code(device: Phone, login: str) -> str:
    """A code that was not typed before: each works once, and the next half minute's is good already."""
    step = max(int(time.time()) // STEP_SECONDS, _taken.get(login, 0) + 1)
    _taken[login] = step
    return code_at(operator(device, login)["totp_secret"], step * STEP_SECONDS)


def name_and_password(page: Page, device: Phone, login: str) -> None:
    page.locator("[name=start_login]").click()
    page.fill("[name=login]", login)
    page.fill("[name=password]", operator(device, login)["password"])
    page.locator("button[type=submit]").click()
    page.wait_for_selector("[name=otp]")


def log_in(device: Phone, login: str) -> Page:
    page = device.open("/desk", "main .button")
    page.get_by_role("button", name="实名登录").click()
    name_and_password(page, device, login)
    for _ in range(2):  # the journeys by HTTP are the same operator, and may have used this half minute's code
        page.fill("[name=otp]", next_code(device, login))
        page.locator("button[type=submit]").click()
        page.locator("nav.tabs").or_(page.locator("[role=alert]")).first.wait_for()
        if page.locator("nav.tabs").count():
            break
    page.wait_for_selector("nav.tabs")
    return page


def test_one_proposes_on_a_desktop_and_another_approves_on_a_phone(new_phone: Callable[..., Phone]) -> None:
    one, other = new_phone(**DESKTOP), new_phone()
    page = log_in(one, "hz-office")
    one.shot("desk-queues-desktop")
    one.turn_to("partners")
    page.get_by_text("杭州市民卡").click()
    page.get_by_role("heading", name="暂停商户").wait_for()
    page.fill("[name=reason]", "演示：暂停")
    page.get_by_role("button", name="提交审批").click()
    page.wait_for_selector("[data-status=pending]")
    one.shot("desk-approval-desktop")
    assert page.get_by_role("button", name="同意并执行").count() == 0

    phone = log_in(other, "hz-chief")
    other.shot("desk-queues")
    other.turn_to("approvals")
    phone.get_by_text("暂停商户 · 杭州市民卡").first.click()
    phone.wait_for_selector("[data-status=pending]")
    other.shot("desk-approval", whole=True)
    phone.get_by_role("button", name="同意并执行").click()
    phone.wait_for_selector("[data-status=approved]")

    one.turn_to("partners")
    page.get_by_text("杭州市民卡").click()
    page.get_by_role("heading", name="恢复商户").wait_for()
    page.fill("[name=reason]", "演示：恢复")
    page.get_by_role("button", name="提交审批").click()
    page.wait_for_selector("[data-status=pending]")
    other.turn_to(page.url.split("#/")[1])
    phone.fill("[name=reason]", "再等等")
    phone.get_by_role("button", name="不同意").click()
    phone.wait_for_selector("[data-status=rejected]")
    for view in ("queues", "approvals", "partners", "partner-new", "operators", "operator-new", "trail"):
        other.turn_to(view)
        for width in (390, 320):
            phone.set_viewport_size({"width": width, "height": 844})
            assert_fits(other, f"desk {view} at {width}")
        other.shot(f"desk-{view}", whole=True)
    phone.get_by_role("button", name="结束会话").click()
    phone.get_by_role("heading", name="信用办工作台").wait_for()
    resumed = other.city.call("hz-office", "GET", "/operator/v1/partners").json()["data"]
    assert [row["status"] for row in resumed if row["name_zh"] == "杭州市民卡"] == ["suspended"]
    back(other)


def back(device: Phone) -> None:
    """Let the partner serve again, as the other tests expect."""
    city = device.city
    partner = next(
        row
        for row in city.call("hz-office", "GET", "/operator/v1/partners").json()["data"]
        if row["name_zh"] == "杭州市民卡"
    )
    asked = city.call("hz-office", "POST", f"/operator/v1/partners/{partner['id']}/resume", json={}).json()
    done = city.call("hz-chief", "POST", f"/operator/v1/approvals/{asked['id']}/approve", json={})
    assert done.status_code == 200, done.text


def test_a_wrong_code_is_said_in_words_and_the_keyboard_is_enough(new_phone: Callable[..., Phone]) -> None:
    device = new_phone(**DESKTOP)
    page = device.open("/desk", "main .button")
    page.get_by_role("button", name="实名登录").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=start_login]")
    name_and_password(page, device, "hz-audit")
    device.shot("desk-second-factor")
    assert page.evaluate("document.activeElement.name") == "otp"
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for()
    assert page.locator("[name=otp]").get_attribute("aria-invalid") == "true"
    page.keyboard.type(next_code(device, "hz-audit"))
    page.keyboard.press("Enter")
    page.wait_for_selector("nav.tabs")
    page.get_by_text("监督（只读）").wait_for()
    device.turn_to("partners")
    assert page.get_by_text("新增商户").count() == 0
