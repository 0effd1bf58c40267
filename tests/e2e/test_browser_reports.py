"""A credit report on the phone, from reading it to a stranger who checks it on another device, and its end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from tests.support.browsers import Phone, log_in, screenshot_path
from tests.support.cities import City

pytestmark = pytest.mark.browser


def test_a_report_is_read_made_checked_by_a_stranger_and_ended(
    new_phone: Callable[..., Phone], city: City, tmp_path: Path
) -> None:
    mine, stranger = new_phone(), new_phone()
    log_in(mine, "xm-card-a")
    page = mine.view("report", ".points-small")
    mine.shot("report-mine", whole=True)
    assert "《个人信息保护法》第四十五条" in page.locator("main").inner_html()
    page.locator("main .fold summary").first.click()
    mine.shot("report-record")

    page = mine.turn_to("reports")
    assert "看不到分数和记录" in page.locator("main").inner_text(), "it says what a stranger would see"
    mine.shot("report-make", whole=True)
    page.locator("[name=shows][value=report]").check()
    page.locator("form button[type=submit]").click()
    page.locator("[data-code]").wait_for(timeout=30_000)
    mine.shot("report-made")
    with page.expect_download(timeout=30_000) as saved:
        page.get_by_role("button", name="下载 PDF").first.click()
    paper = tmp_path / "report.pdf"
    saved.value.save_as(paper)

    page.locator("[data-code] .code-picture").screenshot(path=screenshot_path("report-code"))
    [read] = zxingcpp.read_barcodes(Image.open(screenshot_path("report-code")))
    there = stranger.page
    there.goto(read.text)
    there.wait_for_selector(".input-code")
    assert there.evaluate("location.hash") == "", "the code leaves the address at once"
    stranger.shot("report-check")
    there.locator("form button[type=submit]").click()
    there.get_by_role("heading", name="这份报告是真的").wait_for()
    there.locator("input[type=file]").set_input_files(paper)
    there.get_by_text("文件没有改动").wait_for()
    stranger.shot("report-checked", whole=True)
    there.locator("input[type=file]").set_input_files({"name": "x.pdf", "mimeType": "application/pdf", "buffer": b"x"})
    there.get_by_text("不是同一份文件").wait_for()

    page = mine.view("reports", "[data-report]")
    assert "核验过 1 次" in page.locator("[data-report]").first.inner_text()
    page.get_by_role("button", name="结束链接").first.click()
    page.get_by_text("您已结束").first.wait_for()
    mine.shot("report-ended", whole=True)
    there.goto("about:blank")
    there.goto(read.text)
    there.locator("form button[type=submit]").click()
    there.get_by_text("已过期").wait_for()
    stranger.shot("report-over")
