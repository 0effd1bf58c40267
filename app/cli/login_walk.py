"""From an authorization request to its answer through the pages of the login, as a person walks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import pyotp

from app.cli.browser import Browser, BrowserError, Form, Page

STEPS_MOST = 8
CODES_MOST = 2


@dataclass(frozen=True, slots=True)
class Person:
    """Who logs in, and what they answer when asked. `totp_secret` (base32) is an operator's."""

    login: str
    password: str
    term_days: int | None = None
    totp_secret: str = ""

    def code(self, seconds: float, ahead: int) -> str:
        """Their one-time code at a moment, or the next ones: each works once."""
        return pyotp.TOTP(self.totp_secret).at(int(seconds), counter_offset=ahead)


def walk(browser: Browser, url: str, person: Person, clock: Callable[[], float]) -> Page:
    """Log in and agree to all that is asked; ends back at the client. Raises BrowserError where there is no way on."""
    page, passwords, codes = browser.get(url), 0, 0
    for _ in range(STEPS_MOST):
        if page.stopped:
            return page
        if form := page.form_with("password"):
            if passwords:
                raise BrowserError("the real-name platform refused the login")
            page, passwords = browser.submit(page, form, login=person.login, password=person.password), 1
        elif form := page.form_with("decision"):
            page = browser.submit(page, form, **_agreed(form, person.term_days))
        elif form := page.form_with("start_login"):
            page = browser.submit(page, form, start_login="1")
        elif person.totp_secret and codes < CODES_MOST and (form := page.form_with("otp")):
            page, codes = browser.submit(page, form, otp=person.code(clock(), codes)), codes + 1
        else:
            break
    raise BrowserError(f"no way on from {urlsplit(page.url).path} ({page.status})")


def _agreed(form: Form, term_days: int | None) -> dict[str, str]:
    term = {} if term_days is None else {"term_days": str(term_days)}
    score = {"score_read": "yes"} if "score_read" in form.names else {}
    return {"decision": "allow", **term, **score}
