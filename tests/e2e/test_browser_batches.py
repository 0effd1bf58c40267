"""The desk sees what departments sent, in numbers only."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.e2e.test_browser_desk import DESKTOP, log_in
from tests.e2e.test_browser_pages import assert_fits
from tests.support.browsers import Phone

pytestmark = pytest.mark.browser


def test_what_arrives_and_what_is_refused_is_seen_by_department(new_phone: Callable[..., Phone]) -> None:
    device = new_phone(**DESKTOP)
    page = log_in(device, "hz-audit")
    page.get_by_role("link", name="部门报送").click()
    page.get_by_role("heading", name="部门报送").wait_for()
    page.get_by_role("heading", name="图书馆").first.wait_for()
    assert_fits(device, "batches")
    device.shot("desk-batches")
    page.locator("main a", has_text=re.compile("退回 [0-9]+")).first.click()
    page.get_by_role("heading", name="退回的原因").wait_for()
    device.shot("desk-batch")
    assert_fits(device, "batches")
    assert not re.search(r"[0-9]{17}[0-9X]", page.locator("main").inner_text())
