"""What is promised of the city on every night of the year, read off its tables."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.domain.pack import pack_of_city
from app.domain.record import Status
from app.domain.retention import deleted_on
from app.domain.score import POINT, Explanation, digest, explain
from app.services import access, score_history
from app.store import leaving, models
from app.store.deletion_proofs import DeletionProof
from app.store.enrolments import Enrolment
from app.store.records import RecordEvent, RecordRow
from app.store.scores import Score, ScoreSnapshot
from tests.year import by_hand
from tests.year.town import Town


@dataclass
class Night:
    """All that the promises read, in a few queries."""

    rows: dict[str, list[RecordRow]] = field(default_factory=lambda: defaultdict(list))
    events: dict[str, list[RecordEvent]] = field(default_factory=lambda: defaultdict(list))
    scores: dict[str, Score] = field(default_factory=dict)
    members: dict[str, Enrolment] = field(default_factory=dict)
    snapshots: dict[str, list[ScoreSnapshot]] = field(default_factory=lambda: defaultdict(list))
    proofs: int = 0


def seen(session: Session) -> Night:
    """The city as its tables have it now."""
    night = Night()
    for row in session.scalars(select(RecordRow)):
        night.rows[row.citizen_id].append(row)
    for event in session.scalars(select(RecordEvent).order_by(RecordEvent.number)):
        night.events[event.record_id].append(event)
    for shot in session.scalars(select(ScoreSnapshot).order_by(ScoreSnapshot.id)):
        night.snapshots[shot.citizen_id].append(shot)
    night.scores = {score.citizen_id: score for score in session.scalars(select(Score))}
    night.members = {member.citizen_id: member for member in session.scalars(select(Enrolment))}
    night.proofs = len(session.scalars(select(DeletionProof.id)).all())
    return night


def hold(town: Town, *, whole: bool) -> None:
    """Every promise holds tonight; the costly ones for a sample, or for everyone where `whole`."""
    with town.kit.sessions() as session:
        night = seen(session)
        only_members_are_known(town, night)
        scores_are_their_records(town, night)
        nothing_is_kept_too_long(town, night)
        every_life_is_whole(night)
        changes_are_changes(night)
        for citizen_id in _drawn(sorted(night.members), town, whole=whole):
            the_past_comes_out_again(session, town, citizen_id)
            assert access.verify(session, citizen_id).whole
        for serial in sorted(town.left) if whole or town.today.toordinal() % 10 == 0 else ():
            who_left_is_nowhere(session, town.ids[serial])
        session.rollback()


def _drawn(everyone: list[Any], town: Town, *, whole: bool) -> list[Any]:
    """Everyone, or one of them, another each night."""
    return everyone if whole else everyone[town.today.toordinal() % max(len(everyone), 1) :][:1]


def only_members_are_known(town: Town, night: Night) -> None:
    mine = {town.ids[serial] for serial in town.members}
    assert set(night.members) == mine
    assert {*night.rows, *night.scores, *night.snapshots} <= mine


def scores_are_their_records(town: Town, night: Night) -> None:
    """Each is today's sum of today's records, explained to the last unit, and nothing that is due waits."""
    packs, today = town.kit.packs, town.today
    cities = {town.ids[who.serial]: who.city for who in town.everyone if who.serial in town.members}
    for citizen_id, member in night.members.items():
        pack, rows, score = pack_of_city(packs, cities[citizen_id]), night.rows[citizen_id], night.scores[citizen_id]
        assert pack is not None
        read = [row.domain() for row in rows]
        explanation = explain(pack, read, today)
        assert score.score == explanation.score == by_hand.score(pack, rows, today)
        assert (score.pack, score.pack_version, score.grade) == (pack.code, pack.version, explanation.grade.code)
        assert score.digest == digest(read)
        assert pack.min <= score.score <= pack.max
        assert added_up(explanation) == score.score * POINT
        counted = {
            each.record_id for part in explanation.dimensions for i in part.indicators for each in i.contributions
        }
        assert not counted & {row.id for row in rows if row.status != Status.ACTIVE}
        assert member.due_on is None or member.due_on > today


def added_up(explanation: Explanation) -> int:
    """Base, every contribution and every cut, as the citizen would add them."""
    total = explanation.base_units - explanation.range_cut_units - explanation.floor_cut_units
    for part in explanation.dimensions:
        inner = (sum(each.units for each in i.contributions) - i.cut_units for i in part.indicators)
        total += sum(inner) - part.cut_units
    return total


def nothing_is_kept_too_long(town: Town, night: Night) -> None:
    for rows in night.rows.values():
        for row in rows:
            assert deleted_on(row.expires_on, row.ended_on) > town.today
            assert row.status != Status.ACTIVE or row.expires_on > town.today


def every_life_is_whole(night: Night) -> None:
    """Each record has an unbroken chain of events that ends where the record is; no event is without its record."""
    rows = {row.id: row for mine in night.rows.values() for row in mine}
    assert set(night.events) == set(rows)
    for record_id, events in night.events.items():
        row = rows[record_id]
        assert [event.version for event in events] == list(range(1, row.version + 1))
        assert (events[0].kind, events[0].status, events[-1].status) == ("received", "active", row.status)
        assert all(before.at <= after.at for before, after in pairwise(events))
        told = [(event.kind, event.status) for event in events]
        assert all(one != two for one, two in pairwise(told)), told


def changes_are_changes(night: Night) -> None:
    """No two scores of the same rules that follow each other are the same; the last is the present one."""
    for citizen_id, shots in night.snapshots.items():
        said = [(shot.pack, shot.pack_version, shot.score) for shot in shots]
        assert all(one != two for one, two in pairwise(said))
        assert said[-1][2] == night.scores[citizen_id].score
        assert [shot.cause == "enrolment" for shot in shots] == [True] + [False] * (len(shots) - 1)


def the_past_comes_out_again(session: Session, town: Town, citizen_id: str) -> None:
    """Every past score from its records as they were, and what moved it adds up; but for those of deleted records."""
    pasts = score_history.history(session, town.kit.packs, citizen_id, before=None, limit=1_000)
    proofs = session.scalars(select(DeletionProof.id).where(DeletionProof.citizen_id == citizen_id)).all()
    for past in pasts:
        assert past.proven or proofs, "only a deletion keeps a past score from coming out again"
        moved = sum(each.units or 0 for each in past.moved)
        change = past.snapshot.score if past.change is None else past.change
        assert not past.proven or moved == change * POINT
    assert not pasts or pasts[0].proven or proofs


def who_left_is_nowhere(session: Session, citizen_id: str) -> None:
    """What leaving deletes, it would find nothing of."""
    trial = session.begin_nested()
    assert not {table: rows for table, rows in leaving.erase(session, citizen_id).items() if rows}
    trial.rollback()


def the_gone_are_forgotten(town: Town) -> None:
    """Of a record that was deleted, by its day or by its person's leaving, no table keeps id or number."""
    with town.kit.sessions() as session:
        there = {word for row in session.scalars(select(RecordRow)) for word in (row.id, row.source_record_id)}
        gone = sorted(town.stored - there)
        assert gone
        for table in models.load().sorted_tables:
            said = "\n".join(session.scalars(text(f"select t::text from {table.name} t")))
            assert not [word for word in gone if word in said], table.name
