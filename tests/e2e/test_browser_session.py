"""The app as a client in a browser: keys that stay, sessions that renew and end, wrong clocks and broken lines."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.browsers import Phone, log_in

pytestmark = pytest.mark.browser
VAULT = """
(change) => new Promise((done) => {
  const open = indexedDB.open('xinyi', 1);
  open.onsuccess = () => {
    const store = open.result.transaction('kept', 'readwrite').objectStore('kept');
    const key = store.get('app.key');
    const tokens = store.get('app.tokens');
    tokens.onsuccess = () => {
      if (change) store.put({...tokens.result, ...change}, 'app.tokens');
      const {privateKey} = key.result;
      done({extractable: privateKey.extractable, usages: privateKey.usages, ...tokens.result});
    };
  };
})
"""
ID_TOKEN_OF_ANOTHER = """
async () => {
  const main = document.querySelector('script[type=module]').src;
  const { AppSession } = await import(new URL('../lib/oauth.js', main).href);
  const session = new AppSession(location.origin, { id: 'probe', scope: '', name: 'probe' });
  const claims = { iss: location.origin, aud: 'probe', nonce: 'another', exp: 9e9 };
  session.post = async () => ({ access_token: 'a', expires_in: 600, id_token: `.${btoa(JSON.stringify(claims))}.` });
  const error = await session.exchange({}, 'mine').then(() => '', (problem) => problem.code);
  return [error, await session.active()];
}
"""
WATCH_SHIFTS = """
window.__shift = 0;
new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.__shift += entry.value; })
  .observe({type: 'layout-shift', buffered: true});
"""
WRONG_CLOCK = """
const right = Date.now.bind(Date);
Date.now = () => right() + 3600000;
"""


def test_keys_stay_in_the_browser_and_a_log_out_ends_the_session(new_phone: Callable[..., Phone]) -> None:
    device = new_phone()
    log_in(device, "hz-blank")
    kept = device.page.evaluate(VAULT, None)
    assert (kept["extractable"], kept["usages"]) == (False, ["sign"])
    page = device.view("devices", ".item")
    assert page.get_by_text("本机").count() == 1
    page = device.view("me", ".item-link")
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_selector(".hero-start")
    device.view("home", ".hero-start")


def test_a_login_whose_id_token_is_anothers_leaves_no_tokens_behind(new_phone: Callable[..., Phone]) -> None:
    page = new_phone().open("/app", ".hero-start")
    assert page.evaluate(ID_TOKEN_OF_ANOTHER) == ["logged-out", False]


def test_a_session_renews_itself_and_its_refresh_token_changes(new_phone: Callable[..., Phone]) -> None:
    device = new_phone()
    log_in(device, "hz-blank")
    before = device.page.evaluate(VAULT, {"expires_at": 0})
    device.view("home", ".hero h1")
    after = device.page.evaluate(VAULT, None)
    assert after["access_token"] != before["access_token"]
    assert after["refresh_token"] != before["refresh_token"]


def test_two_tabs_that_renew_at_once_stay_logged_in(new_phone: Callable[..., Phone]) -> None:
    device = new_phone()
    log_in(device, "hz-blank")
    device.page.evaluate(VAULT, {"expires_at": 0})
    other = device.context.new_page()
    device.page.goto(device.city.base_url + "/app#/orders", wait_until="commit")
    other.goto(device.city.base_url + "/app#/me", wait_until="commit")
    for page in (device.page, other):
        page.wait_for_selector("nav.tabs")
    other.goto("about:blank")
    other.goto(device.city.base_url + "/app#/devices")
    other.get_by_text("本机").wait_for()


def test_a_session_that_was_ended_elsewhere_leads_to_the_start_in_words(new_phone: Callable[..., Phone]) -> None:
    device = new_phone()
    log_in(device, "hz-blank")
    device.page.evaluate(VAULT, {"access_token": "no.more.use", "refresh_token": "gone"})
    page = device.view("home", ".hero-start")
    assert "请重新登录" in page.locator(".notice").inner_text()


def test_a_device_whose_clock_is_wrong_can_log_in(new_phone: Callable[..., Phone]) -> None:
    device = new_phone()
    device.context.add_init_script(WRONG_CLOCK)
    log_in(device, "hz-blank")
    page = device.view("code", "[data-code]")
    seconds = int(page.locator(".seconds").inner_text().removesuffix(" 秒"))
    assert 50 <= seconds <= 60


def test_a_step_that_needs_a_fresh_login_leads_through_one_and_back(new_phone: Callable[..., Phone]) -> None:
    """RFC 9470: the first answer is what the server says five minutes after a login."""
    device, asked = new_phone(), []
    log_in(device, "hz-blank")
    page = device.view("leave", "#leave-sure")
    challenge = 'DPoP error="insufficient_user_authentication", max_age="300"'
    device.context.route(
        "**/citizen/v1/enrolment",
        lambda route: route.fulfill(status=401, headers={"WWW-Authenticate": challenge}),
        times=1,
    )
    device.page.on(
        "request", lambda request: asked.append(request.post_data or "") if "/oauth/par" in request.url else None
    )
    page.locator("#leave-sure").check()
    page.get_by_role("button", name="退出并删除").click()
    page.get_by_text("可以继续刚才的操作").wait_for()
    assert page.url.endswith("/app#/leave")
    assert ["max_age=300" in form for form in asked] == [True]
    page.locator("#leave-sure").check()
    page.get_by_role("button", name="退出并删除").click()
    page.get_by_role("heading", name="已退出").wait_for()


def test_nothing_jumps_while_the_first_screen_fills(new_phone: Callable[..., Phone]) -> None:
    device = new_phone()
    log_in(device, "hz-high")
    device.context.add_init_script(WATCH_SHIFTS)
    page = device.view("home", ".sum-line")
    page.wait_for_timeout(500)
    assert page.evaluate("__shift") < 0.1


def test_a_broken_line_is_said_in_words_and_a_try_again_works(new_phone: Callable[..., Phone]) -> None:
    device = new_phone()
    log_in(device, "hz-blank")
    page = device.view("me", ".item-link")
    device.context.set_offline(True)
    page.locator("nav a[href='#/orders']").click()
    page.wait_for_selector("[role=alert]", timeout=20_000)
    assert "网络没有连上" in page.locator("[role=alert]").inner_text()
    device.shot("offline")
    device.context.set_offline(False)
    page.get_by_role("button", name="再试一次").click()
    page.get_by_role("heading", name="订单").wait_for()
    device.faults = [fault for fault in device.faults if "ERR_INTERNET_DISCONNECTED" not in fault]
