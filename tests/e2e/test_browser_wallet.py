"""A credential in a phone's wallet: taken, shown in part to a verifier who checks it, gone with the login, revoked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from playwright.sync_api import Page

from app.cli.card import card
from tests.support.browsers import Phone, log_in
from tests.support.cities import City
from tests.support.wallet import names_of

pytestmark = pytest.mark.browser
LOGIN, SHOP, NONCE = "xm-card-b", "https://shop.example", "7Kq2vX"
SHOW = {"name_kind": "masked", "fields": ["verified", "city"]}
PRIVATE_KEY = """() => new Promise((done) => {
  const open = indexedDB.open('xinyi', 1);
  open.onsuccess = () => {
    const asked = open.result.transaction('kept').objectStore('kept').get('app.wallet');
    asked.onsuccess = async () => {
      open.result.close();
      const [held] = Object.values(asked.result ?? {});
      if (!held) return done('none');
      done(await crypto.subtle.exportKey('jwk', held.pair.privateKey).then(() => 'exported', (error) => error.name));
    };
  };
})"""
"""Tries to take the key out of the browser, as a script of another's could."""


def test_a_phone_takes_a_credential_shows_part_of_it_and_revokes_it(
    new_phone: Callable[..., Phone], city: City, tmp_path: Path
) -> None:
    assert city.call(LOGIN, "PUT", "/citizen/v1/name-card", json={"show": SHOW}).ok
    phone = new_phone()
    log_in(phone, LOGIN)
    page = phone.view("wallet", "form")
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps(page.request.get(city.base_url + "/oauth/jwks").json()))
    send = page.locator("form button[type=submit]")
    assert send.is_disabled(), "it is taken by a word of its own"
    page.locator("[name=agreed]").check()
    phone.shot("wallet", whole=True)
    send.click()
    presented = _presented(page)
    phone.shot("wallet-shown", whole=True)
    assert [names_of(one) for one in presented.split("~")[1:-1]] == ["name"], "the city was not chosen"
    told = _verified(presented, city, keys)
    assert told.exit_code == 0, told.output
    assert json.loads(told.stdout)["credential"]["name"]["kind"] == "masked"
    assert page.evaluate(PRIVATE_KEY) == "InvalidAccessError"

    phone.view("me").get_by_role("button", name="退出登录").click()
    page.wait_for_selector(".hero-start")
    assert page.evaluate(PRIVATE_KEY) == "none"
    log_in(phone, LOGIN)
    phone.view("wallet", "form").get_by_text("不在本机").first.click()
    page.get_by_role("button", name="作废", exact=True).click()
    page.get_by_role("button", name="作废", exact=True).last.click()
    page.get_by_text("已作废").first.wait_for()
    again = _verified(presented, city, keys)
    assert (again.exit_code, "revoked" in again.output) == (1, True)


def _presented(page: Page) -> str:
    """What the phone makes when only the name is left ticked."""
    page.locator("[name=name]").wait_for()
    assert page.locator("[name=city]").is_checked() is False
    fields = page.locator("form .input")
    fields.nth(0).fill(SHOP)
    fields.nth(1).fill(NONCE)
    page.locator("form button[type=submit]").click()
    text: str = page.locator("textarea.presentation").input_value()
    return text


def _verified(presented: str, city: City, keys: Path) -> Result:
    """`xinyi card verify`, as the verifier runs it."""
    asked = ["--nonce", NONCE, "--audience", SHOP, "--issuer", city.base_url, "--keys", str(keys)]
    return CliRunner().invoke(card, ["verify", presented, *asked])
