"""The credit office's desk in a browser: two steps to log in, two people for what matters, a phone or a desktop."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pyotp
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page

from app.services.factors import STEP_SECONDS, code_at
from tests.e2e.test_browser_pages import assert_fits
from tests.support.browsers import Phone, screenshot_path

pytestmark = pytest.mark.browser
DESKTOP = {"viewport": {"width": 1280, "height": 800}, "is_mobile": False, "has_touch": False}
IDLE_MILLISECONDS = 1_800_000
_taken: dict[str, int] = {}


def operator(device: Phone, login: str) -> dict[str, Any]:
    return next(one for one in device.city.facts["operators"] if one["login"] == login)


def type_code(device: Phone, login: str) -> None:
    """Type a code that was not typed before: each works once, and the next half minute's is good already."""
    step = max(int(time.time()) // STEP_SECONDS, _taken.get(login, 0) + 1)
    _taken[login] = step
    device.page.wait_for_timeout(max(0.0, (step - 1) * STEP_SECONDS - time.time()) * 1000)
    device.page.fill("[name=otp]", code_at(operator(device, login)["totp_secret"], step * STEP_SECONDS))
    device.page.keyboard.press("Enter")
    device.page.locator("nav.tabs").or_(device.page.locator("[role=alert]")).first.wait_for()


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
    type_code(device, login)
    if not page.locator("nav.tabs").count():  # the journeys by HTTP are the same operator, and may have used that code
        type_code(device, login)
    page.wait_for_selector("nav.tabs")
    return page


def propose(device: Phone, heading: str, reason: str) -> str:
    """On the page of the partner 杭州市民卡; the view of the proposal."""
    page = device.page
    device.turn_to("partners")
    page.get_by_text("杭州市民卡").click()
    page.get_by_role("heading", name=heading).wait_for()
    part = page.locator("section", has=page.get_by_role("heading", name=heading)).last
    part.locator("[name=reason]").fill(reason)
    part.get_by_role("button", name="提交审批").click()
    page.wait_for_selector("[data-status=pending]")
    assert page.get_by_role("button", name="同意并执行").count() == 0
    return page.url.split("#/")[1]


def approve(device: Phone, view: str) -> None:
    device.turn_to(view)
    device.page.get_by_role("button", name="同意并执行").click()
    device.page.wait_for_selector("[data-status=approved]")


def test_one_proposes_on_a_desktop_and_another_approves_on_a_phone(new_phone: Callable[..., Phone]) -> None:
    one, other = new_phone(**DESKTOP), new_phone()
    page, phone = log_in(one, "hz-office"), log_in(other, "hz-chief")
    one.shot("desk-queues-desktop")
    propose(one, "暂停商户", "演示：暂停")
    one.shot("desk-approval-desktop")
    other.shot("desk-queues")
    other.turn_to("approvals")
    phone.get_by_text("暂停商户 · 杭州市民卡").first.click()
    phone.wait_for_selector("[data-status=pending]")
    other.shot("desk-approval", whole=True)
    phone.fill("[name=reason]", "请写明缘由")
    phone.get_by_role("button", name="不同意").click()
    phone.wait_for_selector("[data-status=rejected]")
    approve(other, propose(one, "暂停商户", "演示：确需暂停"))
    approve(other, propose(one, "恢复商户", "演示：恢复"))
    one.turn_to("partners")
    assert page.get_by_text("已暂停").count() == 0


def test_every_page_of_the_desk_fits_and_a_session_ends_by_hand(new_phone: Callable[..., Phone]) -> None:
    device = new_phone()
    page = log_in(device, "hz-audit")
    for view in ("approvals", "partners", "partner-new", "operators", "operator-new", "trail"):
        device.turn_to(view)
        for width in (390, 320):
            page.set_viewport_size({"width": width, "height": 844})
            assert_fits(device, f"desk {view} at {width}")
        device.shot(f"desk-{view}")
    page.get_by_role("button", name="结束会话").click()
    page.get_by_role("heading", name="信用办工作台").wait_for()
    device.open("/desk#/partners", "main .button")
    page.get_by_role("heading", name="信用办工作台").wait_for()


def test_a_newcomer_is_let_in_by_two_and_sets_up_codes_from_the_picture(new_phone: Callable[..., Phone]) -> None:
    chief, newcomer = new_phone(**DESKTOP), new_phone()
    city = chief.city
    accounts = (city.var / "demo" / "accounts.ndjson").read_text("utf-8").splitlines()
    person = next(account for account in map(json.loads, accounts) if account["login"] == "xm-low")
    wanted = {"id_number": person["id_number"], "name": "信用办 · 新人", "roles": ["auditor"]}
    asked = city.call("hz-office", "POST", "/operator/v1/operators", json=wanted).json()
    page = log_in(chief, "hz-chief")
    chief.turn_to(f"approval/{asked['id']}")
    page.get_by_role("button", name="同意并执行").click()
    page.wait_for_selector("[data-invitation]")
    chief.shot("desk-invitation")
    invitation = page.locator("[data-invitation]").inner_text()
    page.get_by_role("button", name="已交给本人").click()
    page.wait_for_selector("[data-status=approved]")
    assert page.get_by_text(invitation).count() == 0

    phone = newcomer.open("/desk", "main .button")
    phone.get_by_role("button", name="实名登录").click()
    phone.locator("[name=start_login]").click()
    phone.fill("[name=login]", "xm-low")
    phone.fill("[name=password]", person["password"])
    phone.locator("button[type=submit]").click()
    phone.fill("[name=invitation]", invitation)
    phone.locator("button[type=submit]").click()
    phone.wait_for_selector("main img")
    newcomer.shot("desk-setup", whole=True)
    with Image.open(screenshot_path("desk-setup")) as picture:
        uri = zxingcpp.read_barcode(picture).text
    phone.fill("[name=otp]", pyotp.parse_uri(uri).at(int(time.time())))
    phone.locator("button[type=submit]").click()
    phone.wait_for_selector("nav.tabs")
    phone.get_by_text("监督（只读）").wait_for()


def test_the_keyboard_is_enough_a_wrong_code_is_said_in_words_and_an_empty_chair_is_left(
    new_phone: Callable[..., Phone],
) -> None:
    device = new_phone(**DESKTOP)
    device.page.clock.install()
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
    type_code(device, "hz-audit")
    page.wait_for_selector("nav.tabs")
    page.get_by_text("监督（只读）").wait_for()
    device.turn_to("partners")
    assert page.get_by_text("新增商户").count() == 0
    page.clock.fast_forward(IDLE_MILLISECONDS)
    page.get_by_text("30 分钟没有操作").wait_for()
    assert page.get_by_role("button", name="实名登录").count() == 1
