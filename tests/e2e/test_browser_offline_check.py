"""Cards and codes before a counter: scanned by camera or photograph, and verified where there is no network."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import base45
import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.support.browsers import Phone, log_in, paired_counter, screenshot_path
from tests.support.cities import City
from tests.support.photographs import photograph

pytestmark = pytest.mark.browser
GOLDEN = json.loads(Path(__file__).parents[1].joinpath("unit", "golden_cards.json").read_text("utf-8"))
JUDGE = """async ([module, keys, cases]) => {
  const { verified } = await import(module);
  const judged = [];
  for (const { card, at } of cases) {
    const holds = ({ purpose, face }) => ({ purpose, card: face });
    judged.push(await verified(card, keys, at).then(holds, ({ reason }) => reason));
  }
  return judged;
}"""
MODULES = 17 + 4 * 11 + 2 * 4
"""Across the largest card's picture: version 11, and its quiet zone."""
DETECTOR = """
globalThis.BarcodeDetector = class {
  async detect(video) {
    if (!video.videoWidth) return [];
    window.__track = video.srcObject.getTracks()[0];
    return window.__seen ? [{ rawValue: window.__seen }] : [];
  }
};
"""


def judged(page: Page, cases: list[dict[str, Any]]) -> list[Any]:
    """How the page's own code judges each card at its moment, by the golden keys."""
    module = page.locator('link[href$="lib/offline_card.js"]').get_attribute("href")
    asked = [{"card": case["card"], "at": datetime.fromisoformat(case["at"]).timestamp()} for case in cases]
    found: list[Any] = page.evaluate(JUDGE, [module, {"keys": GOLDEN["keys"]}, asked])
    return found


def changed_by_a_bit(card: str) -> list[str]:
    """Every card that differs from this one in one bit."""
    whole = base45.b45decode(card.removeprefix("XY1:"))
    number = int.from_bytes(whole, "big")
    flipped = [(number ^ 1 << bit).to_bytes(len(whole), "big") for bit in range(8 * len(whole))]
    return ["XY1:" + base45.b45encode(one).decode() for one in flipped]


def test_a_counter_without_a_network_verifies_a_card_and_tells_nothing_of_a_dead_one(
    new_phone: Callable[..., Phone], city: City
) -> None:
    show = {"name_kind": "masked", "fields": ["verified", "city", "grade"]}
    asked = {"purpose": "credit", "minutes": 5, "show": show}
    card = city.call("xm-high", "POST", "/citizen/v1/name-card/offline", json=asked).json()
    name = card["preview"]["display_name"]
    till = new_phone()
    page = till.open("/counter", "form")
    page.get_by_role("link", name="核验离线名片").click()
    page.wait_for_selector("[data-keys]:not([data-keys=''])")
    page.evaluate("navigator.serviceWorker.ready")
    _judges_as_python_does(page)

    till.context.set_offline(True)
    page.goto("about:blank")
    page = till.open("/counter#/verify", "[name=card]")
    held = verify(page, card["card"])
    till.shot("verify-holds", whole=True)
    for shown in (name, "厦门", "白鹭分", "出示信用等级", "已实名"):
        assert shown in held
    page.clock.set_fixed_time(datetime.now(UTC) + timedelta(minutes=6))
    expired = verify(page, card["card"])
    till.shot("verify-expired", whole=True)
    assert "已过期" in expired
    assert not [shown for shown in (name, "厦门", "白鹭分") if shown in expired]
    assert "内容被改过" in verify(page, card["card"][:-3] + "000")
    assert "不是本机所知的密钥签的" in verify(page, GOLDEN["cases"][0]["card"])
    assert "一分钟" in verify(page, "7K3M 9QXD ABCD 1234")
    assert "公钥核验" in page.locator("[data-keys]").inner_text()
    _keeps_files_only(page)
    till.faults[:] = [fault for fault in till.faults if "ERR_INTERNET_DISCONNECTED" not in fault]


def verify(page: Page, card: str) -> str:
    """What the page says to a card."""
    page.fill("[name=card]", card)
    page.evaluate("document.querySelector('[data-reason]')?.remove()")
    page.locator("form button[type=submit]").click()
    return page.locator("[data-reason]").inner_text()


def _keeps_files_only(page: Page) -> None:
    """Nothing that the API says is among the worker's files."""
    kept: list[str] = page.evaluate(
        "caches.keys().then(async (names) => (await Promise.all(names.map(async (name) => "
        "(await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)))).flat())"
    )
    assert len(kept) > 40
    assert not [path for path in kept if path != "/counter" and not path.startswith("/static/")]


def _judges_as_python_does(page: Page) -> None:
    cases = GOLDEN["cases"]
    assert judged(page, cases) == [case.get("says") or case["reason"] for case in cases]
    largest = max((case for case in cases if "says" in case), key=lambda case: len(case["card"]))
    spoilt = [{"card": card, "at": largest["at"]} for card in changed_by_a_bit(largest["card"])]
    assert set(judged(page, spoilt)) == {"tampered", "not_a_card", "unknown_key"}


def test_a_code_is_scanned_at_the_counter_by_camera_and_by_photograph(new_phone: Callable[..., Phone]) -> None:
    citizen, till = new_phone(color_scheme="dark"), new_phone(permissions=["camera"])
    log_in(citizen, "xm-high")
    till.context.add_init_script(DETECTOR)
    till.open("/counter#/verify", "[name=card]")  # and the pairing link is opened in this very tab
    page = paired_counter(till, "xm-commons")
    page.get_by_role("button", name="扫码").click()
    page.wait_for_function("() => window.__track?.readyState === 'live'")
    till.shot("scan-camera")
    page.keyboard.press("Escape")
    page.wait_for_function("() => window.__track.readyState === 'ended'")
    page.get_by_role("button", name="扫码").click()
    code = citizen.view("code", "[data-code]").locator("[data-code]").get_attribute("data-code")
    page.evaluate("(code) => { window.__seen = code; }", code)
    page.wait_for_selector("[data-path]")
    assert page.evaluate("window.__track.readyState") == "ended", "the camera is off once a code is read"

    _shows_a_card_as_large_as_the_screen(citizen)
    page.get_by_role("link", name="核验下一位").click()
    page.wait_for_selector("[name=code]")
    photo = {"name": "p.jpg", "mimeType": "image/jpeg", "buffer": seen(screenshot_path("card-on-screen"))}
    page.set_input_files("input[type=file]", photo)
    page.wait_for_selector("[data-reason=holds]")
    till.shot("verify-from-photograph", whole=True)


def _shows_a_card_as_large_as_the_screen(citizen: Phone) -> None:
    """Five CSS pixels a module at least, if it were of the largest version, and black on white on a dark page.

    Once it is over the page says so, and how to go on.
    """
    citizen.page.clock.install()
    page = citizen.view("offline", "form")
    page.locator("form button[type=submit]").click()
    picture = page.locator(".code-picture-large")
    picture.wait_for()
    page.wait_for_function("() => document.querySelector('.code-picture-large').naturalWidth > 0")
    box = picture.bounding_box()
    assert box is not None
    assert box["width"] / MODULES >= 5
    citizen.shot("offline-card-dark", whole=True)
    picture.screenshot(path=screenshot_path("card-on-screen"))
    page.clock.fast_forward("01:00:05")
    page.get_by_text("已过期，请重新生成一张").wait_for()
    assert "is-over" in str(picture.get_attribute("class"))


def seen(screen: Path) -> bytes:
    """A photograph of what stands on a screen."""
    out = BytesIO()
    photograph(Image.open(screen)).save(out, "JPEG", quality=80)
    return out.getvalue()
