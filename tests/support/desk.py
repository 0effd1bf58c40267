"""The desk's login in tests, up to its second step and through it."""

from __future__ import annotations

import pyotp

from tests.support.identity import TOTP_SECRET
from tests.support.oauth import authorize_url, browser, log_in_at, par

DESK = "openid operator"


def code(city, *, steps=0, secret=TOTP_SECRET):
    """The one-time code of the moment, or of time steps away."""
    return pyotp.TOTP(secret).at(int(city.kit.clock().timestamp()), counter_offset=steps)


def at_the_code(city, login="zhao", client=None, **asked):
    """The desk's login, up to its second step: client, browser and page."""
    client = client or city.desk()
    here = browser(client)
    return client, here, log_in_at(here, authorize_url(client, par(client, scope=DESK, **asked)), login)


def type_in(here, page, **fields):
    """Send the form of the page that has the first of these fields."""
    form = page.form_with(next(iter(fields)))
    assert form is not None, page.html
    return here.submit(page, form, **fields)
