"""Departments see how far their files are, what the catalogue wants, and get files to fill in."""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl
import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.domain.columns import PENALTY, RECORD
from app.services import ingestion
from app.services.row_files import CSV, XLSX
from app.web.kit import Kit
from tests.support.callers import TestCaller, as_department
from tests.support.members import a_penalty, a_row, days_ago, make_member
from tests.support.office import operator
from tests.support.people import id_number
from tests.support.workbooks import book, saved

BATCHES = "/department/v1/batches"
CATALOGUE = "/department/v1/catalogue"


@pytest.fixture
def member(session: Session, kit: Kit) -> str:
    return make_member(session, kit)


@pytest.fixture
def social_work(app: Flask, session: Session) -> TestCaller:
    return as_department(app, session, "social_work", "社会工作部")


def send(caller: TestCaller, data: bytes, media_type: str = CSV, name: str = "a") -> dict[str, Any]:
    answer = caller.post(f"{BATCHES}?filename={name}", data=data, headers={"Content-Type": media_type})
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def cells(kit: Kit, number: str, **changed: object) -> list[object]:
    row = a_row(number, "volunteer_service", days_ago(kit)) | changed
    return [row.get(column.key) for column in RECORD]


def test_a_workbook_is_filed_and_reported_by_excels_line_numbers(
    social_work: TestCaller, kit: Kit, member: str
) -> None:
    data = book(cells(kit, "A1"), cells(kit, "A2", id_number=9.9e17), cells(kit, "A3", quantity="=1+1"))
    report = send(social_work, data, XLSX)
    assert (report["rows"], report["accepted"], report["refused"]) == (3, 1, 2)
    refused = social_work.get(f"{BATCHES}/{report['id']}/refusals").json["data"]
    assert [(row["line"], row["field"], row["code"]) for row in refused] == [
        (3, "id_number", "not-text"),
        (4, "quantity", "formula"),
    ]
    assert refused[0]["detail"].startswith("须为文本")


def test_a_file_in_gb18030_is_filed(social_work: TestCaller, kit: Kit, member: str) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([[column.name for column in RECORD], cells(kit, "A1")])
    assert send(social_work, text.getvalue().encode("gb18030"))["accepted"] == 1


def test_the_same_workbook_again_changes_nothing(
    social_work: TestCaller, session: Session, kit: Kit, member: str
) -> None:
    data = book(cells(kit, "A1"))
    send(social_work, data, XLSX)
    again = send(social_work, data, XLSX)
    assert ingestion.report(session, None, again["id"]).duplicates == 1


def test_my_files_are_listed_newest_first_and_nobody_elses(
    app: Flask, session: Session, social_work: TestCaller, kit: Kit
) -> None:
    for name in ("one", "two", "three"):
        send(social_work, book(cells(kit, name)), XLSX, name)
    send(as_department(app, session, "library"), book(cells(kit, "L1", item="returned_book")), XLSX, "theirs")
    first = social_work.get(f"{BATCHES}?limit=2").json
    assert [one["filename"] for one in first["data"]] == ["three", "two"]
    rest = social_work.get(f"{BATCHES}?cursor={first['next_cursor']}").json
    assert [one["filename"] for one in rest["data"]] == ["one"]
    assert not rest["has_more"]


def test_a_list_says_nothing_of_what_the_files_said(social_work: TestCaller, kit: Kit, member: str) -> None:
    send(social_work, book(cells(kit, "A1", name="王五")), XLSX)
    text = social_work.get(BATCHES).text
    assert "王五" not in text
    assert "A1" not in text


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "cursor=%00", "status=complete"])
def test_a_bad_list_query_is_refused(social_work: TestCaller, query: str) -> None:
    answer = social_work.get(f"{BATCHES}?{query}")
    assert (answer.status_code, answer.json["code"]) == (422, "validation")


