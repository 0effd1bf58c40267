"""A new version of a city's rules at the desk: a text, its simulation, a notice, all of it before a second person."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.packs import FOLDER
from tests.e2e.test_browser_desk import DESKTOP, log_in
from tests.e2e.test_browser_pages import assert_fits
from tests.support.browsers import Phone

pytestmark = pytest.mark.browser
OLD = '{ code = "volunteer_service", centipoints = '
EFFECTIVE = "(days) => new Date(Date.now() + days * 86400000).toISOString().slice(0, 10)"


def next_text(versions: int) -> str:
    """The rules of 钱江分 with another worth, as the version after those that the city has."""
    text = (FOLDER / "qianjiang.toml").read_text("utf-8").replace("version = 1\n", f"version = {versions + 1}\n", 1)
    assert OLD in text
    return text.replace(OLD, OLD + "1", 1)


def test_rules_are_proposed_simulated_and_read_by_a_second_person(new_phone: Callable[..., Phone]) -> None:
    one, other = new_phone(**DESKTOP), new_phone()
    page, phone = log_in(one, "hz-office"), log_in(other, "hz-chief")
    known = one.city.call("hz-office", "GET", "/operator/v1/packs/qianjiang/versions").json()["data"]
    one.turn_to("packs")
    one.shot("desk-packs-desktop")
    one.turn_to("pack-new")
    page.fill("[name=text]", "version = 2")
    page.get_by_role("button", name="检查并测算").click()
    page.get_by_role("alert").wait_for()
    assert "code" in page.get_by_role("alert").inner_text()
    page.fill("[name=text]", next_text(max(version["version"] for version in known)))
    page.get_by_role("button", name="检查并测算").click()
    page.wait_for_selector("[data-status=proposed], [data-status=simulated]")
    view = page.url.split("#/")[1]
    page.wait_for_selector("[data-status=simulated]")
    page.get_by_alt_text("分数分布").wait_for()
    assert page.evaluate("document.querySelector('.pack-picture').naturalWidth") > 0
    page.get_by_text("守信有差").wait_for()
    one.shot("desk-pack-desktop", whole=True)
    page.fill("[name=notice_zh]", "志愿服务每次多计一些分。")
    page.fill("[name=notice_en]", "Volunteering counts for a little more.")
    page.fill("[name=effective_on]", page.evaluate(f"({EFFECTIVE})(9)"))
    page.get_by_role("button", name="提交审批").click()
    page.wait_for_selector("[data-status=pending]")
    other.turn_to(page.url.split("#/")[1])
    phone.get_by_alt_text("分数分布").wait_for()
    phone.get_by_text("Volunteering counts for a little more.").wait_for()
    other.shot("desk-pack-approval", whole=True)
    for width in (390, 320):
        phone.set_viewport_size({"width": width, "height": 844})
        assert_fits(other, f"approval of a pack at {width}")
    phone.fill("[name=reason]", "演示：不公告")
    phone.get_by_role("button", name="不同意").click()
    phone.wait_for_selector("[data-status=rejected]")
    phone.set_viewport_size({"width": 390, "height": 844})
    for part in ("packs", "pack/qianjiang", view, "pack-new"):
        other.turn_to(part)
        assert_fits(other, f"desk {part}")
        other.shot(f"desk-{part.replace('/', '-')}", whole=True)
    one.turn_to(view)
    page.get_by_role("button", name="撤回这一版").click()
    page.wait_for_selector("[data-status=withdrawn]")
