"""Scores follow records and days, and a past score can be shown to be right."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import day_of
from app.domain.errors import Refusal
from app.domain.packs import Packs
from app.domain.record import Status
from app.services import pack_versions, record_entries, score_history, scoring
from app.store import access_log, enrolments, records, scores
from app.store.outbox import Message
from app.web.kit import Kit
from tests.conftest import Clock
from tests.support.members import a_penalty, a_row, days_ago, desk, file_rows, make_member
from tests.support.people import make_citizen
from tests.support.publishing import next_text


@pytest.fixture
def member(session: Session, kit: Kit) -> str:
    return make_member(session, kit)


def score_of(session: Session, citizen_id: str) -> int:
    score = scores.current(session, citizen_id)
    assert score is not None
    return score.score


def refreshed(session: Session, kit: Kit) -> int:
    return scoring.refresh_due(session, kit.packs, kit.clock())


def test_who_is_not_due_is_not_read(session: Session, kit: Kit, member: str) -> None:
    looks = len(access_log.rows(session, member))
    assert refreshed(session, kit) == 0
    assert len(access_log.rows(session, member)) == looks


def test_a_member_is_due_on_the_day_on_which_a_record_weakens(
    session: Session, kit: Kit, member: str, clock: Clock
) -> None:
    file_rows(session, kit, "blood_center", a_row("B1", "blood_donation", days_ago(kit)))
    enrolment = enrolments.lock(session, member)
    assert enrolment is not None
    assert enrolment.due_on is not None
    clock.advance(days=(enrolment.due_on - day_of(kit.clock())).days - 1)
    assert (refreshed(session, kit), score_of(session, member)) == (0, 615)
    clock.advance(days=1)
    assert (refreshed(session, kit), score_of(session, member)) == (1, 612)


def test_a_penalty_leaves_by_itself_on_the_day_it_expires(
    session: Session, kit: Kit, member: str, clock: Clock
) -> None:
    file_rows(session, kit, "transport", a_penalty("P1", days_ago(kit)))
    assert score_of(session, member) == 560
    clock.advance(days=300 - 30)
    refreshed(session, kit)
    assert score_of(session, member) == 600


@pytest.mark.parametrize("status", [Status.DISPUTED, Status.REPAIRED, Status.WITHDRAWN])
def test_what_is_not_active_counts_for_nothing_at_once(session: Session, kit: Kit, member: str, status: Status) -> None:
    filed = file_rows(session, kit, "transport", a_penalty("P1", days_ago(kit)))[0]
    who = desk(kit, "transport").actor
    records.change_status(session, member, str(filed.record_id), status, kind=status, actor=who, now=kit.clock())
    scoring.refresh(session, kit.packs, member, now=kit.clock(), reason="records")
    assert score_of(session, member) == 600


def test_a_past_score_is_shown_to_be_right_after_its_records_changed(
    session: Session, kit: Kit, member: str, clock: Clock
) -> None:
    file_rows(session, kit, "transport", a_penalty("P1", days_ago(kit)))
    file_rows(session, kit, "social_work", a_row("V1", "volunteer_service", days_ago(kit)))
    record_entries.withdraw(session, desk(kit, "transport"), "P1", reason="录入有误", document=None)
    clock.advance(days=400)
    refreshed(session, kit)
    past = scores.history(session, member, before=None, limit=10)
    assert [snapshot.score for snapshot in past] == [602, 603, 563, 560, 600]
    for snapshot in past:
        _, again = score_history.past(session, kit.packs, member, snapshot.id)
        assert again is not None
        assert (again.explanation.score, again.explanation.as_of) == (snapshot.score, snapshot.as_of)


def test_a_past_score_whose_record_was_deleted_cannot_be_shown_again(session: Session, kit: Kit, member: str) -> None:
    filed = file_rows(session, kit, "transport", a_penalty("P1", days_ago(kit)))[0]
    row = records.get(session, member, str(filed.record_id))
    session.delete(row)
    session.flush()
    snapshot = scores.history(session, member, before=None, limit=1)[0]
    past, again = score_history.past(session, kit.packs, member, snapshot.id)
    assert (past.snapshot.score, again) == (560, None)


def test_new_rules_are_told_apart_and_past_scores_stay_those_of_their_own(
    session: Session, kit: Kit, member: str, clock: Clock
) -> None:
    file_rows(session, kit, "social_work", a_row("V1", "volunteer_service", days_ago(kit)))
    items = 'items = [{ code = "volunteer_service", centipoints = 300 }]'
    new = pack_versions.read(next_text("egret", 2, (items, items.replace("300", "900"))), kit.packs)
    packs = Packs({**kit.packs, "egret": new}, known=[kit.packs["egret"]])
    clock.advance(days=400)
    scoring.refresh(session, packs, member, now=kit.clock(), reason="due")
    last, before, _ = score_history.history(session, packs, member, before=None, limit=10)
    assert (last.snapshot.cause, last.change, last.proven) == ("pack", 4, True)
    moved = [(each.place, each.units, each.because) for each in last.moved]
    assert moved[:2] == [("record", -6_000, "aged"), ("record", 48_000, "rules")]
    assert moved[2:] == [("rounding", -4_000, None), ("rounding", 2_000, "rules")]
    assert (before.snapshot.pack_version, before.proven) == (1, True)
    known_no_more = Packs({**kit.packs, "egret": new})
    last, before, _ = score_history.history(session, known_no_more, member, before=None, limit=10)
    assert (last.change, last.proven, before.proven, before.pack) == (4, False, False, None)


def test_a_snapshot_of_another_is_not_found(session: Session, kit: Kit, member: str) -> None:
    snapshot = scores.history(session, member, before=None, limit=1)[0]
    with pytest.raises(Refusal, match="not-found"):
        score_history.past(session, kit.packs, make_member(session, kit, serial=2), snapshot.id)


def test_the_same_score_again_is_no_history(session: Session, kit: Kit, member: str) -> None:
    for _ in range(3):
        scoring.refresh(session, kit.packs, member, now=kit.clock(), reason="records")
    assert len(scores.history(session, member, before=None, limit=10)) == 1


def test_a_first_score_and_another_grade_are_told(session: Session, kit: Kit, member: str) -> None:
    file_rows(session, kit, "transport", a_penalty("P1", days_ago(kit), serious=True))
    scoring.refresh(session, kit.packs, member, now=kit.clock(), reason="records")
    file_rows(session, kit, "transport", a_penalty("P2", days_ago(kit)))
    scoring.refresh(session, kit.packs, member, now=kit.clock(), reason="records")
    told = [message.data["kind"] for message in session.scalars(select(Message).order_by(Message.id))]
    assert told == ["score.ready"]


def test_one_run_is_one_row_in_each_members_log(session: Session, kit: Kit) -> None:
    members = [make_member(session, kit, serial=serial) for serial in (1, 2)]
    file_rows(session, kit, "library", *(a_row(f"L{n}", "returned_book", days_ago(kit), serial=n) for n in (1, 2)))
    last = [access_log.rows(session, member)[-1] for member in members]
    assert [(row.action, row.actor_kind, row.purpose) for row in last] == [("scored", "system", "due")] * 2
    assert last[0].ref == last[1].ref


def test_nobody_else_is_scored(session: Session, kit: Kit) -> None:
    citizen_id = make_citizen(session, kit.pii, kit.clock())
    scoring.refresh(session, kit.packs, citizen_id, now=kit.clock(), reason="records")
    assert scores.current(session, citizen_id) is None