def test_the_catalogue_says_which_columns_an_item_needs(app: Flask, session: Session) -> None:
    items = {
        item["code"]: {column["key"]: column for column in item["columns"]}
        for department in ("social_work", "blood_center", "transport")
        for item in as_department(app, session, department).get(CATALOGUE).json["data"]
    }
    assert items["volunteer_service"]["quantity"] == {
        "name": "数量", "key": "quantity", "form": "whole", "required": True
    }  # fmt: skip
    assert "quantity" not in items["blood_donation"]
    assert set(items["administrative_penalty_general"]) == {column.key for column in PENALTY}
    assert items["administrative_penalty_general"]["class"]["required"]


def template(caller: TestCaller, item: str, kind: str) -> bytes:
    answer = caller.get(f"{CATALOGUE}/{item}/template?format={kind}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{item}.{kind}"'
    return bytes(answer.data)


def test_a_csv_template_opens_in_excel_and_comes_back_filled(social_work: TestCaller, kit: Kit, member: str) -> None:
    header = template(social_work, "volunteer_service", "csv")
    assert header.startswith(b"\xef\xbb\xbf")
    row = a_row("A1", "volunteer_service", days_ago(kit))
    names = header.decode("utf-8-sig").strip().split(",")
    line = ",".join(str(row.get(column.key, "")) for name in names for column in RECORD if column.name == name)
    assert send(social_work, header + line.encode() + b"\r\n")["accepted"] == 1


def test_a_workbook_template_keeps_every_digit_and_comes_back_filled(
    app: Flask, session: Session, kit: Kit, member: str
) -> None:
    market = as_department(app, session, "market_supervision")
    workbook = openpyxl.load_workbook(io.BytesIO(template(market, "administrative_penalty_general", "xlsx")))
    sheet = workbook.active
    names = {column.name: column.key for column in PENALTY}
    penalty = a_penalty("厦市监罚〔2026〕12号", days_ago(kit))
    for column in range(1, len(PENALTY) + 1):
        assert sheet.column_dimensions["A"].number_format == "@"
        sheet.cell(2, column, penalty.get(names[sheet.cell(1, column).value]))
    assert send(market, saved(workbook), XLSX)["accepted"] == 1


@pytest.mark.parametrize("item", ["blood_donation", "nothing", "%00", "x" * 300])
def test_there_is_no_template_of_an_item_that_is_not_mine(social_work: TestCaller, item: str) -> None:
    assert social_work.get(f"{CATALOGUE}/{item}/template").status_code == 404


@pytest.mark.parametrize("query", ["format=xls", "format=", "kind=csv", "format=csv&format=xlsx"])
def test_a_template_of_another_kind_is_refused(social_work: TestCaller, query: str) -> None:
    answer = social_work.get(f"{CATALOGUE}/volunteer_service/template?{query}")
    assert (answer.status_code, answer.json["code"]) == (422, "validation")


def test_the_office_sees_what_arrives_and_why_rows_are_refused_in_numbers_only(
    app: Flask, session: Session, social_work: TestCaller, kit: Kit, member: str
) -> None:
    rows = [cells(kit, f"A{number}", name=name) for number, name in enumerate(["张测试", "", ""])]
    sent = send(social_work, book(*rows, cells(kit, "A9", quantity=1)), XLSX)
    desk = operator(app, session, "auditor")
    (batch,) = desk.get("/operator/v1/batches").json["data"]
    assert (batch["source_name"], batch["accepted"], batch["refused"]) == ("社会工作部", 1, 3)
    assert (batch["not_stored"], batch["duplicates"]) == (0, 0)
    one = desk.get(f"/operator/v1/batches/{sent['id']}")
    assert [(reason["field"], reason["code"], reason["rows"]) for reason in one.json["reasons"]] == [
        ("name", "missing", 2),
        ("quantity", "quantity-too-small", 1),
    ]
    assert not [said for said in ("张测试", "王五", "A1", id_number(1)) if said in one.text]
    assert desk.get("/operator/v1/batches/bat_none").status_code == 404
