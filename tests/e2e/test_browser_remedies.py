"""Remedies in a browser: a record is disputed on its page, its department answers, and the page says how it ended."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.support.browsers import Phone, log_in
from tests.support.cities import City

pytestmark = pytest.mark.browser
LOGIN = "hz-middle"


def a_record(city: City) -> dict[str, Any]:
    """One record of the person that counts and was never disputed."""
    rows = city.call(LOGIN, "GET", "/citizen/v1/records?limit=100").json()["data"]
    disputed = {row["record_id"] for row in city.call(LOGIN, "GET", "/citizen/v1/disputes?limit=100").json()["data"]}
    found: dict[str, Any] = next(row for row in rows if row["counts"] and row["id"] not in disputed)
    return found


def answer(city: City, source: str, dispute_id: str, **said: str) -> None:
    """Its department reads the dispute and answers it."""
    department = f"dept-{source.replace('_', '-')}"
    path = f"/department/v1/disputes/{dispute_id}"
    assert city.call(department, "GET", path).json()["statement"]
    done = city.call(department, "POST", f"{path}/answer", json=said, headers={"Idempotency-Key": dispute_id})
    assert done.status_code == 200, done.text


def write(page: Page, text: str) -> None:
    """Say it in one's own words, and send it."""
    page.locator("textarea").first.fill(text)
    page.locator("main form button[type=submit]").click()


def test_a_record_is_disputed_on_its_page_and_the_outcome_read_there(
    new_phone: Callable[..., Phone], city: City
) -> None:
    record = a_record(city)
    device = new_phone()
    log_in(device, LOGIN)
    page = device.turn_to(f"record/{record['id']}")
    device.shot("remedy-record", whole=True)
    page.get_by_text("对这条记录提出异议").click()
    page.locator("[name=ground]").select_option("inaccurate")
    device.shot("remedy-contest", whole=True)
    write(page, "时间和地点都不对")
    page.get_by_text("已提交来源部门").wait_for()
    device.shot("remedy-dispute", whole=True)
    dispute_id = page.url.rpartition("/")[2]

    page.get_by_text("查看这条记录").click()
    page.get_by_text("异议处理期间不计分").wait_for()
    page.get_by_text("异议正在处理").wait_for()
    device.shot("remedy-record-disputed", whole=True)

    answer(city, record["source"]["code"], dispute_id, outcome="upheld", reason="与原始文书一致", document="函 8")
    page = device.turn_to(f"dispute/{dispute_id}")
    page.get_by_text("核实后维持").wait_for()
    page.get_by_text("与原始文书一致").wait_for()
    device.shot("remedy-dispute-upheld", whole=True)
    page = device.turn_to(f"contest/{record['id']}")
    page.locator("[name=evidence]").wait_for()
    device.shot("remedy-contest-again", whole=True)


def test_a_statement_goes_with_its_record_until_it_is_removed(new_phone: Callable[..., Phone], city: City) -> None:
    record = a_record(city)
    device = new_phone()
    log_in(device, LOGIN)
    page = device.turn_to(f"state/{record['id']}")
    write(page, "当时在外地 🙏")
    page.locator("[data-statement]").wait_for()
    device.shot("remedy-statement", whole=True)
    page.get_by_text("修改我的说明").click()
    page.get_by_role("button", name="删除说明").click()
    page.locator("a[href^='#/state/']").get_by_text("附上我的说明").wait_for()
    assert not page.locator("[data-statement]").count()


def test_a_pledge_is_made_kept_and_listed(new_phone: Callable[..., Phone], city: City) -> None:
    device = new_phone()
    log_in(device, LOGIN)
    page = device.turn_to("remedies")
    page.get_by_text("我的承诺").click()
    page.locator("[name=about]").wait_for()
    promise = f"每次按时还车 {uuid.uuid4().hex[:6]}"
    write(page, promise)
    page.locator(".list").get_by_text(promise).click()
    page.get_by_role("button", name="已经做到").click()
    page.locator(".list li").filter(has_text=promise).get_by_text("已完成").wait_for()
    device.shot("remedy-pledges", whole=True)
    device.turn_to("remedies")
    device.shot("remedy-mine", whole=True)
