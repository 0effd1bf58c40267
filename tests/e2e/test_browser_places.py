"""The merchant map in a browser: places by distance from where one touches; the phone is never asked where it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.browsers import Phone, log_in

pytestmark = pytest.mark.browser


def test_the_nearest_place_comes_first_from_where_one_touches(new_phone: Callable[..., Phone]) -> None:
    device = new_phone()
    log_in(device, "xm-high")
    page = device.view("places/xm-bike-rental", ".sketch")
    assert page.locator(".sketch-dot").count() >= 3
    device.shot("places")
    page.locator(".sketch").click(position={"x": 25, "y": 25})
    page.wait_for_selector(".sketch-here")
    first = page.locator(".item-link").nth(0)
    assert "约" in first.inner_text()
    distances = page.evaluate("location.hash")
    assert distances.count(",") == 1
    latitude, longitude = distances.rsplit("/", 1)[1].split(",")
    assert [len(text.split(".")[1]) for text in (latitude, longitude)] == [2, 2], "about a kilometre, and no more exact"
    device.shot("places-near")
    asked = page.evaluate("navigator.permissions.query({ name: 'geolocation' }).then((one) => one.state)")
    assert asked != "granted"
