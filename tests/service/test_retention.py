"""Retention: records expire and are deleted by the clock, in portions, once, with a proof; nothing is in the way."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, func, insert, select
from sqlalchemy.orm import Session, sessionmaker

from app.cli.worker import Worker
from app.domain.access import SYSTEM
from app.domain.calendar import add_months
from app.domain.errors import Refusal
from app.domain.remedy import Ground
from app.factory import build_kit
from app.services import access, disputes, leaving, retention
from app.store import access_log
from app.store.access_log import AccessLogRow
from app.store.deletion_proofs import DeletionProof
from app.store.records import RecordEvent, RecordRow
from app.store.remedies import DisputeRow
from app.web.kit import Kit
from tests.conftest import Clock
from tests.support.ageing import night, old_penalty, on_day
from tests.support.callers import as_citizen
from tests.support.members import a_row, days_ago, file_rows, make_member
from tests.support.people import id_number


def left(session: Session) -> list[str]:
    return list(session.scalars(select(RecordRow.source_record_id).order_by(RecordRow.source_record_id)))


def test_a_penalty_expires_on_its_day_with_an_event_and_stays_for_a_while(
    app: Flask, session: Session, kit: Kit, clock: Clock
) -> None:
    me = make_member(session, kit)
    ended = days_ago(kit)
    record = old_penalty(session, kit, "P-1", ended)
    caller = as_citizen(app, session, me)
    before = caller.get("/citizen/v1/score").json["score"]
    expires = date.fromisoformat(caller.get(f"/citizen/v1/records/{record}").json["expires_on"])
    on_day(clock, expires - timedelta(days=1))
    night(kit)
    assert as_citizen(app, session, me).get(f"/citizen/v1/records/{record}").json["status"]["code"] == "active"
    on_day(clock, expires)
    night(kit)
    caller = as_citizen(app, session, me)
    told = caller.get(f"/citizen/v1/records/{record}").json
    assert (told["status"]["code"], told["events"][-1]["kind"]["code"]) == ("expired", "expired")
    assert [step["kind"]["code"] for step in told["upcoming"]] == ["deleted"]
    assert told["upcoming"][0]["on"] == add_months(ended, 60).isoformat()
    assert caller.get("/citizen/v1/score").json["score"] > before
    assert "record.expired" in [event["kind"] for event in caller.get("/citizen/v1/events").json["data"]]


def test_an_adverse_record_is_gone_five_years_after_the_act_ended_and_not_a_day_before(
    session: Session, kit: Kit, clock: Clock
) -> None:
    make_member(session, kit)
    ended = days_ago(kit)
    old_penalty(session, kit, "P-1", ended)
    on_day(clock, add_months(ended, 60) - timedelta(days=1))
    night(kit)
    assert left(session) == ["P-1"]
    on_day(clock, add_months(ended, 60))
    night(kit)
    assert left(session) == []
    assert session.scalars(select(DeletionProof.rule)).all() == ["five-years"]


def test_a_leap_day_is_over_on_the_last_of_february(session: Session, kit: Kit, clock: Clock) -> None:
    on_day(clock, date(2024, 3, 10))
    make_member(session, kit)
    old_penalty(session, kit, "P-1", date(2024, 2, 29))
    on_day(clock, date(2029, 2, 27))
    night(kit)
    assert left(session) == ["P-1"]
    on_day(clock, date(2029, 2, 28))
    night(kit)
    assert left(session) == []


def test_a_positive_record_is_kept_as_long_as_the_catalogue_says(session: Session, kit: Kit, clock: Clock) -> None:
    make_member(session, kit)
    file_rows(session, kit, "social_work", a_row("V-1", "volunteer_service", days_ago(kit)))
    over = session.scalars(select(RecordRow.expires_on)).one()
    on_day(clock, over - timedelta(days=1))
    night(kit)
    assert left(session) == ["V-1"]
    on_day(clock, over)
    night(kit)
    assert left(session) == []
    assert session.scalars(select(DeletionProof.rule)).all() == ["term-ended"]


def test_a_disputed_record_is_deleted_all_the_same_and_the_dispute_with_it(
    app: Flask, session: Session, kit: Kit, clock: Clock
) -> None:
    me = make_member(session, kit)
    ended = days_ago(kit)
    record = old_penalty(session, kit, "P-1", ended)
    on_day(clock, add_months(ended, 60) - timedelta(days=5))
    parts = session, kit.packs, kit.pii, me, record
    asked = disputes.open(*parts, ground=Ground.UNTRUE, statement="不是事实", now=clock())
    session.commit()
    clock.advance(days=5)
    night(kit)
    caller = as_citizen(app, session, me)
    assert left(session) == []
    assert caller.get(f"/citizen/v1/disputes/{asked.id}").status_code == 404
    assert caller.get("/citizen/v1/deletion-proofs").json["data"][0]["rule"]["code"] == "five-years"


def test_doing_it_again_does_nothing(session: Session, kit: Kit, clock: Clock) -> None:
    make_member(session, kit)
    ended = days_ago(kit)
    old_penalty(session, kit, "P-1", ended)
    on_day(clock, add_months(ended, 50))
    for _ in range(2):
        night(kit)
    assert session.scalar(select(func.count()).where(RecordEvent.kind == "expired")) == 1
    on_day(clock, add_months(ended, 61))
    for _ in range(2):
        night(kit)
    assert session.scalar(select(func.count()).select_from(DeletionProof)) == 1


def test_a_past_score_keeps_total_and_digest_and_can_be_shown_no_longer(
    app: Flask, session: Session, kit: Kit, clock: Clock
) -> None:
    me = make_member(session, kit)
    file_rows(session, kit, "social_work", a_row("V-1", "volunteer_service", days_ago(kit)))
    with_it = as_citizen(app, session, me).get("/citizen/v1/score/history").json["data"][0]
    on_day(clock, session.scalars(select(RecordRow.expires_on)).one())
    night(kit)
    caller = as_citizen(app, session, me)
    kept = next(row for row in caller.get("/citizen/v1/score/history").json["data"] if row["id"] == with_it["id"])
    assert (kept["score"], kept["digest"]) == (with_it["score"], with_it["digest"])
    past = caller.get(f"/citizen/v1/score/history/{with_it['id']}").json
    assert past["proven"] is False
    assert past["snapshot"]["score"] == with_it["score"]


def test_the_chain_stays_whole_and_says_how_many_looks_lost_their_name(
    app: Flask, session: Session, kit: Kit, clock: Clock
) -> None:
    me = make_member(session, kit)
    ended = days_ago(kit)
    record = old_penalty(session, kit, "P-1", ended)
    access_log.append(session, me, now=clock(), actor=SYSTEM, action="ingested", purpose="records", ref=record)
    session.commit()
    on_day(clock, add_months(ended, 60))
    night(kit)
    verdict = access.verify(session, me)
    assert (verdict.whole, verdict.unnamed) == (True, 1)
    assert record not in [look.ref for look in access.listed(session, me, limit=100)]


def test_a_name_taken_out_by_hand_is_found(session: Session, kit: Kit) -> None:
    me = make_member(session, kit)
    look = {"actor": SYSTEM, "action": "ingested", "purpose": "records"}
    access_log.append(session, me, now=kit.clock(), ref="rec_1", **look)
    row = next(row for row in access_log.rows(session, me) if row.ref == "rec_1")
    values = {column.name: getattr(row, column.name) for column in AccessLogRow.__table__.columns}
    session.delete(row)
    session.flush()
    session.execute(insert(AccessLogRow).values({**values, "ref": None}))
    assert access.verify(session, me).fault == "changed"


@pytest.fixture
def whole(settings: object, real_db: Engine, clock: Clock) -> Kit:
    kit = build_kit(settings, engine=real_db, clock=clock)  # type: ignore[arg-type]
    return replace(kit, sessions=sessionmaker(real_db, expire_on_commit=False))


def many(kit: Kit, people: int = 6) -> list[str]:
    """Members with a penalty each, and a day on which all are to be deleted."""
    with kit.sessions() as session:
        members = [make_member(session, kit, serial=serial) for serial in range(1, people + 1)]
        ended = days_ago(kit)
        for serial in range(1, people + 1):
            old_penalty(session, kit, f"P-{serial}", ended, id_number=id_number(serial))
    assert isinstance(kit.clock, Clock)
    on_day(kit.clock, add_months(ended, 60))
    return members


def at_once(*acts: Callable[[], object]) -> None:
    with ThreadPoolExecutor(len(acts)) as pool:
        for done in [pool.submit(act) for act in acts]:
            done.result()


def portion(kit: Kit) -> int:
    """One portion of the job, as a worker of its own would do it."""
    with kit.sessions.begin() as session:
        return retention.step(session, lambda _: "signed", kit.clock())


def test_two_workers_delete_each_record_once(whole: Kit) -> None:
    members = many(whole)
    at_once(lambda: portion(whole), lambda: portion(whole), lambda: portion(whole))
    portion(whole)
    with whole.sessions() as session:
        assert left(session) == []
        assert sorted(session.scalars(select(DeletionProof.citizen_id))) == sorted(members)
        assert all(access.verify(session, me).whole for me in members)


def test_leaving_and_deleting_at_once_leave_nothing_and_block_nobody(whole: Kit) -> None:
    members = many(whole)

    def leave(citizen_id: str) -> None:
        with whole.sessions.begin() as session:
            leaving.leave(session, citizen_id, whole.clock())

    worker = Worker(whole)
    at_once(lambda: portion(whole), worker.work, *[lambda me=me: leave(me) for me in members])
    with whole.sessions() as session:
        assert left(session) == []
        assert session.scalar(select(func.count()).select_from(DeletionProof)) == 0
        assert all(access.verify(session, me).whole for me in members)


def test_a_dispute_and_a_deletion_at_once_are_one_after_the_other(whole: Kit) -> None:
    members = many(whole)
    with whole.sessions() as session:
        rows = {row.citizen_id: row.id for row in session.scalars(select(RecordRow))}

    def dispute(citizen_id: str) -> None:
        with whole.sessions.begin() as session:
            parts = session, whole.packs, whole.pii, citizen_id, rows[citizen_id]
            with suppress(Refusal):  # there is no such record any more
                disputes.open(*parts, ground=Ground.UNTRUE, statement="不是事实", now=whole.clock())

    at_once(lambda: portion(whole), *[lambda me=me: dispute(me) for me in members])
    while portion(whole):
        pass
    with whole.sessions() as session:
        assert left(session) == []
        assert session.scalar(select(func.count()).select_from(DisputeRow)) == 0


def test_a_killed_night_did_nothing_and_the_next_does_it_all(whole: Kit) -> None:
    many(whole)

    def killed(_: object) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), whole.sessions.begin() as session:
        retention.step(session, killed, whole.clock())
    with whole.sessions() as session:
        assert len(left(session)) == 6
        assert session.scalar(select(func.count()).select_from(DeletionProof)) == 0
    assert portion(whole) == 6
