"""My rights in a browser: take everything along, ask for a correction and take it back, keep the receipt of leaving."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import jwt
import pytest
import requests
from playwright.sync_api import Download

from tests.e2e.test_browser_desk import log_in as desk_log_in
from tests.support.browsers import Phone, log_in
from tests.support.cities import City

pytestmark = pytest.mark.browser
LOGIN = "hz-middle"


def saved(download: Download, folder: Path) -> dict[str, object]:
    """What the browser put into a file."""
    path = folder / download.suggested_filename
    download.save_as(path)
    made: dict[str, object] = json.loads(path.read_text("utf-8"))
    return made


def test_everything_is_taken_along_and_a_wrong_fact_put_forward(
    new_phone: Callable[..., Phone], city: City, tmp_path: Path
) -> None:
    device = new_phone()
    log_in(device, LOGIN)
    page = device.view("data", "main h1")
    page.wait_for_selector(".card")
    device.shot("rights-data", whole=True)
    with page.expect_download() as caught:
        page.get_by_role("button", name="下载我的全部数据").click()
    made = saved(caught.value, tmp_path)
    assert isinstance(made["tables"], dict)
    assert made["tables"]["records"]

    page = device.turn_to("correct")
    page.locator("select").nth(0).select_option(index=1)
    page.locator("select").nth(1).select_option("event_on")
    page.locator("textarea").fill("日期应为前一天")
    device.shot("rights-correct", whole=True)
    page.get_by_role("button", name="提交").click()
    page.get_by_role("button", name="撤回申请").wait_for()
    device.shot("rights-correction", whole=True)
    assert "日期应为前一天" in page.locator("main").inner_text()
    page.get_by_role("button", name="撤回申请").click()
    page.get_by_text("您已撤回").wait_for()


def test_the_receipt_of_leaving_is_kept_and_verified(
    new_phone: Callable[..., Phone], city: City, tmp_path: Path
) -> None:
    device = new_phone()
    log_in(device, "zs-guest")
    page = device.view("leave", "#leave-sure")
    assert "依据：" in page.locator("main").inner_text(), "what the law lets stay is told before"
    device.shot("rights-leave", whole=True)
    page.locator("#leave-sure").check()
    page.get_by_role("button", name="退出并删除").click()
    page.get_by_role("heading", name="已退出").wait_for()
    device.shot("rights-receipt", whole=True)
    with page.expect_download() as caught:
        page.get_by_role("button", name="下载回执").click()
    signed = str(saved(caught.value, tmp_path)["signed"])
    keys = jwt.PyJWKSet.from_dict(requests.get(f"{city.base_url}/oauth/jwks", timeout=10).json())
    claims = jwt.decode(signed, keys[jwt.get_unverified_header(signed)["kid"]], algorithms=["ES256"])
    assert claims["iss"] == city.base_url


def test_the_office_answers_at_the_desk_and_the_person_reads_it(new_phone: Callable[..., Phone], city: City) -> None:
    record = city.call(LOGIN, "GET", "/citizen/v1/records").json()["data"][0]["id"]
    wrong = {"about": "record", "record_id": record, "field": "event_on", "statement": "日期应为前一天"}
    asked = city.call(LOGIN, "POST", "/citizen/v1/corrections", json=wrong).json()
    device = new_phone()
    page = desk_log_in(device, "hz-office")
    page.get_by_text("更正申请").click()
    page.get_by_text("信用记录 · 发生日期").last.click()
    page.get_by_text("日期应为前一天").wait_for()
    page.locator("[name=outcome]").select_option("replace")
    page.locator("[name=document]").fill("函 1")
    device.shot("desk-correction", whole=True)
    page.locator("[name=outcome]").select_option("refused")
    page.locator("[name=reason]").fill("与原始记录一致")
    page.get_by_role("button", name="答复").click()
    page.get_by_role("heading", name="更正申请").wait_for()
    answered = city.call(LOGIN, "GET", f"/citizen/v1/corrections/{asked['id']}").json()
    assert (answered["status"]["code"], answered["reason"]) == ("refused", "与原始记录一致")
