"""What a deletion leaves alone, and what who waits for it finds: only the person's and the department's own goes."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import Engine, select, text, update
from sqlalchemy.orm import Session, sessionmaker

from app.domain.access import SYSTEM
from app.domain.calendar import add_months
from app.factory import build_kit
from app.services import access, record_entries, repairs, retention
from app.store import access_log, batches
from app.store.idempotency import IdempotencyKey
from app.store.records import RecordRow
from app.web.kit import Kit
from tests.conftest import Clock
from tests.support.ageing import night, old_penalty, on_day
from tests.support.callers import as_department
from tests.support.members import a_penalty, days_ago, desk, file_rows, make_member
from tests.support.people import id_number

SOURCE = "transport"


def left(session: Session) -> list[str]:
    return list(session.scalars(select(RecordRow.source_record_id)))


def test_a_file_that_another_record_of_mine_came_in_keeps_its_name_whoever_else_was_in_it(
    session: Session, kit: Kit, clock: Clock
) -> None:
    """The same batch is gone for the one, and still there for the other."""
    one, other = (make_member(session, kit, serial=serial) for serial in (1, 2))
    batch = batches.open_batch(session, SOURCE, now=clock(), request_key="one").id
    ended = days_ago(kit, 400)
    for serial in (1, 2):
        old_penalty(session, kit, f"P-{serial}", ended, id_number=id_number(serial))
    file_rows(session, kit, SOURCE, a_penalty("P-3", days_ago(kit), serial=2))
    session.execute(update(RecordRow).values(batch_id=batch))
    batches.add_people(session, batch, {one, other})
    for me in (one, other):
        access_log.append(session, me, now=clock(), actor=SYSTEM, action="ingested", purpose="records", ref=batch)
    session.commit()
    on_day(clock, add_months(ended, 60))
    night(kit)
    assert left(session) == ["P-3"]
    assert batch not in [look.ref for look in access.listed(session, one, limit=100)]
    assert batch in [look.ref for look in access.listed(session, other, limit=100)]


def test_the_kept_answers_of_its_own_department_go_with_a_record_and_no_others(
    app: Flask, session: Session, kit: Kit, clock: Clock
) -> None:
    make_member(session, kit)
    ended = days_ago(kit, 400)
    old_penalty(session, kit, "P-1", ended)
    on_day(clock, add_months(ended, 60))
    for source in (SOURCE, "social_work"):
        path, said = "/department/v1/records/P-1/repair", {"reason": "已纠正", "document": "函"}
        answer = as_department(app, session, source).post(path, json=said, headers={"Idempotency-Key": "one"})
        assert answer.json["source_record_id"] == "P-1"
    night(kit)
    assert left(session) == []
    assert session.scalars(select(IdempotencyKey.client_id)).all() == ["client-social_work"]


@pytest.mark.parametrize("act", [record_entries.withdraw, repairs.enter])
def test_a_department_that_waited_for_a_deletion_finds_the_record_gone(
    kit: Kit, real_db: Engine, act: Callable[..., None]
) -> None:
    made = build_kit(kit.settings, engine=real_db, clock=kit.clock)
    whole = replace(made, sessions=sessionmaker(real_db, expire_on_commit=False))
    with whole.sessions() as session:
        make_member(session, whole)
        old_penalty(session, whole, "P-1", days_ago(whole))
        session.execute(update(RecordRow).values(ended_on=add_months(days_ago(whole), -60)))
        session.commit()

    def enter() -> None:
        with whole.sessions.begin() as session:
            act(session, desk(whole, SOURCE), "P-1", reason="有误", document="函")

    waits = text(
        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    )
    with ThreadPoolExecutor(1) as pool, whole.sessions() as session, whole.sessions() as watcher:
        assert retention.delete(session, lambda _: "signed", whole.clock()) == 1
        entered = pool.submit(enter)
        while not entered.done() and not watcher.scalar(waits):
            watcher.rollback()
        session.commit()
        entered.result()
        assert left(session) == []
