"""An entity in a browser: its facts, its card ticked and previewed, a code of it, and its report's door."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.browsers import Phone, log_in

pytestmark = pytest.mark.browser


def test_who_speaks_for_an_entity_shows_its_card(new_phone: Callable[..., Phone]) -> None:
    device = new_phone()
    log_in(device, "xm-card-a")
    page = device.view("entities", ".item-link")
    page.locator(".item-link").click()
    page.wait_for_selector(".name-card .name")
    assert page.locator(".name-card .name").inner_text() == "厦门清风茶叶店"
    facts = page.locator("main").inner_text()
    assert "行政处罚 · 一般" in facts
    assert "经营者" in facts
    page.locator("[name=permits]").check()
    page.locator(".name-card li", has_text="食品经营许可证").wait_for()
    assert "处罚" not in page.locator(".name-card").first.inner_text()
    device.shot("entity", whole=True)
    page.get_by_role("button", name="生成").click()
    page.locator("img.code-picture").wait_for()
    device.shot("entity-code")
