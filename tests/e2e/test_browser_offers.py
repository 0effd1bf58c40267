"""A new version of an offer at the desk: a text, its simulation, a second person; and what citizens read of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.e2e.test_browser_desk import DESKTOP, log_in
from tests.e2e.test_browser_packs import EFFECTIVE
from tests.e2e.test_browser_pages import assert_fits
from tests.support.browsers import Phone
from tests.support.browsers import log_in as log_in_citizen

pytestmark = pytest.mark.browser
OFFER = "hz-transit-ride"
OFFERS = f"/operator/v1/offers/{OFFER}/versions"


def test_an_offer_is_proposed_simulated_announced_and_read_by_citizens(new_phone: Callable[..., Phone]) -> None:
    one, other = new_phone(**DESKTOP), new_phone()
    page, phone = log_in(one, "hz-office"), log_in(other, "hz-chief")
    known = one.city.call("hz-office", "GET", OFFERS).json()["data"]
    present = next(each["version"] for each in known if each["status"] == "in_force")
    text = one.city.call("hz-office", "GET", f"{OFFERS}/{present}").json()["text"]
    version = max(each["version"] for each in known) + 1
    text = text.replace(f"version = {present}\n", f"version = {version}\n")
    one.turn_to("offers")
    one.turn_to("offer-new")
    page.fill("[name=text]", text.replace("threshold = 573", "line = 573"))
    page.get_by_role("button", name="检查并测算").click()
    page.get_by_role("alert").wait_for()
    page.fill("[name=text]", text.replace("threshold = 573", "threshold = 560"))
    page.get_by_role("button", name="检查并测算").click()
    page.wait_for_selector("[data-status=simulated]")
    page.get_by_text("573 → 560").wait_for()
    page.get_by_text("名会员中测算").wait_for()
    view = page.url.split("#/")[1]
    one.shot("desk-offer-desktop", whole=True)
    page.fill("[name=notice_zh]", "先乘后付的分数线降低。")
    page.fill("[name=notice_en]", "The line of riding first is lower.")
    page.fill("[name=effective_on]", page.evaluate(f"({EFFECTIVE})(9)"))
    page.get_by_role("button", name="提交审批").click()
    page.wait_for_selector("[data-status=pending]")
    other.turn_to(page.url.split("#/")[1])
    phone.get_by_text("573 → 560").wait_for()
    for width in (390, 320):
        phone.set_viewport_size({"width": width, "height": 844})
        assert_fits(other, f"approval of an offer at {width}")
    phone.set_viewport_size({"width": 390, "height": 844})
    other.shot("desk-offer-approval", whole=True)
    phone.get_by_role("button", name="同意并执行").click()
    phone.wait_for_selector("[data-status=approved]")
    for part in ("offers", f"offer/{OFFER}", view, "offer-new"):
        other.turn_to(part)
        assert_fits(other, f"desk {part}")
        other.shot(f"desk-{part.replace('/', '-')}", whole=True)
    coming = one.city.call("hz-high", "GET", "/citizen/v1/coming-scenarios").json()["data"]
    assert [(each["scenario"], each["changed"]) for each in coming] == [(OFFER, ["threshold"])]
    citizen_reads(new_phone())
    one.turn_to(view)
    page.get_by_role("button", name="撤回这一版").click()
    page.wait_for_selector("[data-status=withdrawn]")


def citizen_reads(me: Phone) -> None:
    """The app tells of it beside the rules that are coming."""
    log_in_citizen(me, "hz-high")
    app = me.page
    me.turn_to("coming")
    app.get_by_text("先乘后付的分数线降低。").wait_for()
    app.get_by_text("573 分 → 560 分").wait_for()
    assert_fits(me, "what is coming")
    me.shot("app-coming-offer", whole=True)
