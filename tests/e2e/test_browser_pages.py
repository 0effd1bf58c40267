"""What every page keeps to: room for a thumb, no sideways scrolling, two languages, dark and light, the keyboard."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.browsers import Phone, log_in, paired_counter

pytestmark = pytest.mark.browser
VIEWS = (
    "score",
    "scenarios",
    "code",
    "orders",
    "me",
    "card",
    "ticks",
    "avatar",
    "exchange",
    "exchange/enter",
    "cards",
    "offline",
)
MORE_VIEWS = (
    "history",
    "whatif",
    "access",
    "inbox",
    "consents",
    "devices",
    "data",
    "correct",
    "records",
    "reviews",
    "proofs",
    "leave",
    "join",
    "scenario/xm-bike-rental",
    "home",
)
WIDTHS = (390, 320)
THUMB = 44
SMALL = """
(least) => [...document.querySelectorAll('a, button, select, summary, input:not([type=hidden])')]
  .map((element) => ({element, box: (element.closest('label') ?? element).getBoundingClientRect()}))
  .filter(({element, box}) => box.width && (box.height < least || box.width < least) && !element.closest('p'))
  .map(({element}) => element.outerHTML.slice(0, 120))
"""
UNNAMED = """
() => [...document.querySelectorAll('a, button, input, select, textarea')]
  .filter((element) => !(element.textContent.trim() || element.getAttribute('aria-label') || element.labels?.length))
  .map((element) => element.outerHTML.slice(0, 120))
"""


def assert_fits(device: Phone, view: str) -> None:
    page = device.page
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{view} scrolls sideways"
    assert page.evaluate(SMALL, THUMB - 0.5) == [], f"{view} has targets too small for a thumb"
    assert page.evaluate(UNNAMED) == [], f"{view} has controls without a name"
    assert page.locator("h1").count() == 1


def test_every_view_fits_a_thumb_and_a_narrow_screen(new_phone: Callable[..., Phone]) -> None:
    device = new_phone()
    log_in(device, "xm-high")
    for view in (*VIEWS, *MORE_VIEWS):
        device.turn_to(view)
        for width in WIDTHS:
            device.page.set_viewport_size({"width": width, "height": 844})
            assert_fits(device, f"{view} at {width}")
    counter = paired_counter(device, "xm-commons")
    for view in ("check", "orders", "counter"):
        counter.locator(f"nav a[href='#/{view}']").click()
        counter.locator(f"nav a[href='#/{view}'][aria-current]").wait_for()
        assert_fits(device, view)


def test_english_is_one_touch_away_and_stays(new_phone: Callable[..., Phone]) -> None:
    device = new_phone()
    page = device.open("/app", ".hero-start")
    page.get_by_role("button", name="English").click()
    page.get_by_text("A city credit score that explains itself").wait_for()
    assert page.evaluate("document.documentElement.lang") == "en"
    log_in(device, "xm-high")
    page.get_by_role("heading", name="What made the score").wait_for()
    device.shot("english-home")
    page = device.open("/problems/code-not-valid")
    assert page.locator("h1").inner_text() == "Code not valid"
    page.get_by_role("button", name="中文").click()
    page.get_by_role("heading", name="码已失效").wait_for()


def test_pages_are_drawn_for_the_dark_too(new_phone: Callable[..., Phone]) -> None:
    device = new_phone(color_scheme="dark")
    log_in(device, "zs-middle")
    page = device.view("home", ".sum-line")
    device.shot("dark-home")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    red, green, blue = (int(part) for part in paper.removeprefix("rgb(").removesuffix(")").split(","))
    assert max(red, green, blue) < 64


def test_the_front_door_leads_everywhere(new_phone: Callable[..., Phone]) -> None:
    device = new_phone()
    page = device.open("/")
    device.shot("landing")
    for path in ("/app", "/counter", "/problems"):
        device.open("/")
        page.locator(f"main a[href='{path}']").click()
        page.wait_for_selector("main h1")
    device.open("/problems", "main .item-link")
    device.shot("problems")
    page.locator(".item-link").first.click()
    page.locator("h1").wait_for()
    assert_fits(device, "problem")


def test_the_app_works_by_keyboard_alone(new_phone: Callable[..., Phone]) -> None:
    device = new_phone(is_mobile=False, has_touch=False)
    log_in(device, "xm-high")
    page = device.view("scenarios", ".item-link")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.item-link')"), "the map of merchants"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.item-link')")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "where the focus is can be seen"
    page.keyboard.press("Enter")
    page.wait_for_selector(".result")
    page.locator("[name=ordinary]").focus()
    page.keyboard.press("Space")
    page.wait_for_selector(".result:not(.result-credit)")
    assert page.evaluate("document.activeElement.name") == "ordinary", "the focus stays where it was"
    page.keyboard.press("Space")
    page.wait_for_selector(".result-credit")
