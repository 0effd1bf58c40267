"""Headless Chromium as a phone: pages that must stay free of console errors and of violations of their policy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.support.cities import ROOT, City

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
]
PHONE = {"width": 390, "height": 844}
SCREENSHOTS = ROOT / "var" / "screenshots"
WATCH = """
window.__violations = [];
addEventListener('securitypolicyviolation', (event) => {
  window.__violations.push(`${event.violatedDirective} ${event.blockedURI}`);
});
"""


def chromium() -> str | None:
    """Where Chromium is on this machine, or None."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@contextmanager
def launched() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


@dataclass
class Phone:
    """One browser context, which is one device, with one page; what went wrong in it is kept."""

    city: City
    context: BrowserContext
    page: Page
    faults: list[str] = field(default_factory=list)

    def open(self, path: str, waits_for: str = "main h1") -> Page:
        """Open a path of the city and wait for what shows that it is there."""
        self.page.goto(self.city.base_url + path)
        self.page.wait_for_selector(waits_for)
        return self.page

    def view(self, name: str, waits_for: str = "main h1") -> Page:
        """Open a view of the app by its hash, afresh."""
        self.page.goto("about:blank")
        return self.open(f"/app#/{name}", waits_for)

    def turn_to(self, name: str) -> Page:
        """Go on to another view of the app by its hash, as a tap does, and wait until it is whole."""
        self.page.evaluate("document.querySelector('main').setAttribute('data-before', '')")
        self.page.evaluate("(hash) => { location.hash = hash; }", f"#/{name}")
        self.page.wait_for_selector("main:not([data-before])")
        self.page.wait_for_function("() => !document.querySelector('[aria-busy]')")
        return self.page

    def shot(self, name: str, *, whole: bool = False) -> None:
        """A screenshot for people to look at."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.wait_for_timeout(80)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=whole)

    def violations(self) -> list[str]:
        """What the page's content security policy stopped on the present page."""
        found: list[str] = self.page.evaluate("window.__violations ?? []")
        return found


def phone(browser: Browser, city: City, **options: Any) -> Phone:
    """A new device: nothing remembered, nobody logged in."""
    settings = {"viewport": PHONE, "device_scale_factor": 2, "locale": "zh-CN", "is_mobile": True, "has_touch": True}
    context = browser.new_context(**{**settings, **options})
    context.add_init_script(WATCH)
    device = Phone(city, context, context.new_page())
    device.page.on("console", lambda message: _note(device, message))
    device.page.on("pageerror", lambda error: device.faults.append(f"error: {error}"))
    return device


def _note(device: Phone, message: ConsoleMessage) -> None:
    ours = device.page.url.startswith(device.city.base_url)
    expected = "the server responded with a status of 4" in message.text
    if ours and message.type in ("error", "warning") and not expected:
        device.faults.append(f"{message.type}: {message.text}")


def log_in(device: Phone, login: str) -> None:
    """Log in from the app's start page through the real-name platform, as a person would."""
    page = device.open("/app", ".hero-start")
    page.locator("main .button").first.click()
    if (
        page.locator("[name=start_login]").or_(page.locator("[name=password]")).first.get_attribute("name")
        != "password"
    ):
        page.locator("[name=start_login]").click()
    password = next(one["password"] for one in device.city.facts["citizens"] if one["login"] == login)
    page.fill("[name=login]", login)
    page.fill("[name=password]", password)
    page.locator("button[type=submit]").click()
    page.wait_for_selector("nav.tabs")


def paired_counter(device: Phone, partner: str) -> Page:
    """A counter of this partner, paired by a fresh link from the credit office."""
    city = device.city
    partner_id = city.call(partner, "GET", "/partner/v1/me").json()["id"]
    link = city.call("hz-office", "POST", f"/operator/v1/partners/{partner_id}/pairing-links", json={}).json()
    page = device.open(f"/counter#pair={link['token']}", "form")
    page.locator("form button[type=submit]").click()
    page.wait_for_selector("[name=code]")
    return page


def screenshot_path(name: str) -> Path:
    """Where `Phone.shot` put a picture."""
    return SCREENSHOTS / f"{name}.png"
