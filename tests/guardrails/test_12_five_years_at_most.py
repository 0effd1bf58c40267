"""Guardrail 12: adverse records are deleted at the latest five years after the act ended; a proof stays, no data."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.domain.calendar import add_months, day_of
from app.domain.record import Status
from app.domain.retention import deleted_on
from app.store import leaving, records, retention
from app.store.retention import RECORD
from app.web.kit import Kit
from tests.conftest import Clock
from tests.support.ageing import night, old_penalty, on_day
from tests.support.callers import as_citizen
from tests.support.members import a_row, days_ago, file_rows, make_member


@pytest.mark.parametrize("status", list(Status))
def test_whatever_became_of_it_five_years_are_the_most(
    app: Flask, session: Session, kit: Kit, clock: Clock, status: Status
) -> None:
    """Disputed, repaired, corrected or withdrawn: none is kept for longer than an active one."""
    me = make_member(session, kit)
    ended = days_ago(kit)
    record = old_penalty(session, kit, "P-1", ended)
    row = records.get(session, me, record)
    assert row is not None
    row.status = status
    session.commit()
    on_day(clock, add_months(ended, 60))
    night(kit)
    caller = as_citizen(app, session, me)
    assert caller.get(f"/citizen/v1/records/{record}").status_code == 404
    assert len(caller.get("/citizen/v1/deletion-proofs").json["data"]) == 1


def test_the_last_day_is_told_from_the_first_day_on(app: Flask, session: Session, kit: Kit) -> None:
    me = make_member(session, kit)
    ended = days_ago(kit)
    record = old_penalty(session, kit, "P-1", ended)
    ahead = as_citizen(app, session, me).get(f"/citizen/v1/records/{record}").json["upcoming"]
    assert [step["kind"]["code"] for step in ahead] == ["expires", "deleted"]
    assert ahead[1]["on"] == add_months(ended, 60).isoformat()


def test_no_term_reaches_past_five_years() -> None:
    for ended in (date(2024, 2, 29), date(2025, 12, 31), date(2026, 1, 1)):
        gone = deleted_on(date(2099, 1, 1), ended)
        assert gone == add_months(ended, 60)
        assert retention.ended_before(gone) >= ended
        assert retention.ended_before(gone - timedelta(days=1)) < ended


def test_every_table_that_can_be_about_a_record_loses_its_rows_with_it() -> None:
    """A table of people with a record's id in it names it `record_id`, by which the job finds it, or is named here."""
    otherwise = {
        "records": "id",
        "reviews": "subject",
        "orders": "forgets it: test_12_orders_outlive_records.py",
        "reports": "falls with it: test_12_reports_never_outlive_a_repair.py",
    }
    found = {table.name for table in retention.tables_about_records()}
    named = {
        table.name: [column.name for column in table.columns if "record" in column.name]
        for table in leaving.tables_of_people()
    }
    assert {name for name, columns in named.items() if columns} - set(otherwise) <= found
    assert RECORD == "record_id"


def test_a_proof_says_rule_and_day_and_nothing_else(app: Flask, session: Session, kit: Kit, clock: Clock) -> None:
    me = make_member(session, kit)
    file_rows(session, kit, "social_work", a_row("V-1", "volunteer_service", days_ago(kit)))
    expires = as_citizen(app, session, me).get("/citizen/v1/records").json["data"][0]["expires_on"]
    on_day(clock, date.fromisoformat(expires))
    night(kit)
    proof = as_citizen(app, session, me).get("/citizen/v1/deletion-proofs").json["data"][0]
    assert set(proof) == {"id", "rule", "deleted_on", "commitment", "salt", "signed"}
    assert (proof["rule"]["code"], proof["deleted_on"]) == ("term-ended", day_of(clock()).isoformat())
