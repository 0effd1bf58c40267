"""A report as paper: the very bytes that were promised, each time, in the language that its person chose."""

from __future__ import annotations

import hashlib

import pytest
from flask import Flask
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from app.citizen import reports
from app.domain.report import Report
from app.store.reports import ReportRow
from tests.support.remedying import penalty_of
from tests.support.reporting import PATH, Reporting, blank_paper


@pytest.fixture
def mine(app: Flask, session: Session) -> Reporting:
    return Reporting(app, session)


def test_the_paper_has_the_digest_that_was_promised_each_time(mine: Reporting) -> None:
    made = mine.make("seal", language="en")
    files = [mine.me.get(made["pdf"]) for _ in range(2)]
    assert {hashlib.sha256(file.data).hexdigest() for file in files} == {made["sha256"]}
    assert files[0].data.startswith(b"%PDF-")
    assert files[0].headers["Content-Disposition"] == 'attachment; filename="xinyi-report-2026-11-20.pdf"'
    assert mine.check(made["code"]).json["sha256"] == made["sha256"]


def test_another_template_or_typesetter_changes_no_paper_that_was_made(
    mine: Reporting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "render", blank_paper)
    made = mine.make()
    monkeypatch.setattr(reports, "render", lambda *_, **__: b"%PDF- of the next release")
    assert hashlib.sha256(mine.me.get(made["pdf"]).data).hexdigest() == made["sha256"]


def test_the_paper_speaks_the_language_that_i_chose(mine: Reporting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "render", blank_paper)
    made = mine.make(language="en")
    assert made["language"] == "en"
    assert mine.check(made["code"]).json["report"]["law"][0]["label"] == "PIPL article 45"


def test_a_report_whose_facts_change_while_its_paper_is_set_is_not_made(
    mine: Reporting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def meanwhile(report: Report, *, code: str, **_: object) -> bytes:
        penalty = penalty_of(mine.session, mine.citizen_id)
        penalty.status, penalty.version = "repaired", penalty.version + 1
        mine.session.commit()
        return blank_paper(report, code=code)

    monkeypatch.setattr(reports, "render", meanwhile)
    answer = mine.me.post(PATH, json={"shows": "report"})
    assert (answer.status_code, answer.json["code"]) == (503, "temporarily-unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert mine.session.scalars(select(ReportRow)).all() == []


def test_no_transaction_is_open_while_a_paper_is_set(
    real_app: Flask, real_db: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = text(
        "select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'"
    )
    seen = []

    def meanwhile(report: Report, *, code: str, **_: object) -> bytes:
        with real_db.connect() as other:
            seen.append(other.scalar(waiting))
        return blank_paper(report, code=code)

    monkeypatch.setattr(reports, "render", meanwhile)
    with Session(real_db, expire_on_commit=False) as session:
        mine = Reporting(real_app, session)
        session.commit()
        mine.make()
    assert seen == [0]
