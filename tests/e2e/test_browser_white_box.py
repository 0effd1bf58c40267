"""The white box in a browser: what moved my score, and what would."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.browsers import Phone, log_in

pytestmark = pytest.mark.browser


def test_every_change_opens_to_what_moved_it(new_phone: Callable[..., Phone]) -> None:
    device = new_phone()
    log_in(device, "zs-high")
    page = device.view("history", ".fold")
    page.locator(".fold summary").last.click()
    first = page.locator(".fold").last
    first.locator(".fold-note").wait_for()
    assert first.get_by_text("起始分", exact=True).is_visible()
    assert "重新算过，结果一致" in first.inner_text()
    device.shot("history", whole=True)


@pytest.mark.parametrize(("locale", "said"), [("zh-CN", "只在这里算给您看"), ("en-US", "kept nowhere")])
def test_what_if_is_worked_out_on_the_spot(new_phone: Callable[..., Phone], locale: str, said: str) -> None:
    device = new_phone(locale=locale)
    log_in(device, "zs-high")
    page = device.view("whatif", "select")
    page.locator("[name=record]").select_option(index=1)
    page.locator("[name=outcome]").select_option("withdrawn")
    page.locator("form button[type=submit]").click()
    page.locator(".result-moves").wait_for()
    assert said in page.locator("main").inner_text()
    device.shot(f"what-if-{locale}", whole=True)
