"""Guardrail 4, the way in: no score, no record and no look at the departments before someone agrees to the notice."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.domain.notice import NOTICE
from app.services import scoring
from app.store.base import Base
from app.store.outbox import Message
from app.web.kit import Kit
from tests.support.callers import as_citizen, as_department
from tests.support.members import a_penalty, a_row, days_ago, file_rows
from tests.support.people import id_number, make_citizen

OF_MEMBERS = ("enrolments", "records", "record_events", "record_sources", "scores", "score_snapshots", "batch_people")


def rows_in(session: Session, table: str) -> int:
    return session.scalar(select(func.count()).select_from(Base.metadata.tables[table])) or 0


def test_facts_about_someone_who_has_not_agreed_are_not_stored(session: Session, kit: Kit) -> None:
    make_citizen(session, kit.pii, kit.clock())
    file_rows(session, kit, "transport", a_penalty("P1", days_ago(kit), serious=True))
    file_rows(session, kit, "social_work", a_row("V1", "volunteer_service", days_ago(kit)))
    assert {table: rows_in(session, table) for table in OF_MEMBERS} == dict.fromkeys(OF_MEMBERS, 0)


def test_a_departments_file_leaves_no_trace_of_them(app: Flask, session: Session, kit: Kit) -> None:
    """Not in any column of any table, the report of the refused rows included."""
    header = "记录编号,事项编码,姓名,证件号码,发生日期,数量,有效期至\n"
    good = f"SECRET-1,volunteer_service,欧阳未开,{id_number(5)},{days_ago(kit)},4,\n"
    bad = f"SECRET-2,moonwalk,欧阳未开,{id_number(5)},{days_ago(kit)},4,\n"
    department = as_department(app, session, "social_work")
    answer = department.post("/department/v1/batches", data=(header + good + bad).encode(), content_type="text/csv")
    assert (answer.json["accepted"], answer.json["refused"]) == (1, 1)
    for table in Base.metadata.sorted_tables:
        rows = session.execute(text(f'select t::text from "{table.name}" t')).scalars()
        for row in rows:
            assert not any(word in row for word in ("SECRET", "欧阳", id_number(5))), table.name


def test_no_department_is_asked_and_nothing_is_scored(app: Flask, session: Session, kit: Kit) -> None:
    caller = as_citizen(app, session, make_citizen(session, kit.pii, kit.clock()))
    caller.get("/citizen/v1/enrolment")
    caller.post("/citizen/v1/enrolment", json={"notice_version": "an older one"})
    assert session.scalars(select(Message)).all() == []
    assert scoring.refresh_due(session, kit.packs, kit.clock()) == 0


def test_the_notice_says_who_what_why_how_long_and_that_one_may_leave() -> None:
    titles = [title.zh for title, _ in NOTICE.sections]
    assert titles == ["做什么", "用哪些信息", "向谁取得", "给谁看", "保存多久", "您的权利"]
    assert all(text.zh.strip() and text.en.strip() for pair in NOTICE.sections for text in pair)
