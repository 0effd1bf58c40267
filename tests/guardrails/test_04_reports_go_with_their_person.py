"""Guardrails 4 and 9 for credit reports: leaving deletes them and kills their codes; at rest they say nothing."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.citizen import reports
from tests.support.reporting import PATH, Reporting, bare, blank_paper


@pytest.fixture(autouse=True)
def no_typesetter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "render", blank_paper)


@pytest.fixture
def mine(app: Flask, session: Session) -> Reporting:
    return Reporting(app, session)


def test_leaving_deletes_reports_and_kills_their_codes(mine: Reporting, session: Session) -> None:
    made = mine.make()
    assert mine.me.delete("/citizen/v1/enrolment").status_code == 200
    assert bare(mine.check(made["code"])) == bare(mine.check("0" * 16))
    for table in ("reports", "report_records"):
        assert session.scalar(text(f"select count(*) from {table}")) == 0
    assert session.scalar(text("select count(*) from outer_ids where kind = 'report_code'")) == 0


def test_an_export_has_them_in_clear_but_for_the_code(mine: Reporting) -> None:
    made = mine.make()
    tables = mine.me.post("/citizen/v1/data-exports").json["tables"]
    (row,) = tables["reports"]
    assert row["document"]["subject"]["full_name"] == "张测试"
    assert row["sha256"] == made["sha256"]
    assert len(tables["report_records"]) == 2
    assert made["code"] not in str(tables)


def test_a_dump_of_the_database_has_no_code_and_no_word_of_a_report(mine: Reporting, session: Session) -> None:
    made = mine.make()
    mine.check(made["code"])
    for table in ("reports", "report_records", "outer_ids"):
        dump = session.scalar(text(f"select string_agg(t::text, ' ') from {table} t")) or ""
        held = [made["code"], made["code"].lower(), "张测试", "无照经营", "score", made["code"].encode().hex()]
        assert not [word for word in held if word in dump]


def test_a_log_of_requests_has_no_code(mine: Reporting, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("DEBUG"):
        made = mine.make()
        mine.check(made["code"])
        mine.me.get(PATH)
    assert made["code"] not in caplog.text
